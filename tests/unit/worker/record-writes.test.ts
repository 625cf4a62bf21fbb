/** Records that the database refuses for a while. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { TorrentRecord } from "../../../app/engine/host.ts";
import { WRITE_RETRY } from "../../../app/worker/constants.ts";
import { RecordWrites } from "../../../app/worker/record-writes.ts";

const record = (id: string, title: string) => ({ id, title }) as TorrentRecord;

let refuses: boolean;
let written: string[];
let told: unknown[];
let writes: RecordWrites;

beforeEach(() => {
  vi.useFakeTimers();
  refuses = false;
  written = [];
  told = [];
  const write = async (what: string) => {
    if (refuses) throw new DOMException("no room", "QuotaExceededError");
    written.push(what);
  };
  const library = {
    save: ({ id, title }: TorrentRecord) => write(`${id} ${title}`),
    delete: (id: string, data: boolean) => write(`${id} deleted${data ? " with data" : ""}`),
  };
  writes = new RecordWrites(library, (error) => told.push(error === null ? null : (error as Error).name));
});

afterEach(() => {
  writes.stop();
  vi.useRealTimers();
});

it("are written again, the latest of each torrent, until they are taken; then the fault is over", async () => {
  writes.save(record("a", "first"));
  refuses = true;
  writes.save(record("a", "second"));
  writes.save(record("b", "first"));
  await vi.advanceTimersByTimeAsync(WRITE_RETRY);
  writes.save(record("a", "third"));
  writes.delete("b", true);
  await vi.advanceTimersByTimeAsync(0);
  expect(new Set(told)).toEqual(new Set(["QuotaExceededError"]));
  expect(written).toEqual(["a first"]);
  refuses = false;
  await vi.advanceTimersByTimeAsync(WRITE_RETRY);
  expect(written).toEqual(["a first", "a third", "b deleted with data"]);
  expect(told.at(-1)).toBeNull();
  expect(told.filter((each) => each === null)).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3 * WRITE_RETRY);
  expect(written).toHaveLength(3);
});

it("need no further try when the next record of the torrent is taken", async () => {
  refuses = true;
  writes.save(record("a", "first"));
  await vi.advanceTimersByTimeAsync(0);
  refuses = false;
  writes.save(record("a", "second"));
  await vi.advanceTimersByTimeAsync(WRITE_RETRY);
  expect(written).toEqual(["a second"]);
  expect(told).toEqual(["QuotaExceededError", null]);
});

it("are tried no more once the worker stops", async () => {
  refuses = true;
  writes.save(record("a", "first"));
  await vi.advanceTimersByTimeAsync(0);
  writes.stop();
  refuses = false;
  await vi.advanceTimersByTimeAsync(3 * WRITE_RETRY);
  expect(written).toEqual([]);
});

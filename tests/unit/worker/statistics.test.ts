/** The bytes that shares have transferred, over several runs of a node. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { STATISTICS_INTERVAL } from "../../../app/worker/constants.ts";
import { Statistics } from "../../../app/worker/statistics.ts";
import { openMemoryDatabase, withMethods } from "../../support/memory-database.ts";

let db: ShoalDatabase;
let visits: Set<string>;
let told: unknown[];
let open: Statistics[];

beforeEach(async () => {
  db = await openMemoryDatabase();
  visits = new Set();
  told = [];
  open = [];
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});

afterEach(() => {
  for (const statistics of open) statistics.stop();
  vi.useRealTimers();
});

async function begin(database = db): Promise<Statistics> {
  const statistics = new Statistics(
    database,
    (id) => !visits.has(id),
    (error) => told.push(error),
  );
  await statistics.start();
  open.push(statistics);
  return statistics;
}

const row = (id: string) => db.get("statistics", id);
const run = (downloaded: number, uploaded: number) => ({ downloaded, uploaded });

it("adds runs up, of which one was killed", async () => {
  const first = await begin();
  expect(first.total("a", run(10, 3))).toEqual(run(10, 3));
  vi.advanceTimersByTime(STATISTICS_INTERVAL);
  await vi.waitFor(async () => expect(await row("a")).toEqual(run(10, 3)));
  first.total("a", run(11, 3));
  const second = await begin();
  expect(second.total("a", run(0, 0))).toEqual(run(10, 3));
  expect(second.total("a", run(5, 6))).toEqual(run(15, 9));
  second.stop();
  await vi.waitFor(async () => expect(await row("a")).toEqual(run(15, 9)));
  expect((await begin()).total("a", run(1, 1))).toEqual(run(16, 10));
});

it("writes what changed only, and nothing of a visit", async () => {
  const put = vi.fn();
  const counting = withMethods(db, {
    transaction: (...given: Parameters<ShoalDatabase["transaction"]>) => {
      put();
      return db.transaction(...given);
    },
  });
  visits.add("v");
  const statistics = await begin(counting);
  statistics.total("a", run(1, 0));
  statistics.total("v", run(2, 0));
  statistics.total("idle", run(0, 0));
  vi.advanceTimersByTime(3 * STATISTICS_INTERVAL);
  await vi.waitFor(async () => expect(await db.getAllKeys("statistics")).toEqual(["a"]));
  expect(put).toHaveBeenCalledTimes(1);
  visits.delete("v");
  vi.advanceTimersByTime(STATISTICS_INTERVAL);
  await vi.waitFor(async () => expect(await row("v")).toEqual(run(2, 0)));
});

it("begins anew with a share that was removed", async () => {
  const statistics = await begin();
  statistics.total("a", run(10, 10));
  statistics.forget("a");
  expect(statistics.total("a", run(1, 0))).toEqual(run(1, 0));
});

it("counts from nothing where a row is damaged", async () => {
  await db.put("statistics", { downloaded: Number.NaN, uploaded: "9" as unknown as number }, "a");
  expect((await begin()).total("a", run(4, 4))).toEqual(run(4, 4));
});

it("tells what the database refuses, and tries again", async () => {
  let refuses = true;
  const failing = withMethods(db, {
    transaction: (...given: Parameters<ShoalDatabase["transaction"]>) => {
      if (refuses) throw new DOMException("no room", "QuotaExceededError");
      return db.transaction(...given);
    },
  });
  const statistics = await begin(failing);
  statistics.total("a", run(7, 0));
  vi.advanceTimersByTime(STATISTICS_INTERVAL);
  await vi.waitFor(() => expect(told).toMatchObject([{ name: "QuotaExceededError" }]));
  refuses = false;
  vi.advanceTimersByTime(STATISTICS_INTERVAL);
  await vi.waitFor(async () => expect(await row("a")).toEqual(run(7, 0)));
  await vi.waitFor(() => expect(told.slice(1)).toEqual([null]));
});

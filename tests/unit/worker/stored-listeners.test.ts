/** A listener of a piece store hears of each stored piece, and of no other. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TorrentId } from "../../../app/engine/host.ts";
import { WRITE_BATCH_LENGTH, WRITE_PATIENCE } from "../../../app/worker/constants.ts";
import { PieceStore } from "../../../app/worker/piece-store.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { Answers } from "./piece-answers.ts";

let answers: Answers;
let store: PieceStore;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const db = await openMemoryDatabase();
  answers = new Answers();
  store = new PieceStore(db, () => answers);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function storeAll(torrent: TorrentId, pieces: readonly number[], length = 100): void {
  for (const piece of pieces) store.store(torrent, piece, new Uint8Array(length));
}

/** Stores pieces and waits until they are. */
async function keep(torrent: TorrentId, pieces: readonly number[]): Promise<void> {
  const before = answers.all.length;
  storeAll(torrent, pieces);
  vi.advanceTimersByTime(WRITE_PATIENCE);
  await answers.came(before + pieces.length);
}

describe("a listener", () => {
  /** The calls of a listener, as the engine's answers are drawn. */
  function listen(hear: (said: string) => void = () => {}): { heard: string[]; end: () => void } {
    const heard: string[] = [];
    const end = store.onStored((torrent, piece) => {
      heard.push(`${torrent} ${piece}`);
      hear(`${torrent} ${piece}`);
    });
    return { heard, end };
  }

  it("hears of each piece when it is in the database and the engine knows of it", async () => {
    const engineKnew: string[] = [];
    const inDatabase: Promise<number[]>[] = [];
    const { heard } = listen(() => {
      engineKnew.push(answers.all.at(-1)!);
      inDatabase.push(store.stored("t"));
    });
    storeAll("t", [4, 2]);
    expect(heard, "not before").toEqual([]);
    vi.advanceTimersByTime(WRITE_PATIENCE);
    await answers.came(2);
    expect(heard).toEqual(["t 4", "t 2"]);
    expect(engineKnew).toEqual(["t 4 stored", "t 2 stored"]);
    expect(await Promise.all(inDatabase)).toEqual([
      [2, 4],
      [2, 4],
    ]);
  });

  it("is told beside others, each until it ends, even while they are being told", async () => {
    const first = listen();
    const second = listen((said) => {
      if (said === "t 1") third.end();
    });
    const third = listen();
    await keep("t", [0, 1]);
    second.end();
    await keep("u", [0]);
    expect(first.heard).toEqual(["t 0", "t 1", "u 0"]);
    expect(second.heard).toEqual(["t 0", "t 1"]);
    expect(third.heard).toEqual(["t 0"]);
  });

  it("is told twice where it listens twice, and once when one of them has ended", async () => {
    const heard: number[] = [];
    const listener = (_: TorrentId, piece: number) => {
      heard.push(piece);
    };
    const end = store.onStored(listener);
    store.onStored(listener);
    await keep("t", [0]);
    end();
    end();
    await keep("t", [1]);
    expect(heard).toEqual([0, 0, 1]);
  });

  it("that throws keeps nothing from the others, and its error is nobody's", async () => {
    const thrown = new Error("broken");
    const later = vi.spyOn(globalThis, "queueMicrotask").mockReturnValue(undefined);
    const broken = listen(() => {
      throw thrown;
    });
    const { heard } = listen();
    await keep("t", [0, 1]);
    expect([broken.heard, heard]).toEqual([
      ["t 0", "t 1"],
      ["t 0", "t 1"],
    ]);
    expect(answers.all).toEqual(["t 0 stored", "t 1 stored"]);
    expect(later).toHaveBeenCalledTimes(2);
    for (const [rethrow] of later.mock.calls) expect(rethrow).toThrow(thrown);
  });

  it("hears nothing of what could not be written", async () => {
    const { heard } = listen();
    vi.spyOn(IDBObjectStore.prototype, "add").mockImplementationOnce(() => {
      throw new DOMException("no room", "QuotaExceededError");
    });
    await keep("t", [0]);
    await keep("t", [1]);
    expect(answers.all).toEqual(["t 0 storage/full", "t 1 stored"]);
    expect(heard).toEqual(["t 1"]);
  });

  it("hears nothing of what is deleted while it is being written; others' pieces are stored", async () => {
    const { heard } = listen();
    storeAll("t", [0], WRITE_BATCH_LENGTH);
    storeAll("u", [0], WRITE_BATCH_LENGTH);
    await store.delete("t");
    await answers.came(1);
    await keep("t", [1]);
    expect(answers.all.sort()).toEqual(["t 1 stored", "u 0 stored"]);
    expect(heard).toEqual(["u 0", "t 1"]);
  });
});

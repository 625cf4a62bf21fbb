/** Pieces on their way to the database and back, with the time that they wait for each other drawn. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ShoalError } from "../../../app/engine/errors.ts";
import type { PieceFailure, TorrentId } from "../../../app/engine/host.ts";
import { rangeOf, type ShoalDatabase } from "../../../app/storage/schema.ts";
import {
  READ_BATCH_PIECES,
  WRITE_BATCH_LENGTH,
  WRITE_PATIENCE,
  WRITE_PATIENCE_MAX,
  WRITES_AT_ONCE,
} from "../../../app/worker/constants.ts";
import { PieceStore, pieceFailure } from "../../../app/worker/piece-store.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { Answers, WatchedDatabase } from "./piece-answers.ts";

let db: ShoalDatabase;
let answers: Answers;
let store: PieceStore;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  db = await openMemoryDatabase();
  answers = new Answers();
  store = new PieceStore(db, () => answers);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A piece's bytes, which tell its index. */
const bytesOf = (piece: number, length = 100) => new Uint8Array(length).fill(piece + 1);

/** Whether a piece that was read is the one that was stored. */
function isWhole(torrent: TorrentId, piece: number, length = 100): boolean {
  const data = answers.data.get(`${torrent} ${piece}`);
  return data !== undefined && Buffer.compare(data, bytesOf(piece, length)) === 0;
}

/** Stores pieces that come one right after the other. */
function storeAll(torrent: TorrentId, pieces: readonly number[], length?: number): void {
  for (const piece of pieces) store.store(torrent, piece, bytesOf(piece, length));
}

/** Bytes of each stored batch, smallest first. */
async function batchLengths(torrent: TorrentId): Promise<number[]> {
  const batches = await db.getAll("batches", rangeOf(torrent));
  return batches.map(({ size }) => size).sort((a, b) => a - b);
}

/** Stores pieces and waits until they are. */
async function keep(torrent: TorrentId, pieces: readonly number[], length?: number): Promise<void> {
  const before = answers.all.length;
  storeAll(torrent, pieces, length);
  vi.advanceTimersByTime(WRITE_PATIENCE);
  await answers.came(before + pieces.length);
}

/** Reads pieces, and gives what the engine hears of them. */
async function readBack(torrent: TorrentId, pieces: readonly number[]): Promise<string[]> {
  const before = answers.all.length;
  for (const piece of pieces) store.read(answers.number(torrent, piece), torrent, piece);
  await answers.came(before + pieces.length);
  return answers.all.slice(before);
}

describe("writing", () => {
  it("gathers what comes soon after, and tells of each piece once the batch is there", async () => {
    for (const piece of [4, 2, 9]) {
      store.store("t", piece, bytesOf(piece));
      vi.advanceTimersByTime(WRITE_PATIENCE - 1);
    }
    expect(await store.stored("t"), "it waits for more").toEqual([]);
    vi.advanceTimersByTime(1);
    await answers.came(3);
    expect(answers.all).toEqual(["t 4 stored", "t 2 stored", "t 9 stored"]);
    expect(await batchLengths("t")).toEqual([300]);
    expect(await store.stored("t")).toEqual([2, 4, 9]);
  });

  it("lets no piece wait longer than its patience, however many come after it", async () => {
    const before = performance.now();
    const pause = WRITE_PATIENCE - 15;
    const count = Math.ceil(WRITE_PATIENCE_MAX / pause);
    for (let piece = 0; piece < count; piece++) {
      store.store("t", piece, bytesOf(piece));
      vi.advanceTimersByTime(Math.min(pause, WRITE_PATIENCE_MAX - piece * pause));
    }
    await answers.came(count);
    expect(performance.now() - before).toBe(WRITE_PATIENCE_MAX);
    expect(await batchLengths("t")).toHaveLength(1);
  });

  it("writes a full batch at once", async () => {
    const third = WRITE_BATCH_LENGTH / 3;
    storeAll("t", [0, 1, 2, 3], Math.ceil(third));
    await answers.came(3);
    expect(answers.all).toEqual(["t 0 stored", "t 1 stored", "t 2 stored"]);
    vi.advanceTimersByTime(WRITE_PATIENCE);
    await answers.came(4);
    expect(await batchLengths("t")).toEqual([Math.ceil(third), 3 * Math.ceil(third)]);
  });

  it("keeps torrents apart", async () => {
    for (const torrent of ["t", "u"]) storeAll(torrent, [0, 1]);
    vi.advanceTimersByTime(WRITE_PATIENCE);
    await answers.came(4);
    expect([await batchLengths("t"), await batchLengths("u")]).toEqual([[200], [200]]);
    expect(await store.stored("u")).toEqual([0, 1]);
  });

  it("has a few writes under way at most, and the others in their turn", async () => {
    const watched = new WatchedDatabase(db);
    store = new PieceStore(watched.db, () => answers);
    const torrents = ["a", "b", "c", "d", "e"];
    for (const torrent of torrents) storeAll(torrent, [0]);
    vi.advanceTimersByTime(WRITE_PATIENCE);
    await answers.came(torrents.length);
    expect(watched.counts.readwrite).toMatchObject({ begun: torrents.length, most: WRITES_AT_ONCE });
    expect(answers.all).toEqual(torrents.map((torrent) => `${torrent} 0 stored`));
  });

  it("writes all that waits at once when the worker is about to end", async () => {
    storeAll("t", [0, 1]);
    storeAll("u", [0]);
    for (let batch = 0; batch <= WRITES_AT_ONCE; batch++)
      store.store("v", batch, bytesOf(batch, WRITE_BATCH_LENGTH));
    store.flush();
    await answers.came(3 + WRITES_AT_ONCE + 1);
    expect(await batchLengths("t")).toEqual([200]);
    expect(await batchLengths("u")).toEqual([100]);
    expect(await batchLengths("v")).toHaveLength(WRITES_AT_ONCE + 1);
  });

  it("keeps every piece, tells of each once, and of a torrent's in their order, however they come", async () => {
    const comings = fc.array(
      fc.record({
        torrent: fc.constantFrom("x", "y", "z"),
        length: fc.constantFrom(1, 1000, 1001, WRITE_BATCH_LENGTH / 2, WRITE_BATCH_LENGTH),
        pause: fc.constantFrom(0, WRITE_PATIENCE - 1, WRITE_PATIENCE, WRITE_PATIENCE_MAX),
      }),
      { minLength: 1, maxLength: 12 },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(comings, async (drawn) => {
        const named = drawn.map(({ torrent, ...rest }) => ({ torrent: `${torrent}${run}`, ...rest }));
        run++;
        answers = new Answers();
        for (const [piece, { torrent, length, pause }] of named.entries()) {
          store.store(torrent, piece, bytesOf(piece, length));
          vi.advanceTimersByTime(pause);
        }
        vi.advanceTimersByTime(WRITE_PATIENCE);
        await answers.came(named.length);
        const told = answers.all.map((text) => text.split(" "));
        for (const of of new Set(named.map(({ torrent }) => torrent))) {
          const pieces = [...named.entries()]
            .filter(([, { torrent }]) => torrent === of)
            .map(([piece]) => piece);
          const toldOf = told.filter(([torrent]) => torrent === of);
          expect(toldOf.map(([, piece]) => Number(piece))).toEqual(pieces);
          expect(await store.stored(of)).toEqual(pieces);
          await readBack(of, pieces);
          for (const piece of pieces) expect(isWhole(of, piece, named[piece]!.length)).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("writing that fails", () => {
  it("is told of every piece of the batch, and of no other", async () => {
    vi.spyOn(Math, "random").mockReturnValueOnce(0.5).mockReturnValueOnce(0.5);
    await keep("t", [0, 1]);
    // The same place again: taken.
    await keep("t", [2, 3]);
    await keep("t", [4]);
    expect(answers.all).toEqual([
      "t 0 stored",
      "t 1 stored",
      "t 2 storage/failed",
      "t 3 storage/failed",
      "t 4 stored",
    ]);
    expect(answers.failures[0]?.detail, "the request's own reason").toMatch(/key|constraint/i);
    expect(await store.stored("t"), "all or none of a batch").toEqual([0, 1, 4]);
  });

  it("names the browser that gives no more room", async () => {
    const full = new DOMException("no room", "QuotaExceededError");
    vi.spyOn(IDBObjectStore.prototype, "add").mockImplementationOnce(() => {
      throw full;
    });
    await keep("t", [0, 1]);
    expect(answers.failures).toEqual(Array(2).fill({ code: "storage/full", detail: "no room" }));
    await keep("t", [0, 1]);
    expect(await store.stored("t")).toEqual([0, 1]);
  });

  it("does not hold up what waits, even where the database is closed", async () => {
    db.close();
    const torrents = ["a", "b", "c", "d"];
    for (const torrent of torrents) storeAll(torrent, [0]);
    vi.advanceTimersByTime(WRITE_PATIENCE);
    await answers.came(torrents.length);
    expect(answers.all).toEqual(torrents.map((torrent) => `${torrent} 0 storage/failed`));
  });
});

describe("deleting", () => {
  it("forgets what is there, what is gathered and what waits for its turn; others stay", async () => {
    await keep("t", [0]);
    await keep("u", [0]);
    const others = Array.from({ length: WRITES_AT_ONCE }, (_, at) => `other ${at}`);
    for (const torrent of others) storeAll(torrent, [0], WRITE_BATCH_LENGTH);
    // Full, so it is no longer gathered; the others are being written.
    storeAll("t", [1], WRITE_BATCH_LENGTH);
    storeAll("t", [2]);
    await store.delete("t");
    vi.advanceTimersByTime(WRITE_PATIENCE_MAX);
    await keep("u", [1]);
    expect(answers.all.filter((text) => text.startsWith("t "))).toEqual(["t 0 stored"]);
    expect([await store.stored("t"), await batchLengths("t")]).toEqual([[], []]);
    expect(await store.stored("u")).toEqual([0, 1]);
    expect(await store.stored(others[0]!)).toEqual([0]);
  });

  it("takes away what is being written", async () => {
    storeAll("t", [0], WRITE_BATCH_LENGTH);
    await store.delete("t");
    expect(await store.stored("t")).toEqual([]);
    expect(answers.all, "the torrent may be here anew").toEqual([]);
  });

  it("leaves room for the same torrent anew", async () => {
    await keep("t", [0, 1]);
    storeAll("t", [2]);
    await store.delete("t");
    await keep("t", [1]);
    expect(await store.stored("t")).toEqual([1]);
    expect(await readBack("t", [0, 1])).toEqual(expect.arrayContaining(["t 0 storage/lost", "t 1 read"]));
    expect(isWhole("t", 1)).toBe(true);
  });
});

/** The next reads of Blobs fail. A Response does not say why, a Blob does. */
function failReads(times: number, error: DOMException): void {
  const byResponse = vi.spyOn(Response.prototype, "arrayBuffer");
  const byBlob = vi.spyOn(Blob.prototype, "arrayBuffer");
  for (let time = 0; time < times; time++) {
    byResponse.mockRejectedValueOnce(new TypeError("Failed to fetch"));
    byBlob.mockRejectedValueOnce(error);
  }
}

describe("reading", () => {
  it("brings each piece whole, out of whichever batch it is in", async () => {
    await keep("t", [0, 1, 2], 70_000);
    await keep("t", [3], 5);
    await keep("u", [0], 9);
    await readBack("t", [3, 1, 0]);
    await readBack("u", [0]);
    expect(isWhole("t", 3, 5)).toBe(true);
    expect(isWhole("t", 1, 70_000)).toBe(true);
    expect(isWhole("t", 0, 70_000)).toBe(true);
    expect(isWhole("u", 0, 9)).toBe(true);
  });

  it("finds the later one of a piece that was stored twice", async () => {
    await keep("t", [0], 10);
    await keep("t", [0], 20);
    await readBack("t", [0]);
    expect(isWhole("t", 0, 20)).toBe(true);
  });

  it("looks for what is asked for together in one transaction, up to a bound", async () => {
    const pieces = [...Array(2 * READ_BATCH_PIECES + 1).keys()];
    await keep("t", pieces);
    const watched = new WatchedDatabase(db);
    store = new PieceStore(watched.db, () => answers);
    await readBack("t", pieces.slice(0, READ_BATCH_PIECES));
    expect(watched.counts.readonly?.begun).toBe(1);
    await readBack("t", pieces);
    expect(watched.counts.readonly?.begun).toBe(1 + 3);
    for (const piece of pieces) expect(isWhole("t", piece)).toBe(true);
  });

  it("says which piece is not there, or what it was told to say then", async () => {
    await keep("t", [0]);
    expect(await readBack("t", [5])).toEqual(["t 5 storage/lost"]);
    expect(answers.failures.at(-1)?.detail).toBe("5");
    const changed: PieceFailure = { code: "source/changed", detail: "own.txt" };
    store.read(answers.number("t", 6), "t", 6, changed);
    store.read(answers.number("t", 0), "t", 0, changed);
    await answers.came(4);
    expect(answers.failures.at(-1)).toEqual(changed);
    expect(isWhole("t", 0), "a stored copy makes up for the file").toBe(true);
  });

  it("is answered for each piece where the database is closed", async () => {
    await keep("t", [0, 1]);
    db.close();
    expect(await readBack("t", [0, 1])).toEqual(["t 0 storage/failed", "t 1 storage/failed"]);
    expect(answers.failures.at(-1)?.detail).not.toBe("");
  });

  it.each(["NotReadableError", "NotFoundError"])(
    "finds a batch lost whose bytes are gone (%s), after a second look, and goes on with the others",
    async (name) => {
      await keep("t", [0, 1]);
      failReads(1, new DOMException("gone", name));
      expect(await readBack("t", [0]), "the Blob at hand was old").toEqual(["t 0 read"]);
      failReads(2, new DOMException("gone", name));
      expect(await readBack("t", [0])).toEqual(["t 0 storage/lost"]);
      expect(answers.failures).toEqual([{ code: "storage/lost", detail: "0" }]);
      expect(await readBack("t", [1])).toEqual(["t 1 read"]);
    },
  );

  it("does not take for lost what the browser gave up", async () => {
    await keep("t", [0]);
    const stopped = new DOMException("stopped", "AbortError");
    failReads(1, stopped);
    expect(await readBack("t", [0]), "it is tried again").toEqual(["t 0 read"]);
    failReads(2, stopped);
    expect(await readBack("t", [0])).toEqual(["t 0 storage/failed"]);
    expect(answers.failures).toEqual([{ code: "storage/failed", detail: "stopped" }]);
  });

  it("finds a piece lost of whose batch the browser gives less than there was", async () => {
    await keep("t", [0], 100);
    vi.spyOn(Response.prototype, "arrayBuffer").mockResolvedValue(new ArrayBuffer(99));
    expect(await readBack("t", [0])).toEqual(["t 0 storage/lost"]);
  });

  it("finds a batch lost that the browser cannot give, and reads beside it what shared a transaction with it", async () => {
    await keep("t", [0]);
    await keep("t", [1]);
    const { batch } = (await db.get("pieces", ["t", 0]))!;
    const get = IDBObjectStore.prototype.get;
    vi.spyOn(IDBObjectStore.prototype, "get").mockImplementation(function (this: IDBObjectStore, key) {
      if (this.name === "batches" && (key as unknown[])[1] === batch) {
        this.transaction.abort();
        throw new DOMException("unrelated", "UnknownError");
      }
      return get.call(this, key);
    });
    store = new PieceStore(db, () => answers);
    expect((await readBack("t", [0, 1])).sort()).toEqual(["t 0 storage/lost", "t 1 read"]);
  });

  it("finds a piece lost whose batch is gone or shorter than it was", async () => {
    await keep("t", [0, 1], 100);
    const [batch] = await db.getAllKeys("batches");
    await db.put("batches", new Blob([new Uint8Array(150)]), batch!);
    expect((await readBack("t", [0, 1])).sort()).toEqual(["t 0 read", "t 1 storage/lost"]);
    await db.delete("batches", batch!);
    store = new PieceStore(db, () => answers);
    expect((await readBack("t", [0, 1])).sort()).toEqual(["t 0 storage/lost", "t 1 storage/lost"]);
  });
});

describe("deleting damaged pieces", () => {
  it("leaves the others of their batch, and the batch until it is empty", async () => {
    await keep("t", [0, 1, 2], 100);
    await keep("t", [3], 50);
    store.deletePiece("t", 0);
    store.deletePiece("t", 3);
    await keep("u", [0]);
    expect(await store.stored("t")).toEqual([1, 2]);
    expect(await batchLengths("t"), "the batch of piece 3 is gone").toEqual([300]);
    const checked = () => answers.all.filter((text) => text.endsWith("to be checked"));
    expect(checked()).toEqual(["t 1 2 to be checked"]);
    expect(await readBack("t", [1])).toEqual(["t 1 read"]);
    store.deletePiece("t", 1);
    store.deletePiece("t", 2);
    await keep("u", [1]);
    expect([await store.stored("t"), await batchLengths("t")]).toEqual([[], []]);
    expect(checked(), "once").toHaveLength(1);
  });

  it("does not take away what has come again", async () => {
    await keep("t", [0], 10);
    store.deletePiece("t", 0);
    await keep("t", [0], 20);
    await readBack("t", [0]);
    expect(isWhole("t", 0, 20)).toBe(true);
    expect(await batchLengths("t")).toEqual([20]);
  });
});

describe("a failure as the engine knows it", () => {
  it.each<[string, unknown, PieceFailure]>([
    [
      "a changed file",
      new ShoalError("source/changed", "a.txt"),
      { code: "source/changed", detail: "a.txt" },
    ],
    ["a file that is gone", new ShoalError("source/gone", "a.txt"), { code: "source/gone", detail: "a.txt" }],
    [
      "no more room",
      new DOMException("full", "QuotaExceededError"),
      { code: "storage/full", detail: "full" },
    ],
    ["any other of the database's", new DOMException("odd"), { code: "storage/failed", detail: "odd" }],
    ["one without words", new DOMException("", "DataError"), { code: "storage/failed", detail: "DataError" }],
    ["another of Shoal's own", new ShoalError("save/failed", "x"), { code: "storage/failed", detail: "x" }],
    ["what is no error", "lost", { code: "storage/failed", detail: "lost" }],
  ])("%s", (_, error, expected) => {
    expect(pieceFailure(error)).toEqual(expected);
  });
});

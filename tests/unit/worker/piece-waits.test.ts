/** Waits for pieces of a download: what they have fetched first, and how each of them ends. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PieceRequest } from "../../../app/bridge/piece-requests.ts";
import type { TorrentId } from "../../../app/engine/host.ts";
import { StoredPieces } from "../../../app/storage/piece-batches.ts";
import { checkOf } from "../../../app/storage/piece-check.ts";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import { LOST_PATIENCE, WAITS_CHECK_INTERVAL } from "../../../app/worker/constants.ts";
import { openMemoryDatabase } from "../../support/memory-database.ts";
import { type SampleContent, sampleContent } from "../../support/sample-content.ts";
import { FAKED, type StagedWait, WaitsStage } from "./waits-stage.ts";

const PIECE = 32_768;
const [FILM, TEXT] = [0, 1];
const content = sampleContent("hybrid", { "film.mp4": 40 * PIECE, "text.txt": 4 * PIECE }, PIECE);
/** Its files share pieces. */
const spanning = sampleContent("v1", { "a.bin": 2 * PIECE + 100, "b.bin": 2 * PIECE }, PIECE);

let db: ShoalDatabase;
let stage: WaitsStage;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: [...FAKED] });
  db = await openMemoryDatabase();
  stage = new WaitsStage(db, 100);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Adds a torrent, and waits until the database knows its files. */
async function add(
  of: SampleContent,
  ...more: Parameters<WaitsStage["add"]> extends [unknown, ...infer Rest] ? Rest : never
): Promise<TorrentId> {
  const id = stage.add(of, ...more);
  await stage.library.settled();
  return id;
}

const request = (torrent: TorrentId, more: Partial<PieceRequest>): PieceRequest => ({
  torrent,
  file: FILM,
  start: 0,
  end: 0,
  milliseconds: 2000,
  ...more,
});

/** Waits for the film's pieces `from` up to, not including, `to`. */
const waitForPieces = (id: TorrentId, from: number, to: number, milliseconds = 2000): StagedWait =>
  stage.wait(request(id, { start: from * PIECE, end: to * PIECE, milliseconds }));

describe("a wait", () => {
  it("has its pieces fetched before others, and ends when the last of them is in the database", async () => {
    const id = await add(content);
    stage.addSeed(content);
    const wait = waitForPieces(id, 35, 38);
    expect(await stage.end(wait)).toBe("stored");
    const stored = await stage.pieces.stored(id);
    expect(stored).toEqual(expect.arrayContaining([35, 36, 37]));
    expect(stored.length, "the rest is still to come").toBeLessThan(20);
  });

  it("is for every piece that has a byte of its range, and no other", async () => {
    const id = await add(content);
    const wait = stage.wait(request(id, { start: 3 * PIECE - 1, end: 4 * PIECE + 1 }));
    await stage.settle();
    expect(stage.urgent(id)).toEqual([2, 3, 4]);
    expect(wait.ended).toBeNull();
  });

  it("counts a file's bytes from where it begins, also within a piece", async () => {
    const id = await add(spanning);
    stage.wait(request(id, { file: 1, start: 0, end: 1 }));
    stage.wait(request(id, { file: 1, start: 2 * PIECE - 1, end: 2 * PIECE, milliseconds: 3000 }));
    await stage.settle();
    expect(stage.urgent(id)).toEqual([2, 4]);
  });

  it("ends at once where all is there: what was stored, one's own files, and nothing at all", async () => {
    const id = await add(content, "all");
    stage.origins.add(id);
    const waits = [waitForPieces(id, 0, 40), waitForPieces(id, 7, 7)];
    const other = await add(spanning);
    waits.push(stage.wait(request(other, { start: 5, end: 5 })));
    await stage.settle();
    expect(waits.map(({ ended }) => ended)).toEqual(["stored", "stored", "stored"]);
  });

  it("asks for nothing that has come before", async () => {
    const id = await add(content);
    stage.addSeed(content);
    await stage.end(waitForPieces(id, 5, 7));
    const wait = waitForPieces(id, 4, 8);
    await stage.settle();
    expect(stage.urgent(id).filter((piece) => piece === 5 || piece === 6)).toEqual([]);
    expect(await stage.end(wait)).toBe("stored");
  });

  it("ends when the person drops the same files", async () => {
    const id = await add(content);
    const wait = waitForPieces(id, 3, 5);
    await stage.settle();
    expect(wait.ended).toBeNull();
    stage.add(content, "all");
    stage.origins.add(id);
    stage.waits.check();
    await stage.settle();
    expect(wait.ended).toBe("stored");
  });
});

describe("a wait that can never end well is refused", () => {
  it.each<[string, () => Promise<PieceRequest>, string]>([
    ["of a share that is not here", async () => request("gone", {}), "share/unknown"],
    ["of a file that it has not", async () => request(await add(content), { file: 2 }), "share/unknown"],
    [
      "before it is known which files there are",
      async () => request(await add(content, "none", { nameHint: "Films" }, "link"), {}),
      "save/incomplete: Films",
    ],
    [
      "before the person asked for it",
      async () => request(await add(content, "none", { active: false }), { file: TEXT, end: 1 }),
      "save/incomplete: text.txt",
    ],
    [
      "while it is paused",
      async () => request(await add(content, "none", { paused: true }), { end: 1 }),
      "save/incomplete: film.mp4",
    ],
    [
      "of a file that is not selected",
      async () =>
        request(await add(content, "none", { wanted: Uint8Array.of(1, 0) }), { file: TEXT, end: 1 }),
      "save/incomplete: text.txt",
    ],
    [
      "of bytes beyond the end",
      async () => request(await add(content), { file: TEXT, end: 4 * PIECE + 1 }),
      "RangeError: no bytes 0 to 131073",
    ],
    [
      "of bytes that are none",
      async () => request(await add(content), { start: 2, end: 1 }),
      "RangeError: no bytes 2 to 1",
    ],
  ])("%s", async (_, make, expected) => {
    const wait = stage.wait(await make());
    await stage.settle();
    expect(wait.ended).toBe(expected);
    expect(vi.getTimerCount(), "nothing is watched for it").toBe(0);
  });
});

describe("a wait ends in vain", () => {
  it.each<[string, (id: TorrentId) => void, string]>([
    ["when the share is removed", (id) => stage.engine.removeTorrent(id, true), "share/unknown"],
    ["when it is paused", (id) => stage.engine.setActive(id, false), "save/incomplete: film.mp4"],
    [
      "when its file is not wanted",
      (id) => stage.engine.select(id, [false, true]),
      "save/incomplete: film.mp4",
    ],
  ])("%s, as soon as that was commanded", async (_, command, expected) => {
    const id = await add(content);
    const other = await add(spanning);
    const [wait, elsewhere] = [waitForPieces(id, 1, 3), waitForPieces(other, 0, 1)];
    await stage.settle();
    command(id);
    stage.waits.check();
    await stage.settle();
    expect([wait.ended, elsewhere.ended]).toEqual([expected, null]);
    if (stage.engine.torrents().includes(id)) expect(stage.urgent(id)).toEqual([]);
  });

  it.each([
    ["at the first piece", 0],
    ["later", 5],
  ])("when the disk is full, %s", async (_, after) => {
    const id = await add(content);
    stage.addSeed(content);
    const stored = () => stage.engine.snapshot(id).storedBytes;
    await stage.drive(() => stored() >= after * PIECE, "some pieces");
    vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
      throw new DOMException("no room", "QuotaExceededError");
    });
    const wait = waitForPieces(id, 30, 40);
    expect(await stage.end(wait)).toBe("storage/full: no room");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("within a moment, when an own file is lost", async () => {
    const id = await add(content);
    const wait = waitForPieces(id, 1, 3);
    await stage.settle();
    stage.engine.inspect(id).pieces!.handleStored(7, []);
    stage.engine.inspect(id).handleUnreadable(7, { code: "source/gone", detail: "film.mp4" });
    await stage.settle();
    expect(wait.ended, "that is no command").toBeNull();
    vi.advanceTimersByTime(WAITS_CHECK_INTERVAL);
    await stage.settle();
    expect(wait.ended).toBe("source/gone: film.mp4");
  });

  it("when storage lost a piece, and nobody who has it came for a while", async () => {
    const id = await add(content, "all");
    const begun = performance.now();
    expect(await stage.end(waitForPieces(id, 3, 5))).toBe("storage/lost: 3");
    expect(performance.now() - begun).toBeGreaterThanOrEqual(LOST_PATIENCE);
  });

  it("when storage lost a piece of a share that is paused", async () => {
    const id = await add(content, "all", { paused: true });
    const begun = performance.now();
    expect(await stage.end(waitForPieces(id, 3, 5))).toBe("storage/lost: 3");
    expect(performance.now() - begun).toBeLessThan(LOST_PATIENCE);
  });

  it("when storage gives a piece to nobody, and it is not lost", async () => {
    const id = await add(content);
    stage.addSeed(content);
    await stage.drive(() => stage.engine.piece(id, 3).stored, "the piece");
    vi.spyOn(Response.prototype, "arrayBuffer").mockRejectedValue(new TypeError("Failed to fetch"));
    vi.spyOn(Blob.prototype, "arrayBuffer").mockRejectedValue(new DOMException("stopped", "AbortError"));
    expect(await stage.end(waitForPieces(id, 3, 4))).toBe("save/failed");
    expect(stage.engine.piece(id, 3)).toMatchObject({ stored: true, lost: false });
  });

  it("when it is cancelled, before it is asked for or after", async () => {
    const id = await add(content);
    const [early, late] = [waitForPieces(id, 1, 2), waitForPieces(id, 4, 5)];
    early.cancel();
    await stage.settle();
    expect([early.ended, late.ended, stage.urgent(id)]).toEqual(["cancelled", null, [4]]);
    late.cancel();
    await stage.settle();
    expect([late.ended, stage.urgent(id)]).toEqual(["cancelled", []]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a wait for a piece that the engine believes to be stored", () => {
  /** A download that is whole. */
  async function downloaded(): Promise<TorrentId> {
    const id = await add(content);
    stage.addSeed(content);
    await stage.drive(() => stage.engine.snapshot(id).complete, "the download");
    return id;
  }

  it("has it read and checked, and resolves when it is right", async () => {
    const id = await downloaded();
    expect(await stage.end(waitForPieces(id, 3, 5))).toBe("stored");
    expect(stage.engine.snapshot(id).complete).toBe(true);
  });

  it.each<[string, (id: TorrentId, batch: Blob, key: [string, number]) => Promise<unknown>]>([
    [
      "damaged",
      async (_, batch, key) => {
        const bytes = new Uint8Array(await batch.arrayBuffer());
        for (let at = 7; at < bytes.length; at += PIECE) bytes[at]! ^= 1;
        return db.put("batches", new Blob([bytes]), key);
      },
    ],
    ["cut", (_, batch, key) => db.put("batches", batch.slice(0, 5), key)],
    ["gone, its batch is", (_id, _batch, key) => db.delete("batches", key)],
    ["gone", (id) => db.delete("pieces", [id, 3])],
  ])("has it fetched again where it is %s, and that alone", async (_, harm) => {
    const id = await downloaded();
    const { batch } = (await db.get("pieces", [id, 3]))!;
    await harm(id, (await db.get("batches", [id, batch]))!, [id, batch]);
    // The worker holds the Blobs that it read last.
    await stage.settle();
    const before = stage.engine.status(id).downloaded;
    expect(await stage.end(waitForPieces(id, 3, 4))).toBe("stored");
    expect(stage.engine.status(id).downloaded - before).toBe(PIECE);
    const check = checkOf(content.record("torrent"));
    const stored = await new StoredPieces(db).read(id, 3);
    expect(await check.check(3, stored!)).toBe(true);
  });
});

describe("several who wait for the same piece", () => {
  it("have it when the first of them needs it, whoever came first", async () => {
    const id = await add(content);
    waitForPieces(id, 5, 6, 5000);
    waitForPieces(id, 8, 9, 3000);
    waitForPieces(id, 6, 7, 4500);
    await stage.settle();
    expect(stage.urgent(id)).toEqual([8, 6, 5]);
    const soon = waitForPieces(id, 5, 6, 1000);
    await stage.settle();
    expect(stage.urgent(id)).toEqual([5, 8, 6]);
    waitForPieces(id, 5, 7, 4000);
    await stage.settle();
    expect(stage.urgent(id)[0], "the later wait delays nobody").toBe(5);
    soon.cancel();
    await stage.settle();
    expect(stage.urgent(id)[0], "what others still wait for is theirs again").toBe(8);
    expect(stage.urgent(id)).toHaveLength(3);
  });

  it("are all told when it is stored, and those who wait for more later", async () => {
    const id = await add(content);
    stage.addSeed(content);
    const [one, same, more] = [
      waitForPieces(id, 20, 21, 100),
      waitForPieces(id, 20, 21, 200),
      waitForPieces(id, 20, 30, 300),
    ];
    await stage.drive(() => one.ended !== null, "the piece");
    await stage.settle();
    expect([one.ended, same.ended]).toEqual(["stored", "stored"]);
    expect(more.ended).toBeNull();
    expect(await stage.end(more)).toBe("stored");
    expect(await stage.pieces.stored(id)).toEqual(expect.arrayContaining([20, 25, 29]));
  });
});

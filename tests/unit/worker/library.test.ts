/** The library over several runs: what one run keeps or forgets, a later run finds or does not find. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aboutHashOf, makeAbout } from "../../../app/engine/content/about.ts";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import { readFileLocation, readFileTable } from "../../../app/storage/file-table.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import type { ShoalDatabase, SourceEntry } from "../../../app/storage/schema.ts";
import type { KeptTorrent, Library } from "../../../app/worker/library.ts";
import type { SharedFiles } from "../../../app/worker/shared-files.ts";
import { openMemoryDatabase, withMethods } from "../../support/memory-database.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { LibraryRun } from "./library-run.ts";

const NOW = Date.UTC(2026, 0, 2);

const content = sampleContent("hybrid", { "a.txt": 40_000, "b/c.txt": 70_000 }, 32_768);
const record = content.record("torrent", { wanted: Uint8Array.of(1, 0) });
const { id } = record;

let db: ShoalDatabase;
let shared: SharedFiles;
let library: Library;

function begin(database: ShoalDatabase): void {
  ({ db, shared, library } = new LibraryRun(database));
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  begin(await openMemoryDatabase());
});

afterEach(() => {
  vi.useRealTimers();
});

/** The torrents that a later run finds. */
async function load(): Promise<readonly KeptTorrent[]> {
  const run = new LibraryRun(db);
  ({ shared, library } = run);
  await run.load();
  expect(run.failed).toEqual([]);
  return run.kept;
}

/** The only torrent that a later run finds. */
async function loadOne(): Promise<KeptTorrent> {
  const kept = await load();
  expect(kept).toHaveLength(1);
  return kept[0]!;
}

const keepPieces = (pieces: readonly number[], torrent = id) =>
  writeBatch(
    db,
    torrent,
    pieces.map((piece) => ({ piece, data: Uint8Array.of(piece) })),
  );

/** Keeps what a share's files are, as a browser does that gives no handles. */
const keepSources = async (torrent = id) => {
  const own = content.info.files.map(({ path, length }) => ({
    file: new File([new Uint8Array(length)], path.at(-1)!),
    path,
    handle: null,
  }));
  shared.attach(torrent, content.info, own);
  await shared.keep(torrent);
};

const countRows = async () =>
  Object.fromEntries(
    await Promise.all([...db.objectStoreNames].map(async (name) => [name, await db.count(name)] as const)),
  );

describe("a record", () => {
  it("is found again as it was saved, and when it was first", async () => {
    const link = content.record("link", {
      id: "link",
      select: [1],
      webSeeds: ["https://a/"],
      trackers: ["wss://a/"],
    });
    await library.save(link);
    await library.save(record);
    const kept = await load();
    const byId = new Map(kept.map((each) => [each.record.id, each]));
    expect(byId.get("link")).toEqual({ record: { ...link, addedAt: NOW }, have: "none" });
    expect(byId.get(id)).toEqual({ record: { ...record, addedAt: NOW }, have: "none" });
  });

  it("keeps the time at which it was added, in this run and the next", async () => {
    await library.save(record);
    vi.setSystemTime(NOW + 1000);
    await library.save({ ...record, active: false });
    expect(library.addedAt(id)).toBe(NOW);
    expect((await loadOne()).record).toMatchObject({ addedAt: NOW, active: false });
    expect(library.addedAt(id)).toBe(NOW);
    // The engine hands back what it was given at the start, or 0.
    await library.save({ ...record, addedAt: NOW });
    await library.save(record);
    expect((await loadOne()).record.addedAt).toBe(NOW);
    expect(library.addedAt("unknown")).toBe(0);
  });

  it("is added anew after it was deleted", async () => {
    await library.save(record);
    await library.delete(id, false);
    vi.setSystemTime(NOW + 1000);
    await library.save(record);
    expect(library.addedAt(id)).toBe(NOW + 1000);
  });

  it("comes in the order in which it was added", async () => {
    for (const [at, name] of ["z", "a", "m"].entries()) {
      vi.setSystemTime(NOW + at);
      await library.save({ ...record, id: name });
    }
    const kept = await load();
    expect(kept.map((each) => each.record.id)).toEqual(["z", "a", "m"]);
  });

  it("brings its file table, once the files are known", async () => {
    await library.save(content.record("link"));
    expect(await readFileTable(db, id)).toBeUndefined();
    await library.save(record);
    const table = await readFileTable(db, id);
    expect(table?.files.map(({ path, length }) => `${path.join("/")} ${length}`)).toEqual([
      "a.txt 40000",
      "b/c.txt 70000",
    ]);
  });

  it("brings its file table again where writing it failed", async () => {
    let broken = true;
    const whole = db;
    const flaky = withMethods(whole, {
      transaction: (...given: Parameters<ShoalDatabase["transaction"]>) => {
        if (broken && String(given[0]) === "files") throw new DOMException("full", "QuotaExceededError");
        return whole.transaction(...given);
      },
    });
    begin(flaky);
    await expect(library.save(record)).rejects.toThrow("full");
    broken = false;
    await library.save(record);
    expect((await readFileTable(db, id))?.files).toHaveLength(2);
  });
});

describe("the file table", () => {
  const times = content.info.files.map((_, file) => ({ lastModified: 1_700_000_000_000 + file * 5000 }));
  const about = makeAbout(times, "x")!;
  const told = { ...record, about, aboutHash: aboutHashOf(about) };
  const modified = async () => (await readFileTable(db, id))?.files.map((file) => file.modified);

  it("gets the files' times when the sender's word has come, in this run or a later one", async () => {
    await library.save(record);
    expect(await modified()).toEqual([null, null]);
    await library.save(told);
    expect(await modified()).toEqual([1_700_000_000_000, 1_700_000_005_000]);
    const other = content.record("torrent", { id: "other" });
    await library.save(other);
    begin(db);
    await library.save({ ...other, about, aboutHash: told.aboutHash });
    expect((await readFileLocation(db, "other", 1))?.modified).toBe(1_700_000_005_000);
  });

  it("is not written again while nothing is new, and loses the times when they are taken back", async () => {
    await library.save(told);
    const page = (await db.get("files", [id, 0]))!;
    const marked = page.files.map((file) => ({ ...file, modified: 1 }));
    await db.put("files", { ...page, files: marked }, [id, 0]);
    await library.save({ ...told, paused: true });
    begin(db);
    await library.save(told);
    expect(await modified()).toEqual([1, 1]);
    await library.save(record);
    expect(await modified()).toEqual([null, null]);
  });

  it("has no times where the sender's word cannot be read", async () => {
    const bad = makeAbout(times.slice(1), "x")!;
    await library.save({ ...record, about: bad, aboutHash: aboutHashOf(bad) });
    expect(await modified()).toEqual([null, null]);
  });

  it("that an older version wrote has no times", async () => {
    await library.save(record);
    const page = (await db.get("files", [id, 0]))!;
    const { timed: _, ...older } = page;
    const files = page.files.map(({ modified: __, ...file }) => file);
    await db.put("files", { ...older, files } as never, [id, 0]);
    expect(await modified()).toEqual([null, null]);
    expect((await readFileLocation(db, id, 1))?.modified).toBeNull();
    begin(db);
    await library.save(told);
    expect(await modified()).toEqual([1_700_000_000_000, 1_700_000_005_000]);
  });
});

describe("which pieces are there", () => {
  it("is told in the order of BEP 3, of this torrent alone, and of no piece that it cannot have", async () => {
    const sets = fc.record({
      pieceCount: fc.integer({ min: 1, max: 40 }),
      pieces: fc.uniqueArray(fc.nat(60), { maxLength: 20 }),
      others: fc.uniqueArray(fc.nat(60), { maxLength: 5 }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(sets, async ({ pieceCount, pieces, others }) => {
        const torrent = `run ${run++}`;
        if (pieces.length > 0) await keepPieces(pieces, torrent);
        if (others.length > 0) await keepPieces(others, `${torrent}'s other`);
        const stored = await library.storedPieces(torrent, pieceCount);
        if (pieces.length === 0) {
          expect(stored).toBe("none");
          return;
        }
        const bits = [...(stored as Uint8Array)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
        const wanted = Array.from(
          { length: bits.length },
          (_, piece) => piece < pieceCount && pieces.includes(piece),
        );
        expect(bits).toBe(wanted.map(Number).join(""));
        expect(bits).toHaveLength(Math.ceil(pieceCount / 8) * 8);
      }),
      { numRuns: 50 },
    );
  });

  it("is found at a start", async () => {
    await library.save(record);
    await keepPieces([0, 3]);
    expect((await loadOne()).have).toEqual(Uint8Array.of(0b1001_0000));
  });
});

describe("a share whose files cannot be read now", () => {
  beforeEach(async () => {
    await library.save(record);
    await keepSources();
  });

  it("waits for them: it downloads nothing of what the person has", async () => {
    const { record: given, have } = await loadOne();
    expect({ active: given.active, paused: given.paused, have }).toEqual({
      active: false,
      paused: true,
      have: "none",
    });
    expect(shared.needsFiles(id)).toBe(true);
  });

  it("keeps what the person wanted of it, however often the engine saves it while it waits", async () => {
    const { record: given } = await loadOne();
    await library.save({ ...given, trackers: ["wss://further/"] });
    expect(await db.get("torrents", id)).toMatchObject({
      active: true,
      paused: false,
      trackers: ["wss://further/"],
    });
    const again = await loadOne();
    expect(again.record).toMatchObject({ active: false, paused: true });
  });

  it("is like any other once it goes on", async () => {
    const { record: given } = await loadOne();
    await library.save({ ...given, active: true, paused: false });
    await library.save({ ...given, active: true, paused: true });
    expect(await db.get("torrents", id), "the person paused it").toMatchObject({
      active: true,
      paused: true,
    });
  });

  it("is forgotten with all that waits", async () => {
    const { record: given } = await loadOne();
    await library.delete(id, false);
    await library.save({ ...given, paused: true });
    expect(await db.get("torrents", id)).toMatchObject({ active: false, paused: true });
  });

  it("goes on with stored pieces, where it has some", async () => {
    await keepPieces([1]);
    const { record: given, have } = await loadOne();
    expect(given).toMatchObject({ active: true, paused: false });
    expect(have).toEqual(Uint8Array.of(0b0100_0000));
  });
});

describe("a share whose files are there", () => {
  it("has everything", async () => {
    await library.save(record);
    await keepSources();
    const own = content.info.files.map(({ length }, file) => new File([new Uint8Array(length)], `${file}`));
    const sources: SourceEntry[] = own.map((file) => ({
      handle: { getFile: async () => file } as unknown as FileSystemFileHandle,
      name: file.name,
      size: file.size,
      lastModified: file.lastModified,
    }));
    // Handles are not copied into a database in memory.
    begin(withMethods(db, { getAll: async () => [sources] }));
    const { record: given, have } = await loadOne();
    expect(have).toBe("all");
    expect(given).toMatchObject({ active: true, paused: false });
    expect(own.map((_, file) => shared.source(id)?.file(file))).toEqual(own);
  });
});

describe("forgetting a torrent", () => {
  beforeEach(async () => {
    await library.save(record);
    await keepSources();
    await keepPieces([0, 1]);
    await library.save({ ...record, id: "other" });
    await keepPieces([0], "other");
    for (const each of [id, "other"]) {
      await db.put("statistics", { downloaded: 1, uploaded: 2 }, each);
      await db.put("limits", { up: 1, down: null }, each);
    }
  });

  const others = { torrents: 1, files: 1, sources: 0, statistics: 1, limits: 1, folders: 0, leader: 0 };

  it("with its data leaves nothing of it, and all of the others", async () => {
    await library.delete(id, true);
    expect(await countRows()).toEqual({ ...others, pieces: 1, batches: 1 });
    expect((await loadOne()).record.id).toBe("other");
    expect(shared.isOrigin(id)).toBe(false);
  });

  it("without it keeps the pieces, which are found when it is added again", async () => {
    await library.delete(id, false);
    expect(await countRows()).toEqual({ ...others, pieces: 3, batches: 2 });
    await library.save(record);
    const kept = await load();
    expect(kept.find((each) => each.record.id === id)?.have).toEqual(Uint8Array.of(0b1100_0000));
    expect((await readFileTable(db, id))?.name).toBe(parseInfo(record.info!).name);
  });

  it("while it is being saved leaves nothing of it either", async () => {
    await library.delete(id, true);
    const saving = library.save(record);
    await library.delete(id, true);
    await saving;
    expect(await countRows()).toMatchObject({ torrents: 1, files: 1 });
  });
});

describe("settled", () => {
  it("waits for what is being kept and forgotten, and for nothing else", async () => {
    await library.settled();
    void library.save(record);
    await library.settled();
    expect(await countRows()).toMatchObject({ torrents: 1, files: 1 });
    void library.delete(id, true);
    await library.settled();
    expect(await countRows()).toMatchObject({ torrents: 0, files: 0 });
  });

  it("does not fail where a write did, whose caller hears of it", async () => {
    db.close();
    const saving = library.save(record);
    const deleting = library.delete(id, true);
    await expect(library.settled()).resolves.toBeUndefined();
    await expect(saving).rejects.toThrow(DOMException);
    await expect(deleting).rejects.toThrow(DOMException);
  });
});

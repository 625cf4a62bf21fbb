/** Shares that are downloaded straight into folders: how they begin there, and what becomes of what was stored. */
import { beforeEach, describe, expect, it } from "vitest";
import { equalBytes } from "../../../app/engine/content/info-hash.ts";
import type { TorrentId } from "../../../app/engine/host.ts";
import { writeBatch } from "../../../app/storage/piece-batches.ts";
import { storedTorrents } from "../../../app/storage/stored-torrents.ts";
import { openMemoryDatabase, withMethods } from "../../support/memory-database.ts";
import { sampleContent } from "../../support/sample-content.ts";
import { TRACKER } from "../../support/virtual-network.ts";
import { waitFor } from "../../support/wait.ts";
import { CommandStage } from "./command-stage.ts";
import { MemoryFile, MemoryFolder } from "./memory-folder.ts";

const film = sampleContent("hybrid", { "film.bin": 100_000 }, 32_768);

let stage: CommandStage;
let disk: MemoryFolder;
/** The folders that are remembered: handles are not stored in this database. */
let remembered: Map<TorrentId, unknown>;

beforeEach(async () => {
  disk = new MemoryFolder("Downloads");
  remembered = new Map();
  stage = new CommandStage(await openRemembering());
});

async function openRemembering() {
  const db = await openMemoryDatabase();
  const of = (store: string) => store === "folders";
  return withMethods(db, {
    put: async (store: string, value: unknown, key: TorrentId) =>
      of(store) ? remembered.set(key, value) : db.put(store as "torrents", value as never, key as never),
    delete: async (store: string, key: TorrentId) =>
      of(store) ? remembered.delete(key) : db.delete(store as "torrents", key),
    getAllKeys: async (store: string, range?: IDBKeyRange) =>
      of(store) ? [...remembered.keys()] : db.getAllKeys(store as "torrents", range),
    getAll: async (store: string, range?: IDBKeyRange) =>
      of(store) ? [...remembered.values()] : db.getAll(store as "torrents", range),
  });
}

/** Adds the film, of which these pieces are in the database. */
async function add(pieces: readonly number[]): Promise<TorrentId> {
  const record = film.record("torrent", { trackers: [TRACKER], active: true });
  await writeBatch(
    stage.db,
    record.id,
    pieces.map((piece) => ({ piece, data: film.piece(piece) })),
  );
  return stage.engine.addTorrent({ record, have: await stage.library.storedPieces(record.id, 4) });
}

/** Lets the virtual network and the real folder take turns until it holds. */
async function drive(condition: () => boolean, describe: string): Promise<void> {
  await waitFor(
    async () => {
      stage.net.clock.run(500);
      return condition();
    },
    { describe },
  );
}

const begin = (id: TorrentId) => stage.run("toFolder", { id, folder: disk.handle });
const status = (id: TorrentId) => stage.folders.loaded?.status(id) ?? null;

describe("a share that goes to a folder", () => {
  it("takes along what is stored of it, and downloads the rest there, byte for byte", async () => {
    const id = await add([0, 2]);
    await begin(id);
    expect(status(id)).toMatchObject({ name: "Downloads", state: "writing" });
    expect(await storedTorrents(stage.db)).toEqual([]);
    expect(stage.engine.status(id)).toMatchObject({ phase: "downloading", haveCount: 2 });
    stage.net.add("S").add(film, "seed");
    await drive(() => stage.engine.status(id).complete, "the film");
    const whole = Buffer.concat([0, 1, 2, 3].map((piece) => film.piece(piece)));
    expect(equalBytes(disk.files.get("film.bin")!.bytes, whole)).toBe(true);
    expect([...disk.files.keys()]).toEqual(["film.bin"]);
    expect(await storedTorrents(stage.db)).toEqual([]);
    expect(remembered.get(id)).toBe(disk.handle);
  });

  it("is passed on from there, while it is written and after", async () => {
    const id = await add([0, 2]);
    await begin(id);
    const leecher = stage.net.add("L");
    leecher.add(film, "torrent");
    await drive(() => leecher.engine.status(id).haveCount === 2, "what is there, by another");
    stage.net.add("S").add(film, "seed");
    await drive(() => leecher.has(film, id), "the film, by another");
  });

  it("asks for no room in the browser, and is none of what is stored there", async () => {
    const id = await add([0, 2]);
    await begin(id);
    stage.room = 0;
    await stage.run("pause", { id });
    await stage.run("start", { id });
    expect(stage.needed).toEqual([]);
    expect(await stage.run("storage", {})).toEqual({ shares: [], forgotten: { count: 0, bytes: 0 } });
    await expect(stage.run("free", { id })).rejects.toMatchObject({ code: "share/unknown" });
  });

  it("is fetched again as far as a disk that gets full threw it away", async () => {
    const id = await add([0]);
    await begin(id);
    stage.net.add("S").add(film, "seed");
    const file = disk.files.get("film.bin")!;
    file.refuses.write = new DOMException("no room", "QuotaExceededError");
    await drive(() => stage.engine.status(id).phase === "failed", "the full disk");
    file.refuses = {};
    expect(stage.engine.status(id).error?.code).toBe("storage/full");
    await stage.run("start", { id });
    await drive(() => stage.engine.status(id).complete, "the film");
    expect(file.bytes.length).toBe(100_000);
  });

  it.each<[string, string, () => void]>([
    [
      "save/exists",
      "another file is there",
      () => disk.children.set("film.bin", new MemoryFile("film.bin", new Uint8Array(3))),
    ],
    [
      "save/no-reading",
      "the browser hides what is being written",
      () => {
        const { getFileHandle } = disk;
        disk.getFileHandle = async (name, options) => {
          if (name.endsWith(".crswap")) throw new DOMException("not there", "NotFoundError");
          return getFileHandle.call(disk, name, options);
        };
      },
    ],
  ])("is refused with %s where %s, and what is stored stays", async (code, _, prepare) => {
    const id = await add([0, 2]);
    prepare();
    await expect(begin(id)).rejects.toMatchObject({ code });
    expect(status(id)).toBeNull();
    expect(remembered.size).toBe(0);
    expect(await storedTorrents(stage.db)).toEqual([id]);
    expect(stage.engine.status(id)).toMatchObject({ phase: "paused", haveCount: 2 });
    await stage.run("start", { id });
    expect(stage.engine.status(id).phase).toBe("downloading");
  });

  it("has its files closed when it is paused, and goes on in them", async () => {
    const id = await add([0, 2]);
    await begin(id);
    expect([...disk.files.keys()]).toEqual(["film.bin", "film.bin.crswap"]);
    await stage.run("pause", { id });
    expect([...disk.files.keys()]).toEqual(["film.bin"]);
    await stage.run("start", { id });
    stage.net.add("S").add(film, "seed");
    await drive(() => stage.engine.status(id).complete, "the film");
    expect([...disk.files.keys()]).toEqual(["film.bin"]);
  });

  it("has to know its files first", async () => {
    const id = stage.engine.addTorrent({ record: film.record("link"), have: "none" });
    await expect(begin(id)).rejects.toMatchObject({ code: "save/incomplete" });
  });

  it("leaves whole files and no others there when it is removed", async () => {
    const id = await add([0, 2]);
    await begin(id);
    await stage.folders.loaded!.delete(id);
    expect([disk.files.size, remembered.size, status(id)]).toEqual([0, 0, null]);
  });
});

describe("after a start", () => {
  /** The kept shares are taken up by another run; `permission`: the browser's answer for the folder. */
  async function restart(permission: PermissionState): Promise<void> {
    Object.assign(disk, { queryPermission: async () => permission });
    await stage.folders.loaded!.closeFiles();
    await stage.library.settled();
    stage = new CommandStage(stage.db);
    await stage.load();
    const folders = await stage.folders.load();
    await folders.load(new Set(stage.engine.torrents().filter((id) => stage.library.wouldGoOn(id))));
  }

  it("it goes on by itself where the folder may still be written to, with what is there", async () => {
    const id = await add([0, 2]);
    await begin(id);
    await restart("granted");
    await drive(() => status(id)?.state === "writing", "the folder");
    expect(stage.engine.status(id)).toMatchObject({ phase: "downloading", haveCount: 2 });
  });

  it("it waits for the person otherwise, and stores nothing elsewhere", async () => {
    const id = await add([0, 2]);
    await begin(id);
    await restart("prompt");
    expect(status(id)).toMatchObject({ state: "waiting", name: "Downloads" });
    await stage.run("start", { id });
    expect(stage.engine.status(id)).toMatchObject({ phase: "paused", haveCount: 0 });
    expect(await stage.run("folder", { id })).toEqual({ folder: disk.handle });
    await begin(id);
    expect(stage.engine.status(id)).toMatchObject({ phase: "downloading", haveCount: 2 });
  });

  it("it stays paused if the person had paused it", async () => {
    const id = await add([0, 2]);
    await begin(id);
    await stage.run("pause", { id });
    await restart("granted");
    expect(status(id)?.state).toBe("waiting");
    expect(stage.engine.status(id).phase).toBe("paused");
  });
});

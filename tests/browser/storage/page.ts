/** Runs the app's own storage in a page for the storage test. Answers are plain data: they cross to Node. */

import { PieceHashes } from "../../../app/engine/content/piece-hashes.ts";
import type { TorrentInfo } from "../../../app/engine/content/torrent-info.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import type { PieceFailure, TorrentId } from "../../../app/engine/host.ts";
import { type DatabaseListener, openDatabase } from "../../../app/storage/database.ts";
import { readFileLocation, readFileTable } from "../../../app/storage/file-table.ts";
import { type Migration, migrations } from "../../../app/storage/migrations.ts";
import { StoredPieces } from "../../../app/storage/piece-batches.ts";
import { readRange } from "../../../app/storage/read-range.ts";
import { rangeOf, type ShoalDatabase } from "../../../app/storage/schema.ts";
import { ContentReader } from "../../../app/worker/content-reader.ts";
import { Library } from "../../../app/worker/library.ts";
import { PieceStore } from "../../../app/worker/piece-store.ts";
import { Saver } from "../../../app/worker/saver.ts";
import { ShareJob } from "../../../app/worker/share-job.ts";
import { SharedFiles } from "../../../app/worker/shared-files.ts";
import { type Golden, readGolden, type Shape, shapeOf, writeGolden } from "./golden.ts";

const decoder = new TextDecoder();

/** What the database told of itself, in order. */
const told: string[] = [];

const listener: DatabaseListener = {
  blocked: (error) => told.push(error.code),
  lost: (error) => told.push(error.code),
};

/** A step that a later version of Shoal might bring: every record is marked, and there is one more store. */
const laterStep: Migration = async (database, transaction) => {
  database.createObjectStore("later");
  const store = transaction.objectStore("torrents");
  for (const record of await store.getAll()) await store.put?.({ ...record, later: true });
};

let open: ShoalDatabase | null = null;

async function database(): Promise<ShoalDatabase> {
  open ??= await openDatabase(listener);
  return open;
}

/** "ok", or the code of the error that it ended with. */
async function outcome(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "ok";
  } catch (error) {
    return error instanceof ShoalError ? error.code : String(error);
  }
}

/** A piece that begins and ends with its index; random between, as browsers compress what they store. */
function pieceOf(piece: number, length: number): Uint8Array {
  const data = new Uint8Array(length);
  for (let start = 0; start < length; start += 65_536)
    crypto.getRandomValues(data.subarray(start, start + 65_536));
  data[0] = piece;
  data[length - 1] = piece;
  return data;
}

interface Waiting {
  stored(failure: PieceFailure | null): void;
  read(data: Uint8Array | null, failure: PieceFailure | null): void;
}

/** The piece store with promises in place of the engine. */
async function openStore() {
  const db = await database();
  const waiting = new Map<number, Partial<Waiting>>();
  let requests = 0;
  const store = new PieceStore(db, () => ({
    checkAgain: () => {},
    handleStored: (_torrent, piece, failure) => waiting.get(piece)?.stored?.(failure),
    handleRead: (request, data, failure) => waiting.get(request)?.read?.(data, failure),
  }));
  return {
    db,
    store,
    put: (torrent: TorrentId, piece: number, data: Uint8Array) =>
      new Promise<string>((resolve) => {
        waiting.set(piece, { stored: (failure) => resolve(failure?.code ?? "ok") });
        store.store(torrent, piece, data);
      }),
    get: (torrent: TorrentId, piece: number) =>
      new Promise<number[] | string>((resolve) => {
        waiting.set(++requests, {
          read: (data, failure) => resolve(data ? [data.length, data[0]!, data.at(-1)!] : failure!.code),
        });
        store.read(requests, torrent, piece);
      }),
  };
}

/** The golden pieces are not those of any torrent. */
const allRight = { isChecked: () => true, check: async () => true, trust: () => {} };

/** Reads what is stored without a node: all of it counts as checked, and nothing more comes. */
function contentReader(db: ShoalDatabase): ContentReader {
  const engine = {
    hashes: () => new PieceHashes({ files: [] } as unknown as TorrentInfo, null),
    piece: () => ({ stored: true, checked: true, lost: false, withPeers: false }),
    handleChecked: () => {},
  };
  const waits = { wait: () => Promise.reject(new ShoalError("save/incomplete")) };
  return new ContentReader({ db, shared: new SharedFiles(db), engine, waits });
}

const storageTest = {
  told: () => told,

  open: () => outcome(database),

  openLater: () => outcome(async () => (await openDatabase(listener, [...migrations, laterStep])).close()),

  close: () => {
    open?.close();
    open = null;
  },

  /** Holds an older version's connection, which knows nothing of newer ones. */
  openDeaf: (golden: Golden) => writeGolden(golden),

  shape: async (): Promise<Shape> => shapeOf(await database()),

  writeGolden: async (golden: Golden) => (await writeGolden(golden)).close(),

  readGolden: async () => readGolden(await database()),

  async laterRecord(): Promise<{ version: number; records: unknown[] }> {
    const db = await openDatabase(listener, [...migrations, laterStep]);
    const records = (await db.getAll("torrents")).map((record) => ({
      id: record.id,
      later: Reflect.get(record, "later"),
    }));
    db.close();
    return { version: db.version, records };
  },

  /** The text of a stored file's bytes, each part on its own. */
  async parts(torrent: TorrentId, file: number, start?: number, end?: number): Promise<string[] | string> {
    const db = await database();
    const location = await readFileLocation(db, torrent, file);
    if (!location) return "unknown";
    const parts: string[] = [];
    const code = await outcome(async () => {
      const source = { pieces: new StoredPieces(db), check: allRight };
      for await (const part of readRange(location, source, start, end)) parts.push(decoder.decode(part));
    });
    return code === "ok" ? parts : code;
  },

  table: async (torrent: TorrentId) => readFileTable(await database(), torrent),

  async storePieces(torrent: TorrentId, indices: number[], length: number): Promise<string[]> {
    const { put } = await openStore();
    return Promise.all(indices.map((piece) => put(torrent, piece, pieceOf(piece, length))));
  },

  /** Forgets a torrent while a piece of it waits to be written; says which are stored when a later one is. */
  async deleteUnwritten(torrent: TorrentId): Promise<number[]> {
    const { store, put } = await openStore();
    store.store(torrent, 0, pieceOf(0, 16));
    await store.delete(torrent);
    await put(torrent, 1, pieceOf(1, 16));
    return store.stored(torrent);
  },

  /** Stores the middle of a larger buffer. */
  async storePart(torrent: TorrentId): Promise<string> {
    const { put } = await openStore();
    return put(torrent, 0, new Uint8Array(1_000_000).subarray(10, 30));
  },

  /** Bytes of a torrent's batches, largest first. */
  async batchLengths(torrent: TorrentId): Promise<number[]> {
    const batches = await (await database()).getAll("batches", rangeOf(torrent));
    return batches.map(({ size }) => size).sort((a, b) => b - a);
  },

  async readPieces(torrent: TorrentId, indices: number[]): Promise<(number[] | string)[]> {
    const { get } = await openStore();
    return Promise.all(indices.map((piece) => get(torrent, piece)));
  },

  async storedBits(torrent: TorrentId, pieceCount: number): Promise<string> {
    const { db, store } = await openStore();
    const bits = await new Library(db, store, new SharedFiles(db)).storedPieces(torrent, pieceCount);
    return typeof bits === "string"
      ? bits
      : [...bits].map((byte) => byte.toString(2).padStart(8, "0")).join(" ");
  },

  async deletePieces(torrent: TorrentId): Promise<void> {
    await (await openStore()).store.delete(torrent);
  },

  /**
   * Shares a file of the browser's own file system, has it changed or not, and says what a new start finds: the
   * first bytes of its first piece, or that the files are needed.
   */
  async restoreShare(change: "none" | "written" | "removed"): Promise<string> {
    const db = await database();
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle("own.txt", { create: true });
    await writeFile(handle, "as it was shared");
    const file = await handle.getFile();
    const job = new ShareJob([{ file, path: ["own.txt"] }], { name: "own.txt", singleFile: true });
    const { info } = await job.run();
    const shared = new SharedFiles(db);
    shared.attach("own", info, [{ file, path: ["own.txt"], handle }]);
    await shared.keep("own");
    if (change === "written") await writeFile(handle, "as it is now, longer");
    if (change === "removed") await root.removeEntry("own.txt");

    const restarted = new SharedFiles(db);
    const found = await restarted.restore("own", info);
    if (!found) return "not shared";
    return restarted.needsFiles("own")
      ? `needs files: ${restarted.status("own")?.missing?.reason}`
      : decoder.decode(await found.readPiece(0));
  },

  /** Saves a stored torrent below a folder, and says what the folder then holds. */
  async saveToFolder(torrent: TorrentId): Promise<Record<string, string> | string> {
    const db = await database();
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("saved", { create: true });
    const table = await readFileTable(db, torrent);
    const items = table!.files.map(({ path, length }, file) => ({
      file,
      length,
      path: [table!.name, ...path],
    }));
    const saver = new Saver(contentReader(db));
    const code = await outcome(() => saver.saveToDirectory(torrent, items, folder));
    if (code !== "ok") return code;
    return readFolder(folder);
  },

  /** Cancels while saving, and says how it ended and what the file then holds. */
  async cancelSave(torrent: TorrentId): Promise<{ code: string; left: string }> {
    const db = await database();
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle("chosen.bin", { create: true });
    await writeFile(handle, "before");
    const saver = new Saver(contentReader(db));
    const table = await readFileTable(db, torrent);
    const { path, length } = table!.files[0]!;
    const saving = saver.saveToHandle(torrent, { file: 0, path, length }, handle);
    saver.cancel(torrent);
    const code = await outcome(() => saving);
    return { code, left: await (await handle.getFile()).text() };
  },

  /** The text of a file as one Blob. */
  async blobText(torrent: TorrentId, file: number): Promise<string> {
    const db = await database();
    let text = "";
    const code = await outcome(async () => {
      text = await (await contentReader(db).blob(torrent, file)).text();
    });
    return code === "ok" ? text : code;
  },
};

async function writeFile(handle: FileSystemFileHandle, text: string): Promise<void> {
  const writable = await handle.createWritable();
  await writable.write(text);
  await writable.close();
}

async function readFolder(folder: FileSystemDirectoryHandle, at = ""): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === "directory")
      Object.assign(files, await readFolder(handle as FileSystemDirectoryHandle, `${at}${name}/`));
    else files[at + name] = await (await (handle as FileSystemFileHandle).getFile()).text();
  }
  return files;
}

export type StorageTest = typeof storageTest;
Object.assign(window, { storageTest });

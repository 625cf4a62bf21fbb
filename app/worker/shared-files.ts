/**
 * The shared files are the person's own files, from which torrents are shared without a copy in the database. Where
 * the browser gives handles, they are kept in the database, so that a share goes on after a reload. A handle may need
 * the person's permission at a start: then its file is missing until that is given (`reopen`). A file without a handle
 * is missing until the person gives it again. A share goes on with the files that can be read.
 *
 * A handle from a folder needs no question of its own: Chromium keeps with it which folder was given, and asks for that
 * one, so one answer opens all files of it.
 *
 * The entry that is kept of each file also tells whether other files are the same: name, size and modification time.
 * The files are read by file-source.ts.
 */

import type { MissingReason, OwnFilesStatus, SharedFile } from "../bridge/commands.ts";
import type { TorrentInfo } from "../engine/content/torrent-info.ts";
import type { TorrentId } from "../engine/host.ts";
import { FILES_PER_PAGE } from "../storage/constants.ts";
import { rangeOf, type ShoalDatabase, type SourceEntry } from "../storage/schema.ts";
import { storageError } from "../storage/storage-error.ts";
import { HANDLES_AT_ONCE } from "./constants.ts";
import { FileSource } from "./file-source.ts";

/** Chromium's, unknown to TypeScript. */
interface HandleWithPermission {
  queryPermission?(options: { mode: "read" }): Promise<PermissionState>;
}

/** A share's own files. */
interface OwnFiles {
  readonly source: FileSource;
  /** The entries that are kept, in the torrent's order. */
  readonly entries: SourceEntry[];
}

export class SharedFiles {
  readonly #db: ShoalDatabase;
  readonly #shares: Map<TorrentId, OwnFiles>;

  constructor(db: ShoalDatabase) {
    this.#db = db;
    this.#shares = new Map();
  }

  /** Where a torrent's pieces are read from; undefined when that is the database. */
  source(torrent: TorrentId): FileSource | undefined {
    return this.#shares.get(torrent)?.source;
  }

  /** Whether the torrent is shared from files of this device, even if they can no longer be read. */
  isOrigin(torrent: TorrentId): boolean {
    return this.#shares.has(torrent);
  }

  /** Torrents that are shared from files of this device. */
  origins(): TorrentId[] {
    return [...this.#shares.keys()];
  }

  /** The entries of a torrent's own files, in its order; undefined when it is not shared from files. */
  entries(torrent: TorrentId): readonly SourceEntry[] | undefined {
    return this.#shares.get(torrent)?.entries;
  }

  /** Whether nothing of the files can be read, so that the person has to give them again. */
  needsFiles(torrent: TorrentId): boolean {
    return this.source(torrent)?.hasNothing ?? false;
  }

  status(torrent: TorrentId): OwnFilesStatus | null {
    const source = this.source(torrent);
    if (!source) return null;
    const { info, readableCount } = source;
    const [first] = source.missing;
    const missing = first && { name: info.files[first[0]]!.path.at(-1)!, reason: first[1] };
    return {
      total: info.files.length,
      readable: readableCount,
      notAllowed: this.notAllowed(torrent).length,
      kept: this.entries(torrent)!.every(({ handle, size }) => handle !== null || size === 0),
      missing: missing ?? null,
    };
  }

  /**
   * Reads a torrent's pieces from these files from now on. `files`: in the torrent's order. Returns a function that
   * undoes this: the files of before, if any, are read again.
   */
  attach(torrent: TorrentId, info: TorrentInfo, files: readonly SharedFile[]): () => void {
    const former = this.#shares.get(torrent);
    const source = new FileSource(
      info,
      files.map(({ file }) => file),
    );
    const own = { source, entries: files.map((file, index) => entryOf(file, former?.entries[index])) };
    this.#shares.set(torrent, own);
    return () => {
      if (this.#shares.get(torrent) !== own) return;
      if (former === undefined) this.#shares.delete(torrent);
      else this.#shares.set(torrent, former);
    };
  }

  /** Takes a file of a torrent again: it is read from now on. To be kept by `keep`. */
  give(torrent: TorrentId, index: number, file: SharedFile): void {
    const own = this.#shares.get(torrent);
    if (!own) return;
    own.source.give(index, file.file);
    own.entries[index] = entryOf(file, own.entries[index]);
  }

  /**
   * Takes the handle that came with a file that was given although it can be read. To be kept by `keep`. False when
   * there is nothing new to keep.
   */
  takeHandle(torrent: TorrentId, index: number, { handle }: SharedFile): boolean {
    const entries = this.#shares.get(torrent)?.entries;
    if (handle === null || entries?.[index] === undefined) return false;
    entries[index] = { ...entries[index], handle };
    return true;
  }

  /** The files that the browser lets read once it has asked the person, by their indices in the torrent. */
  notAllowed(torrent: TorrentId): number[] {
    const missing = this.source(torrent)?.missing ?? [];
    return [...missing].flatMap(([index, reason]) => (reason === "not-allowed" ? [index] : []));
  }

  /** The files of `notAllowed` that may be read by now, with their indices. They are to be taken by `give`. */
  async reopen(torrent: TorrentId): Promise<(readonly [index: number, file: File])[]> {
    const own = this.#shares.get(torrent);
    const waiting = this.notAllowed(torrent);
    const found = await openAll(waiting.map((index) => own!.entries[index]!));
    return found.flatMap((file, at) => {
      const index = waiting[at]!;
      if (typeof file !== "string") return [[index, file] as const];
      own!.source.lose(index, file);
      return [];
    });
  }

  /**
   * Keeps which files a torrent is read from, for a later start.
   * @throws ShoalError as the database failed
   */
  async keep(torrent: TorrentId): Promise<void> {
    const entries = this.entries(torrent) ?? [];
    const transaction = this.#db.transaction("sources", "readwrite");
    const writes: Promise<unknown>[] = [transaction.store.delete(rangeOf(torrent))];
    for (let page = 0; page * FILES_PER_PAGE < entries.length; page++) {
      const rows = entries.slice(page * FILES_PER_PAGE, (page + 1) * FILES_PER_PAGE);
      writes.push(transaction.store.put(rows, [torrent, page]));
    }
    await Promise.all([...writes, transaction.done]).catch((cause) => {
      throw storageError(cause);
    });
  }

  /**
   * Finds a share's files again after a start: those that are there, unchanged, and may be read without asking the
   * person. Undefined when the torrent was not shared from files.
   */
  async restore(torrent: TorrentId, info: TorrentInfo): Promise<FileSource | undefined> {
    const kept = (await this.#db.getAll("sources", rangeOf(torrent))).flat();
    if (kept.length === 0) return undefined;
    // Rows may be lost.
    const entries = info.files.map(({ path, length }, index) => kept[index] ?? unknownEntry(path, length));
    const source = new FileSource(info, await openAll(entries));
    this.#shares.set(torrent, { source, entries });
    return source;
  }

  async delete(torrent: TorrentId): Promise<void> {
    this.#shares.delete(torrent);
    await this.#db.delete("sources", rangeOf(torrent));
  }
}

/** A file that comes without a handle is still found by the one that was kept of it. */
function entryOf({ file, handle }: SharedFile, former?: SourceEntry): SourceEntry {
  const { name, size, lastModified } = file;
  return { handle: handle ?? former?.handle ?? null, name, size, lastModified };
}

/** No time is like that of an unknown entry. */
function unknownEntry(path: readonly string[], size: number): SourceEntry {
  return { handle: null, name: path.at(-1)!, size, lastModified: Number.NaN };
}

async function openAll(entries: readonly SourceEntry[]): Promise<(File | MissingReason)[]> {
  const files: (File | MissingReason)[] = [];
  for (let first = 0; first < entries.length; first += HANDLES_AT_ONCE) {
    files.push(...(await Promise.all(entries.slice(first, first + HANDLES_AT_ONCE).map(openUnchanged))));
  }
  return files;
}

/** The file behind a handle, if it is the one that was shared; else why it cannot be read. */
async function openUnchanged(entry: SourceEntry): Promise<File | MissingReason> {
  const { handle, name, size, lastModified } = entry;
  // Nothing is to be read of an empty file.
  if (size === 0) return new File([], name, { lastModified });
  if (!handle) return "not-given";
  try {
    const permission = await (handle as HandleWithPermission).queryPermission?.({ mode: "read" });
    if (permission === "prompt") return "not-allowed";
    // It would be refused without a question.
    if (permission === "denied") return "not-given";
    const file = await handle.getFile();
    return file.size === size && file.lastModified === lastModified ? file : "changed";
  } catch {
    return "gone";
  }
}

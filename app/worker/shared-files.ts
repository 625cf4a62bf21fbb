/**
 * The shared files are the person's own files, from which torrents are shared without a copy in the database. Where
 * the browser gives handles, they are kept in the database, so that a share goes on after a reload. Otherwise the files
 * are missing at a start, until the person gives them again. A share goes on with those that can be read.
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
    return { total: info.files.length, readable: readableCount, missing: missing ?? null };
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
    const own = { source, entries: files.map(entryOf) };
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
    own.entries[index] = entryOf(file);
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
    const files: (File | MissingReason)[] = [];
    for (let first = 0; first < entries.length; first += HANDLES_AT_ONCE) {
      files.push(...(await Promise.all(entries.slice(first, first + HANDLES_AT_ONCE).map(openUnchanged))));
    }
    const source = new FileSource(info, files);
    this.#shares.set(torrent, { source, entries });
    return source;
  }

  async delete(torrent: TorrentId): Promise<void> {
    this.#shares.delete(torrent);
    await this.#db.delete("sources", rangeOf(torrent));
  }
}

function entryOf({ file, handle }: SharedFile): SourceEntry {
  return { handle, name: file.name, size: file.size, lastModified: file.lastModified };
}

/** No time is like that of an unknown entry. */
function unknownEntry(path: readonly string[], size: number): SourceEntry {
  return { handle: null, name: path.at(-1)!, size, lastModified: Number.NaN };
}

/** The file behind a handle, if it is the one that was shared; else why it cannot be read. */
async function openUnchanged(entry: SourceEntry): Promise<File | MissingReason> {
  const { handle, name, size, lastModified } = entry;
  // Nothing is to be read of an empty file.
  if (size === 0) return new File([], name, { lastModified });
  if (!handle) return "not-given";
  try {
    const permission = await (handle as HandleWithPermission).queryPermission?.({ mode: "read" });
    if (permission !== undefined && permission !== "granted") return "not-given";
    const file = await handle.getFile();
    return file.size === size && file.lastModified === lastModified ? file : "changed";
  } catch {
    return "gone";
  }
}

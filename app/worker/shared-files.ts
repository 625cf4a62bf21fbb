/**
 * The shared files are the person's own files, from which torrents are shared without a copy in the database. Where
 * the browser gives handles, they are kept in the database, so that a share goes on after a reload. The states of a
 * torrent:
 *
 * | state | `source` | `isOrigin` | `needsFiles` |
 * | --- | --- | --- | --- |
 * | not shared from own files | none | no | no |
 * | all files can be read | their FileSource | yes | no |
 * | a file failed while it was shared | their FileSource | yes | yes |
 * | not all files were found at a start | none | yes | yes |
 *
 * The files are read by file-source.ts.
 */

import type { SharedFile } from "../bridge/commands.ts";
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

export class SharedFiles {
  readonly #db: ShoalDatabase;
  /** Null: shared from files that cannot be read any more. */
  readonly #sources: Map<TorrentId, FileSource | null>;

  constructor(db: ShoalDatabase) {
    this.#db = db;
    this.#sources = new Map();
  }

  /** Where a torrent's pieces are read from; undefined when that is the database. */
  source(torrent: TorrentId): FileSource | undefined {
    return this.#sources.get(torrent) ?? undefined;
  }

  /** Whether the torrent is shared from files of this device, even if they can no longer be read. */
  isOrigin(torrent: TorrentId): boolean {
    return this.#sources.has(torrent);
  }

  /** Whether the person has to drop the files again, because some cannot be read. */
  needsFiles(torrent: TorrentId): boolean {
    const source = this.#sources.get(torrent);
    return source === null || source?.failed === true;
  }

  /**
   * Reads a torrent's pieces from these files from now on. `files`: in the torrent's order. Returns a function that
   * undoes this: the files of before, if any, are read again.
   */
  attach(torrent: TorrentId, info: TorrentInfo, files: readonly File[]): () => void {
    const former = this.#sources.get(torrent);
    const source = new FileSource(info, files);
    this.#sources.set(torrent, source);
    return () => {
      if (this.#sources.get(torrent) !== source) return;
      if (former === undefined) this.#sources.delete(torrent);
      else this.#sources.set(torrent, former);
    };
  }

  /**
   * Keeps which files a torrent is read from, for a later start.
   * @throws ShoalError as the database failed
   */
  async keep(torrent: TorrentId, files: readonly SharedFile[]): Promise<void> {
    const entries: SourceEntry[] = files.map(({ file, handle }) => ({
      handle,
      name: file.name,
      size: file.size,
      lastModified: file.lastModified,
    }));
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
   * Finds a share's files again after a start: true when all are there, unchanged, and may be read without asking
   * the person.
   */
  async restore(torrent: TorrentId, info: TorrentInfo): Promise<boolean> {
    const entries = (await this.#db.getAll("sources", rangeOf(torrent))).flat();
    if (entries.length === 0) return false;
    this.#sources.set(torrent, null);
    const files: File[] = [];
    for (let first = 0; first < entries.length; first += HANDLES_AT_ONCE) {
      const found = await Promise.all(entries.slice(first, first + HANDLES_AT_ONCE).map(openUnchanged));
      for (const file of found) {
        if (!file) return false;
        files.push(file);
      }
    }
    this.#sources.set(torrent, new FileSource(info, files));
    return true;
  }

  async delete(torrent: TorrentId): Promise<void> {
    this.#sources.delete(torrent);
    await this.#db.delete("sources", rangeOf(torrent));
  }
}

/** The file behind a handle, if it is the one that was shared; null when it is not or cannot be read. */
async function openUnchanged(entry: SourceEntry): Promise<File | null> {
  const { handle, size, lastModified } = entry;
  if (!handle) return null;
  try {
    const permission = await (handle as HandleWithPermission).queryPermission?.({ mode: "read" });
    if (permission !== undefined && permission !== "granted") return null;
    const file = await handle.getFile();
    return file.size === size && file.lastModified === lastModified ? file : null;
  } catch {
    return null;
  }
}

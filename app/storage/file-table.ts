/**
 * A file table says of each file of a torrent where it starts, how long it is, what its path is, and when it was last
 * changed. It is written when the info dictionary is known, and anew when the times are, in rows of FILES_PER_PAGE
 * files. So one file is found with one small read. Rows that an older version wrote have no times.
 * Example: with 256 files in a row, file 1,000 is entry 232 of row 3. The torrent's record says which files are
 * wanted.
 */

import type { About } from "../engine/content/about.ts";
import type { TorrentInfo } from "../engine/content/torrent-info.ts";
import type { TorrentId } from "../engine/host.ts";
import { FILES_PER_PAGE } from "./constants.ts";
import { type FileEntry, type FilePage, rangeOf, type ShoalDatabase } from "./schema.ts";

/** Where one file's bytes are. */
export interface FileLocation extends FileEntry {
  readonly torrent: TorrentId;
  /** Bytes. */
  readonly pieceLength: number;
}

export interface FileTable {
  readonly name: string;
  readonly singleFile: boolean;
  readonly files: readonly FileLocation[];
}

/** The rows of a torrent's file table. `about`: what the sender tells of the files; null while it is unknown. */
export function filePages(info: TorrentInfo, about: About | null): FilePage[] {
  const pages: FilePage[] = [];
  for (let start = 0; start < info.files.length; start += FILES_PER_PAGE) {
    pages.push({
      name: info.name,
      singleFile: info.singleFile,
      fileCount: info.files.length,
      pieceLength: info.pieceLength,
      timed: about !== null,
      files: info.files.slice(start, start + FILES_PER_PAGE).map(({ path, length, offset }, at) => {
        const modified = about?.modified(start + at) ?? null;
        return { path, length, offset, modified };
      }),
    });
  }
  return pages;
}

/** Writes a torrent's file table, unless it is there already, with times or without as it would be now. */
export async function writeFileTable(
  db: ShoalDatabase,
  torrent: TorrentId,
  info: TorrentInfo,
  about: About | null,
): Promise<void> {
  const transaction = db.transaction("files", "readwrite");
  const kept = await transaction.store.get([torrent, 0]);
  if (kept === undefined || (kept.timed ?? false) !== (about !== null)) {
    filePages(info, about).forEach((page, index) => {
      void transaction.store.put(page, [torrent, index]);
    });
  }
  await transaction.done;
}

/** One file by its place in the torrent; undefined when the torrent or the file is not known. */
export async function readFileLocation(
  db: ShoalDatabase,
  torrent: TorrentId,
  file: number,
): Promise<FileLocation | undefined> {
  return new FileLocations(db, torrent).find(file);
}

/** Finds files of one torrent that are asked for in their order: a row of its table is read once for all its files. */
export class FileLocations {
  readonly #db: ShoalDatabase;
  readonly #torrent: TorrentId;
  #row: { readonly index: number; readonly page: Promise<FilePage | undefined> } | null;

  constructor(db: ShoalDatabase, torrent: TorrentId) {
    this.#db = db;
    this.#torrent = torrent;
    this.#row = null;
  }

  /** One file by its place in the torrent; undefined when the torrent or the file is not known. */
  async find(file: number): Promise<FileLocation | undefined> {
    const index = Math.floor(file / FILES_PER_PAGE);
    if (this.#row?.index !== index)
      this.#row = { index, page: this.#db.get("files", [this.#torrent, index]) };
    return locationOf(await this.#row.page, this.#torrent, file);
  }
}

function locationOf(page: FilePage | undefined, torrent: TorrentId, file: number): FileLocation | undefined {
  const entry = page?.files[file % FILES_PER_PAGE];
  return page && entry && located(torrent, page, entry);
}

/** The whole table; undefined when the torrent's info dictionary is not known yet. */
export async function readFileTable(db: ShoalDatabase, torrent: TorrentId): Promise<FileTable | undefined> {
  const pages = await db.getAll("files", rangeOf(torrent));
  const first = pages[0];
  if (!first) return undefined;
  const { name, singleFile } = first;
  const files = pages.flatMap((page) => page.files.map((entry) => located(torrent, page, entry)));
  return { name, singleFile, files };
}

function located(torrent: TorrentId, { pieceLength }: FilePage, entry: FileEntry): FileLocation {
  return { ...entry, modified: entry.modified ?? null, torrent, pieceLength };
}

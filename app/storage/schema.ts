/**
 * The database's shape: which stores there are, what a row holds and how it is keyed. Changing anything here
 * needs a new version, a migration (migrations.ts) and a golden fixture (tests/fixtures/storage). A further field of a
 * torrent's record needs the fixture alone, where rows without it read as none (torrent-row.ts).
 */

import type { DBSchema, IDBPDatabase } from "idb";
import type { TorrentId, TorrentRecord } from "../engine/host.ts";

export const DATABASE_NAME = "shoal";

/** Stands for every index below it: arrays sort after numbers, so [id, END] closes the range of one torrent. */
const END: number[] = [];

/** One file, pad files left out. */
export interface FileEntry {
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  /** Where it starts in the torrent's byte space, pads counted. */
  readonly offset: number;
}

/** Some hundred files of a torrent, with what is needed to find their bytes: one read serves one file. */
export interface FilePage {
  readonly name: string;
  readonly singleFile: boolean;
  readonly fileCount: number;
  /** Bytes. */
  readonly pieceLength: number;
  readonly files: readonly FileEntry[];
}

/** One of the person's own files, as it was when it was shared. */
export interface SourceEntry {
  /** Null where the browser gives none: the file must be dropped again after a reload. */
  readonly handle: FileSystemFileHandle | null;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/** Where a verified piece's bytes are. */
export interface PieceEntry {
  readonly batch: number;
  /** Bytes from the batch's start. */
  readonly offset: number;
  /** Bytes, pads left out. */
  readonly length: number;
}

export interface ShoalSchema extends DBSchema {
  /** What a later start needs besides pieces. */
  torrents: { key: TorrentId; value: TorrentRecord };
  /** The file table, by page (FILES_PER_PAGE). */
  files: { key: [TorrentId, number]; value: FilePage };
  /** Bytes of several pieces, one after another in the order in which they were verified, by a number of their own. */
  batches: { key: [TorrentId, number]; value: Blob };
  /** Which pieces are stored, and where, by index. */
  pieces: { key: [TorrentId, number]; value: PieceEntry };
  /** The person's own files, by page, in the torrent's file order. */
  sources: { key: [TorrentId, number]; value: readonly SourceEntry[] };
}

export type ShoalDatabase = IDBPDatabase<ShoalSchema>;

/** All keys of one torrent in a store keyed by [torrent, number]. */
export function rangeOf(torrent: TorrentId): IDBKeyRange {
  return IDBKeyRange.bound([torrent], [torrent, END]);
}

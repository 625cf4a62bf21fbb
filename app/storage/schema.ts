/**
 * The schema says which stores the database has, what a row of each holds and how it is keyed. A change here, or of a
 * field of a torrent's record, needs a new version, a migration (migrations.ts) and a golden fixture
 * (tests/fixtures/storage). The version keeps an older Shoal out: when that saved a row, it would lose the fields
 * that it does not know.
 */

import type { DBSchema, IDBPDatabase } from "idb";
import type { TorrentId, TorrentRecord } from "../engine/host.ts";

export const DATABASE_NAME = "shoal";

/**
 * An upper bound for every index: IndexedDB sorts arrays after numbers, so [id, END] closes the range of one torrent.
 */
const END: number[] = [];

/** One file, pad files left out. */
export interface FileEntry {
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  /** Where it starts in the torrent's byte space, pads counted. */
  readonly offset: number;
  /** When it was last changed, as the sender says, in milliseconds since 1970; null where that is unknown. */
  readonly modified: number | null;
}

/** A row of a file table: some hundred files, and what is needed to find the bytes of one. */
export interface FilePage {
  readonly name: string;
  readonly singleFile: boolean;
  readonly fileCount: number;
  /** Bytes. */
  readonly pieceLength: number;
  /** The times are those that the sender told. They come after the info dictionary, or never. */
  readonly timed: boolean;
  readonly files: readonly FileEntry[];
}

/** One of the person's own files, as it was when it was shared. */
export interface SourceEntry {
  /** Null where the browser gives none: then the file must be dropped again after a reload. */
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

/** Payload bytes of a share since it came to this device. */
export interface Statistics {
  /** Verified and stored. */
  readonly downloaded: number;
  readonly uploaded: number;
}

/** The most bytes a second; null for no limit. */
export interface KeptLimits {
  readonly up: number | null;
  readonly down: number | null;
}

/** The key of the limits of all shares together. No torrent has this id. */
export const ALL_SHARES = "";

/** A draft that has become a share, in the tab that it lives in. */
export interface DraftOwner {
  readonly draft: string;
  readonly tab: string;
}

/** The worker that leads. The index on `slot` is unique, so there is one row at most (fence.ts). */
export interface LeaderEntry {
  readonly epoch: string;
  readonly slot: "leader";
}

export interface ShoalSchema extends DBSchema {
  /** The records of torrents: what a later start needs besides pieces. */
  torrents: { key: TorrentId; value: TorrentRecord };
  /** The file table, by page (FILES_PER_PAGE). */
  files: { key: [TorrentId, number]; value: FilePage };
  /** The bytes of several pieces, in the order in which they were verified, by the batch's number. */
  batches: { key: [TorrentId, number]; value: Blob };
  /** Where each stored piece is, by the piece's index. */
  pieces: { key: [TorrentId, number]; value: PieceEntry };
  /** The person's own files, by page, in the torrent's file order. */
  sources: { key: [TorrentId, number]; value: readonly SourceEntry[] };
  /** The bytes that each kept share has transferred in all runs. */
  statistics: { key: TorrentId; value: Statistics };
  /** The limits of a share, or of ALL_SHARES. No row: no limits. */
  limits: { key: TorrentId; value: KeptLimits };
  /** The drafts that a share belongs to. No row: its link was passed on (worker/draft-shares.ts). */
  drafts: { key: TorrentId; value: readonly DraftOwner[] };
  /** The folders into which shares are written, instead of into this database. */
  folders: { key: TorrentId; value: FileSystemDirectoryHandle };
  /** Which worker may write. */
  leader: { key: string; value: LeaderEntry; indexes: { slot: string } };
}

export type ShoalDatabase = IDBPDatabase<ShoalSchema>;

/** All keys of one torrent in a store keyed by [torrent, number]. */
export function rangeOf(torrent: TorrentId): IDBKeyRange {
  return IDBKeyRange.bound([torrent], [torrent, END]);
}

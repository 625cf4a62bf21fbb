/**
 * A `TorrentInfo` is the contents of one info dictionary, in the form that the rest of the engine uses. It never
 * changes. parse-info.ts makes it from bytes, for new torrents too (torrent-builder.ts).
 */

/** One file, pad files left out. */
export interface TorrentFile {
  /** Path components below the torrent's folder; a single-file torrent has one, its name. */
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  /** Position in the torrent's byte space, pads counted. It is a piece boundary in v2 and hybrid torrents. */
  readonly offset: number;
  /** Root of the file's Merkle tree, 32 bytes. Null when the file is empty or the torrent is v1-only. BEP 52. */
  readonly piecesRoot: Uint8Array | null;
}

export interface TorrentInfo {
  readonly version: "v1" | "v2" | "hybrid";
  readonly name: string;
  /** True when the torrent is one file at top level and not a folder. */
  readonly singleFile: boolean;
  /** Files and folders at the top of the torrent besides the one that it is named after (countOtherEntries). */
  readonly otherEntries: number;
  /** The torrent is for the members of its trackers: it may be announced to no others. BEP 27. */
  readonly isPrivate: boolean;
  /** Bytes of a full piece. */
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** Bytes of all files together, pads left out. */
  readonly size: number;
  /**
   * Bytes of the torrent's byte space, pads counted; the last piece ends there. Some creators pad the last file and
   * some don't, and the v1 hashes cover what they wrote.
   */
  readonly paddedSize: number;
  readonly files: readonly TorrentFile[];
  /**
   * The index of each file among all entries of the torrent. Links name files by these indices (BEP 53). Pads and
   * symbolic links are counted, because other clients have them in their lists. A v2-only torrent has no entries for
   * pads, but libtorrent inserts them. Example: two files, the first of 1.5 pieces, have the indices 0 and 2.
   */
  readonly entryIndices: readonly number[];
  /** Symbolic links, which are left out of the files (BEP 47): how many, and the paths of the first MAX_NAMED_LINKS. */
  readonly linkCount: number;
  readonly links: readonly (readonly string[])[];
  /** SHA-1 of each piece, 20 bytes each, pads hashed as zeros; null in v2-only torrents. */
  readonly pieceHashes: Uint8Array | null;
  /** 20 bytes; null in v2-only torrents. */
  readonly infoHashV1: Uint8Array | null;
  /** 32 bytes; null in v1-only torrents. */
  readonly infoHashV2: Uint8Array | null;
  /** The bencoded info dictionary. The info-hashes are its hashes, and ut_metadata serves it. */
  readonly bytes: Uint8Array;
}

/**
 * The piece layer of each file, in the order of `files`: the hashes of its pieces, 32 bytes each. Null for a file
 * that is no longer than one piece, whose root is enough; for every file of a v1-only torrent; and for a layer that
 * is not known yet.
 */
export type PieceLayers = readonly (Uint8Array | null)[];

/**
 * Number of files and folders at the top of a torrent besides the one that it is named after. It is 0 for a single
 * file, and for a folder with a name of its own. Files that are shared together without a folder get the name of the
 * first, in torrent order. That name needs no translation, and is the same for everybody who shares these files.
 * Example: a.txt and b.txt make a torrent named a.txt with 1 other entry.
 */
export function countOtherEntries(
  name: string,
  singleFile: boolean,
  files: readonly { readonly path: readonly string[] }[],
): number {
  if (singleFile || files[0]?.path[0] !== name) return 0;
  return new Set(files.map(({ path }) => path[0])).size - 1;
}

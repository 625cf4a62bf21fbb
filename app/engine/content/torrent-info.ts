/**
 * What one info dictionary says, in the shape that the rest of the engine works with. Made by parsing
 * (parse-info.ts) or by creating (torrent-builder.ts); never changed afterwards.
 */

/** One file, pad files left out. */
export interface TorrentFile {
  /** Path components below the torrent's folder; a single-file torrent has one, its name. */
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  /** Where it starts in the torrent's byte space, pads counted. On a piece boundary in v2 and hybrid torrents. */
  readonly offset: number;
  /** Root of its Merkle tree, 32 bytes; null when empty or in a v1-only torrent. BEP 52. */
  readonly piecesRoot: Uint8Array | null;
}

export interface TorrentInfo {
  readonly version: "v1" | "v2" | "hybrid";
  readonly name: string;
  /** True when the torrent is one file at top level, not a folder. */
  readonly singleFile: boolean;
  /** How many files and folders stand at its top besides the one that it is named after (countOtherEntries). */
  readonly otherEntries: number;
  /** Bytes of a full piece. */
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** Bytes of all files together, pads left out. */
  readonly size: number;
  /**
   * Bytes of the torrent's byte space, pads counted: where the last piece ends. Some creators pad the last file and
   * some don't, and v1 hashes cover what they wrote.
   */
  readonly paddedSize: number;
  readonly files: readonly TorrentFile[];
  /** SHA-1 of each piece, 20 bytes each, pads hashed as zeros; null in v2-only torrents. */
  readonly pieceHashes: Uint8Array | null;
  /** 20 bytes; null in v2-only torrents. */
  readonly infoHashV1: Uint8Array | null;
  /** 32 bytes; null in v1-only torrents. */
  readonly infoHashV2: Uint8Array | null;
  /** The bencoded info dictionary itself: what the info-hashes are hashes of, and what ut_metadata serves. */
  readonly bytes: Uint8Array;
}

/**
 * For each file (same order as `files`) the hashes of its pieces' subtrees, 32 bytes each; null for a file no
 * longer than one piece, whose root is enough, for every file of a v1-only torrent, and where it is not known yet.
 */
export type PieceLayers = readonly (Uint8Array | null)[];

/**
 * How many files and folders stand at a torrent's top besides the one that it is named after; 0 for a single file and
 * for a folder with a name of its own. Files and folders that are shared together without a folder around them have the
 * name of their first, in torrent order: a name in everybody's language, and the same whoever shares them.
 */
export function countOtherEntries(
  name: string,
  singleFile: boolean,
  files: readonly { readonly path: readonly string[] }[],
): number {
  if (singleFile || files[0]?.path[0] !== name) return 0;
  return new Set(files.map(({ path }) => path[0])).size - 1;
}

/** Torrents made from bytes in memory, for tests: the builder driven as the worker drives it, with Node's hashes. */
import { createHash } from "node:crypto";
import { LEAF_LENGTH } from "../../app/engine/content/constants.ts";
import { TorrentBuilder } from "../../app/engine/content/torrent-builder.ts";
import type { PieceLayers, TorrentInfo } from "../../app/engine/content/torrent-info.ts";

export interface SampleFile {
  readonly path: readonly string[];
  readonly bytes: Uint8Array;
}

/** `length` bytes that look random and are the same in every run; `seed` tells files apart. */
export function sampleBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761) >>> 0 || 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}

/** A file of a folder: `path` with slashes, and its length. */
export function sampleFile(path: string, length: number): SampleFile {
  let seed = 7;
  for (const character of path) seed = (seed * 31 + character.codePointAt(0)!) >>> 0;
  return { path: path.split("/"), bytes: sampleBytes(length, seed) };
}

/** SHA-256 of each 16 KiB, in a row. */
export function leavesOf(data: Uint8Array): Uint8Array {
  const leaves = new Uint8Array(Math.ceil(data.length / LEAF_LENGTH) * 32);
  for (let start = 0; start < data.length; start += LEAF_LENGTH) {
    const leaf = data.subarray(start, start + LEAF_LENGTH);
    leaves.set(createHash("sha256").update(leaf).digest(), (start / LEAF_LENGTH) * 32);
  }
  return leaves;
}

/** The hybrid torrent of some files; `name` is the folder's, or with `singleFile` the file's. */
export function buildTorrent(
  files: readonly SampleFile[],
  options: { name: string; singleFile?: boolean; pieceLength?: number; crossSeed?: string | null },
): { info: TorrentInfo; pieceLayers: PieceLayers; sorted: readonly SampleFile[] } {
  const builder = new TorrentBuilder(
    files.map(({ path, bytes }) => ({ path, length: bytes.length })),
    { singleFile: false, ...options },
  );
  const sorted = builder.order.map((index) => files[index]!);
  for (let i = 0; i < builder.pieceCount; i++) {
    const { file, offset, length, padding } = builder.piece(i);
    const data = sorted[file]!.bytes.subarray(offset, offset + length);
    const sha1 = createHash("sha1").update(data).update(new Uint8Array(padding)).digest();
    builder.setPiece(i, sha1, leavesOf(data));
  }
  return { ...builder.finish(), sorted };
}

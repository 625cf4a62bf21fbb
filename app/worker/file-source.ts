/**
 * A file source reads the pieces of one share from the person's own files. Nothing is copied into storage, so a file
 * may change or vanish while it is shared. So each piece is checked against its SHA-1 before it is handed out: shares
 * made by Shoal are hybrid torrents, whose pieces all have one. A file that failed once is not read again.
 */

import { equalBytes } from "../engine/content/info-hash.ts";
import { PieceMap } from "../engine/content/piece-map.ts";
import type { TorrentInfo } from "../engine/content/torrent-info.ts";
import { ShoalError } from "../engine/errors.ts";
import { ExtentReader } from "./extent-reader.ts";
import { hashSha1 } from "./hasher.ts";

/** Bytes of a SHA-1 hash. */
const SHA1_LENGTH = 20;

export class FileSource {
  readonly info: TorrentInfo;
  /** In the torrent's file order. */
  readonly files: readonly File[];
  readonly #map: PieceMap;
  readonly #reader: ExtentReader;
  readonly #failed: Map<number, ShoalError>;

  constructor(info: TorrentInfo, files: readonly File[]) {
    this.info = info;
    this.files = files;
    this.#map = new PieceMap(info);
    this.#reader = new ExtentReader();
    this.#failed = new Map();
  }

  /** Some file can no longer be read. */
  get failed(): boolean {
    return this.#failed.size > 0;
  }

  /**
   * A piece's bytes, pads at its end left out.
   * @throws ShoalError source/changed or source/gone, naming the file
   */
  async readPiece(piece: number): Promise<Uint8Array> {
    const length = this.#map.dataLength(piece);
    const ranges = this.#map.ranges(piece);
    const parts = await Promise.all(
      ranges.map(({ file, fileOffset, length: part }) => this.#readPart(file, fileOffset, part)),
    );
    const [first] = parts;
    const only = ranges.length === 1 && ranges[0]?.length === length ? first : undefined;
    const data = only ?? new Uint8Array(length);
    if (!only) {
      parts.forEach((part, index) => {
        data.set(part, ranges[index]!.pieceOffset);
      });
    }
    await this.#verify(piece, data, ranges[0]!.file);
    return data;
  }

  async #readPart(file: number, offset: number, length: number): Promise<Uint8Array> {
    const known = this.#failed.get(file);
    if (known) throw known;
    try {
      return await this.#reader.read(this.files[file]!, offset, length);
    } catch (error) {
      this.#failed.set(file, error as ShoalError);
      throw error;
    }
  }

  async #verify(piece: number, data: Uint8Array, file: number): Promise<void> {
    const { pieceHashes } = this.info;
    if (!pieceHashes) return;
    const expected = pieceHashes.subarray(piece * SHA1_LENGTH, (piece + 1) * SHA1_LENGTH);
    const padding = this.#map.pieceLength(piece) - data.length;
    if (equalBytes(await hashSha1(data, padding), expected)) return;
    const error = new ShoalError("source/changed", this.files[file]!.name);
    this.#failed.set(file, error);
    throw error;
  }
}

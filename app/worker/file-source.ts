/**
 * A file source reads the pieces of one share from the person's own files. Nothing is copied into storage, so a file
 * may change or vanish while it is shared. So each piece is checked against its SHA-1 before it is handed out: shares
 * made by Shoal are hybrid torrents, whose pieces all have one.
 *
 * A file of the share is readable, or it is missing for a reason. One that failed once is missing from then on, until it
 * is given again (`give`). The others are read as before.
 */

import type { MissingReason } from "../bridge/commands.ts";
import { equalBytes } from "../engine/content/info-hash.ts";
import { PieceMap } from "../engine/content/piece-map.ts";
import type { TorrentInfo } from "../engine/content/torrent-info.ts";
import { ShoalError } from "../engine/errors.ts";
import { hashSha1 } from "../storage/hasher.ts";
import { ExtentReader, readSlice } from "./extent-reader.ts";

/** Bytes of a SHA-1 hash. */
const SHA1_LENGTH = 20;

/** Hears how many bytes more were checked. Throws to end the check. */
export type CheckProgress = (bytes: number) => void;

export class FileSource {
  readonly info: TorrentInfo;
  readonly #files: (File | null)[];
  readonly #missing: Map<number, MissingReason>;
  /** Files that are not empty. Only they can be missing. */
  readonly #filledCount: number;
  readonly #map: PieceMap;
  readonly #reader: ExtentReader;

  /** `files`: in the torrent's order, each a File or why there is none. */
  constructor(info: TorrentInfo, files: readonly (File | MissingReason)[]) {
    this.info = info;
    this.#missing = new Map();
    this.#files = files.map((file, index) => {
      if (typeof file !== "string") return file;
      this.#missing.set(index, file);
      return null;
    });
    this.#filledCount = info.files.filter(({ length }) => length > 0).length;
    this.#map = new PieceMap(info);
    this.#reader = new ExtentReader();
  }

  /** The files that cannot be read, by their indices in the torrent. */
  get missing(): ReadonlyMap<number, MissingReason> {
    return this.#missing;
  }

  get readableCount(): number {
    return this.#files.length - this.#missing.size;
  }

  /** Whether some files are missing and all others are empty, so that no piece can be read. */
  get hasNothing(): boolean {
    return this.#missing.size > 0 && this.#missing.size === this.#filledCount;
  }

  /** A file of the person's; null while it is missing. */
  file(index: number): File | null {
    return this.#files[index] ?? null;
  }

  /** A missing file is missing for another reason by now. */
  lose(index: number, reason: MissingReason): void {
    if (this.#missing.has(index)) this.#missing.set(index, reason);
  }

  /** Takes a file that was given again. It is read from now on. */
  give(index: number, file: File): void {
    this.#files[index] = file;
    this.#missing.delete(index);
  }

  /** Pieces whose files can all be read, in BEP 3 bit order. */
  readablePieces(): Uint8Array {
    const bits = new Uint8Array(Math.ceil(this.info.pieceCount / 8)).fill(0xff);
    for (const file of this.#missing.keys()) {
      const { first, end } = this.#map.piecesOf(file);
      for (let piece = first; piece < end; piece++) bits[piece >> 3]! &= ~(0x80 >> (piece & 7));
    }
    const spare = bits.length * 8 - this.info.pieceCount;
    if (spare > 0) bits[bits.length - 1]! &= 0xff << spare;
    return bits;
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
    const data = only?.bytes ?? new Uint8Array(length);
    if (!only) {
      parts.forEach(({ bytes }, index) => {
        data.set(bytes, ranges[index]!.pieceOffset);
      });
    }
    if (await this.#isTrue(piece, data)) return data;
    const { from } = first!;
    throw this.#fail(ranges[0]!.file, from, new ShoalError("source/changed", from.name));
  }

  /**
   * Whether a file holds what was shared under this index: every piece of it is read and hashed.
   * @throws ShoalError source/gone when it cannot be read, and what `progress` throws
   */
  async holds(index: number, file: File, progress: CheckProgress): Promise<boolean> {
    const { first, end } = this.#map.piecesOf(index);
    for (let piece = first; piece < end; piece++) {
      const [range] = this.#map.ranges(piece);
      let data: Uint8Array;
      try {
        data = await readSlice(file, range!.fileOffset, range!.length);
      } catch (error) {
        if (error instanceof ShoalError && error.code === "source/changed") return false;
        throw error;
      }
      if (!(await this.#isTrue(piece, data))) return false;
      progress(data.length);
    }
    return true;
  }

  async #readPart(
    index: number,
    offset: number,
    length: number,
  ): Promise<{ readonly from: File; readonly bytes: Uint8Array }> {
    const file = this.#files[index];
    if (!file) throw this.#missingError(index);
    try {
      return { from: file, bytes: await this.#reader.read(file, offset, length) };
    } catch (error) {
      throw this.#fail(index, file, error as ShoalError);
    }
  }

  #missingError(index: number): ShoalError {
    const name = this.info.files[index]!.path.at(-1);
    const changed = this.#missing.get(index) === "changed";
    return new ShoalError(changed ? "source/changed" : "source/gone", name);
  }

  /** Another file may have been given in the meantime: that one has not failed. */
  #fail(index: number, file: File, error: ShoalError): ShoalError {
    if (this.#files[index] === file) {
      this.#files[index] = null;
      this.#missing.set(index, error.code === "source/changed" ? "changed" : "gone");
    }
    return error;
  }

  async #isTrue(piece: number, data: Uint8Array): Promise<boolean> {
    const { pieceHashes } = this.info;
    if (!pieceHashes) return true;
    const expected = pieceHashes.subarray(piece * SHA1_LENGTH, (piece + 1) * SHA1_LENGTH);
    const padding = this.#map.pieceLength(piece) - data.length;
    return equalBytes(await hashSha1(data, padding), expected);
  }
}

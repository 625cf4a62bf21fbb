/**
 * Which bytes of which files a piece holds, and which pieces a range of a file needs. Knows places only. In v2
 * and hybrid torrents a piece belongs to exactly one file; in v1-only ones it may hold many.
 */
import type { TorrentInfo } from "./torrent-info.ts";

/** Bytes of one file that lie together in a piece. */
export interface PieceRange {
  /** Index in `info.files`. */
  readonly file: number;
  /** Where the bytes start in the file. */
  readonly fileOffset: number;
  /** Where they start in the piece. */
  readonly pieceOffset: number;
  readonly length: number;
}

/** Pieces from `first` up to, not including, `end`. */
export interface PieceSpan {
  readonly first: number;
  readonly end: number;
}

export class PieceMap {
  readonly #info: TorrentInfo;
  /** Indices of the files that have bytes, in the order of their places. */
  readonly #filled: Uint32Array;

  constructor(info: TorrentInfo) {
    this.#info = info;
    this.#filled = Uint32Array.from(info.files.keys()).filter((file) => info.files[file]!.length > 0);
  }

  /**
   * Bytes of a piece with its padding: what its SHA-1 covers and a v1 peer asks for. Beyond `dataLength` they are
   * zeros.
   */
  pieceLength(piece: number): number {
    this.#check(piece);
    return Math.min(this.#info.pieceLength, this.#info.paddedSize - piece * this.#info.pieceLength);
  }

  /** Bytes of a piece up to the last that is not padding: what is requested, stored and hashed as leaves. */
  dataLength(piece: number): number {
    this.#check(piece);
    const start = piece * this.#info.pieceLength;
    const end = start + this.#info.pieceLength;
    const last = this.#fileAt(this.#firstFrom(end) - 1);
    return Math.min(end, last.offset + last.length) - start;
  }

  /** The parts of files that make up a piece, in order. Gaps between them are padding and read as zeros. */
  ranges(piece: number): PieceRange[] {
    this.#check(piece);
    const start = piece * this.#info.pieceLength;
    const end = start + this.#info.pieceLength;
    const ranges: PieceRange[] = [];
    const past = this.#firstFrom(end);
    for (let i = this.#firstEndingAfter(start); i < past; i++) {
      const { offset, length } = this.#fileAt(i);
      const from = Math.max(start, offset);
      const to = Math.min(end, offset + length);
      ranges.push({
        file: this.#filled[i]!,
        fileOffset: from - offset,
        pieceOffset: from - start,
        length: to - from,
      });
    }
    return ranges;
  }

  /** The pieces that hold bytes of a file; none (`first` = `end`) for an empty one. */
  piecesOf(file: number): PieceSpan {
    return this.fileRangeToPieces(file, 0, this.#info.files[file]!.length);
  }

  /** The pieces that hold bytes `start` up to, not including, `end` of a file; none for an empty range. */
  fileRangeToPieces(file: number, start: number, end: number): PieceSpan {
    if (this.#info.files[file] === undefined) throw new RangeError(`no file ${file}`);
    const { offset, length } = this.#info.files[file];
    if (!(start >= 0 && start <= end && end <= length)) throw new RangeError(`no bytes ${start} to ${end}`);
    const first = Math.floor((offset + start) / this.#info.pieceLength);
    return start === end
      ? { first, end: first }
      : { first, end: Math.ceil((offset + end) / this.#info.pieceLength) };
  }

  #check(piece: number): void {
    if (!(piece >= 0 && piece < this.#info.pieceCount)) throw new RangeError(`no piece ${piece}`);
  }

  #fileAt(place: number): { offset: number; length: number } {
    return this.#info.files[this.#filled[place]!]!;
  }

  /** Place in `#filled` of the first file that starts at `offset` or later. */
  #firstFrom(offset: number): number {
    return this.#search((file) => file.offset >= offset);
  }

  /** Place in `#filled` of the first file that ends after `offset`. */
  #firstEndingAfter(offset: number): number {
    return this.#search((file) => file.offset + file.length > offset);
  }

  /** Binary search for the first place where `holds`, which must stay true from there on. */
  #search(holds: (file: { offset: number; length: number }) => boolean): number {
    let low = 0;
    let high = this.#filled.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.#fileAt(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

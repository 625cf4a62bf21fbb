/**
 * The piece map of one torrent: tells which bytes of which files a piece holds, and which pieces hold a range of a
 * file. In v2 and hybrid torrents a piece belongs to one file; in v1-only torrents it may hold several. Example: a v1
 * torrent has pieces of 10 bytes and the files a (15 bytes) and b (8 bytes). Its piece 1 holds the bytes 10 to 14 of
 * a and 0 to 4 of b.
 */
import type { TorrentInfo } from "./torrent-info.ts";

/** Consecutive bytes of one file in a piece. */
export interface PieceRange {
  /** Index in `info.files`. */
  readonly file: number;
  /** Position of the bytes in the file. */
  readonly fileOffset: number;
  /** Position of the bytes in the piece. */
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
  /** Indices of the files that are not empty, by offset. */
  readonly #filled: Uint32Array;

  constructor(info: TorrentInfo) {
    this.#info = info;
    this.#filled = Uint32Array.from(info.files.keys()).filter((file) => info.files[file]!.length > 0);
  }

  /**
   * Bytes of a piece with its padding: its SHA-1 covers them, and v1 peers request them. They are zeros from
   * `dataLength` on.
   */
  pieceLength(piece: number): number {
    this.#check(piece);
    return Math.min(this.#info.pieceLength, this.#info.paddedSize - piece * this.#info.pieceLength);
  }

  /** Bytes of a piece up to the last one that is not padding. These are requested, stored and hashed as leaves. */
  dataLength(piece: number): number {
    this.#check(piece);
    const start = piece * this.#info.pieceLength;
    const end = start + this.#info.pieceLength;
    const last = this.#fileAt(this.#firstFrom(end) - 1);
    return Math.min(end, last.offset + last.length) - start;
  }

  /** The parts of files that make up a piece, in order. Gaps between them are padding, which reads as zeros. */
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

  /** The pieces that hold bytes of a file. The span of an empty file is empty (`first` = `end`). */
  piecesOf(file: number): PieceSpan {
    return this.fileRangeToPieces(file, 0, this.#info.files[file]!.length);
  }

  /**
   * The pieces that hold the bytes `start` up to, not including, `end` of a file. The span of an empty range is
   * empty.
   */
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

  /** The first place at which `holds` is true, by binary search. `holds` must be true at all later places. */
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

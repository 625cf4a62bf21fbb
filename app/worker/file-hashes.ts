/**
 * The file hashes are what was hashed of one file of a draft: for each piece its SHA-1 and its Merkle root. They last as
 * long as the file is in the draft, so that a change of other files costs no second reading. They hold for one piece
 * length, which follows from the size of all files. The SHA-1 of a last piece that is not full also depends on whether
 * it is padded: a torrent of a single file has no pads.
 */

import { HASH_LENGTH } from "../engine/content/merkle.ts";

/** Bytes of a SHA-1 hash. */
const SHA1_LENGTH = 20;

/** Bytes kept of each piece: 1 if it is known, its SHA-1, its root. */
const ROW_LENGTH = 1 + SHA1_LENGTH + HASH_LENGTH;

export class FileHashes {
  #rows: Uint8Array;
  #pieceLength: number;
  #isPadded: boolean;

  constructor() {
    this.#rows = new Uint8Array(0);
    this.#pieceLength = 0;
    this.#isPadded = false;
  }

  /**
   * Makes room for the hashes of a file's pieces, and keeps those that hold for them. `fileLength`, `pieceLength`: bytes.
   * `isPadded`: the last piece is completed with zeros in its SHA-1.
   */
  prepare(fileLength: number, pieceLength: number, isPadded: boolean): void {
    const count = Math.ceil(fileLength / pieceLength);
    if (pieceLength !== this.#pieceLength || this.#rows.length !== count * ROW_LENGTH) {
      this.#rows = new Uint8Array(count * ROW_LENGTH);
    } else if (isPadded !== this.#isPadded && fileLength % pieceLength !== 0) {
      this.#rows[(count - 1) * ROW_LENGTH] = 0;
    }
    this.#pieceLength = pieceLength;
    this.#isPadded = isPadded;
  }

  /** `piece` counts from the file's start, here and below. */
  has(piece: number): boolean {
    return this.#rows[piece * ROW_LENGTH] === 1;
  }

  set(piece: number, sha1: Uint8Array, root: Uint8Array): void {
    const at = piece * ROW_LENGTH;
    this.#rows[at] = 1;
    this.#rows.set(sha1, at + 1);
    this.#rows.set(root, at + 1 + SHA1_LENGTH);
  }

  sha1(piece: number): Uint8Array {
    const at = piece * ROW_LENGTH + 1;
    return this.#rows.subarray(at, at + SHA1_LENGTH);
  }

  root(piece: number): Uint8Array {
    const at = piece * ROW_LENGTH + 1 + SHA1_LENGTH;
    return this.#rows.subarray(at, at + HASH_LENGTH);
  }
}

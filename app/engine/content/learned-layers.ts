/**
 * Piece layers learned from the content itself: where no peer can tell them (WebTorrent's cannot), the roots of
 * pieces that SHA-1 has verified are collected until a file's layer is whole and proves right by the file's root.
 */
import { HASH_LENGTH } from "./merkle.ts";
import type { PieceHashes } from "./piece-hashes.ts";

export class LearnedLayers {
  readonly #hashes: PieceHashes;
  /** By file: its roots so far, and how many of them are missing. */
  readonly #files: Map<number, { roots: Uint8Array; known: Set<number> }>;

  constructor(hashes: PieceHashes) {
    this.#hashes = hashes;
    this.#files = new Map();
  }

  /** Whether a piece's root would teach anything. */
  isMissing(piece: number): boolean {
    return this.#hashes.info.infoHashV2 !== null && this.#hashes.expectedPieceRoot(piece) === null;
  }

  /** The leaves of a verified piece, 32 bytes each. True when a file's layer has become known by them. */
  learn(piece: number, leaves: Uint8Array): boolean {
    if (!this.isMissing(piece)) return false;
    const { info } = this.#hashes;
    const index = this.#hashes.fileOf(piece);
    const count = Math.ceil(info.files[index]!.length / info.pieceLength);
    const file = this.#files.get(index) ?? { roots: new Uint8Array(count * HASH_LENGTH), known: new Set() };
    this.#files.set(index, file);
    const place = this.#hashes.placeInFile(piece);
    file.roots.set(this.#hashes.rootOfLeaves(piece, leaves), place * HASH_LENGTH);
    file.known.add(place);
    if (file.known.size < count) return false;
    this.#files.delete(index);
    return this.#hashes.acceptLayer(index, file.roots);
  }
}

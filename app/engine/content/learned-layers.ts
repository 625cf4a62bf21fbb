/**
 * Learned layers: piece layers of a hybrid torrent that are computed from its content. They are needed when no peer
 * can send the layers; WebTorrent, for example, cannot. When SHA-1 has verified a piece, its root is collected for
 * its file. Once all roots of a file are known, they are checked with the file's root and become its piece layer
 * (piece-hashes.ts).
 */
import { HASH_LENGTH } from "./merkle.ts";
import type { PieceHashes } from "./piece-hashes.ts";

export class LearnedLayers {
  readonly #hashes: PieceHashes;
  /** Roots learned so far for each file, and the places in the file of the pieces that have them. */
  readonly #files: Map<number, { roots: Uint8Array; known: Set<number> }>;

  constructor(hashes: PieceHashes) {
    this.#hashes = hashes;
    this.#files = new Map();
  }

  /** Whether a piece has a root that is not known yet. */
  isMissing(piece: number): boolean {
    return this.#hashes.info.infoHashV2 !== null && this.#hashes.expectedPieceRoot(piece) === null;
  }

  /** Takes the leaf hashes of a verified piece, 32 bytes each. True when the piece layer of its file became known. */
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

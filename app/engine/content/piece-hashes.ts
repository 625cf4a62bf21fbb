/**
 * What is known about the right bytes of each piece of one torrent: v1 SHA-1s and, for v2 and hybrid torrents,
 * Merkle roots, which may have to be fetched from peers first (BEP 52). Verifies what is given to it; asks and
 * hashes nothing itself. hash-exchange.ts says which hashes to ask for.
 *
 * A piece of a v2 or hybrid torrent is verified by its root once that is known. While it is not, a hybrid's piece
 * may be verified by its SHA-1 instead; both describe the same bytes by one info dictionary.
 */
import { MAX_HASHES_PER_REQUEST } from "./constants.ts";
import { equalBytes } from "./info-hash.ts";
import {
  HASH_LENGTH,
  leavesPerPiece,
  pieceRootFromLeaves,
  piecesRootFromLayer,
  treeHeight,
  verifyHashes,
} from "./merkle.ts";
import type { PieceLayers, TorrentFile, TorrentInfo } from "./torrent-info.ts";

/** Bytes of a SHA-1 hash. */
const SHA1_LENGTH = 20;

/** The piece layer of one file, as far as it is known: in chunks of up to 512 hashes, as requests bring them. */
interface Layer {
  readonly hashes: Uint8Array;
  readonly known: boolean[];
}

export class PieceHashes {
  readonly info: TorrentInfo;
  readonly #layers: (Layer | null)[];

  /** `layers`: verified ones (from the builder, a .torrent file or storage), or null when none are known. */
  constructor(info: TorrentInfo, layers: PieceLayers | null) {
    this.info = info;
    this.#layers = info.files.map((file, i) => {
      const layer = layers?.[i];
      if (layer == null || !this.#needsLayer(file)) return null;
      return { hashes: layer, known: new Array<boolean>(this.#chunkCount(file)).fill(true) };
    });
  }

  /** SHA-1 of a piece with its padding, 20 bytes; null in v2-only torrents. */
  expectedSha1(piece: number): Uint8Array | null {
    return this.info.pieceHashes?.subarray(piece * SHA1_LENGTH, (piece + 1) * SHA1_LENGTH) ?? null;
  }

  /** Merkle root over a piece's leaves, 32 bytes; null when not known yet and in v1-only torrents. */
  expectedPieceRoot(piece: number): Uint8Array | null {
    if (this.info.infoHashV2 === null) return null;
    const index = this.fileOf(piece);
    const file = this.info.files[index]!;
    if (!this.#needsLayer(file)) return file.piecesRoot;
    const layer = this.#layers[index];
    const at = this.placeInFile(piece);
    if (layer == null || !layer.known[Math.floor(at / MAX_HASHES_PER_REQUEST)]) return null;
    return layer.hashes.subarray(at * HASH_LENGTH, (at + 1) * HASH_LENGTH);
  }

  /** Whether a piece's bytes can be told right from wrong now: by its root, or else by its SHA-1. */
  canVerify(piece: number): boolean {
    return this.info.pieceHashes !== null || this.expectedPieceRoot(piece) !== null;
  }

  /** The root that a piece's leaves (SHA-256 of each 16 KiB of its data) lead to. v2 and hybrid torrents only. */
  rootOfLeaves(piece: number, leaves: Uint8Array): Uint8Array {
    const { pieceLength, files } = this.info;
    return pieceRootFromLeaves(leaves, { pieceLength, fileLength: files[this.fileOf(piece)]!.length });
  }

  /** Files, by index, whose piece layer is not wholly known. Empty for v1-only torrents. */
  missingLayers(): number[] {
    if (this.info.infoHashV2 === null) return [];
    return [...this.info.files.keys()].filter((i) => this.missingChunks(i).length > 0);
  }

  /** Chunks of 512 hashes of a file's piece layer that are not known, by number. */
  missingChunks(file: number): number[] {
    const entry = this.info.files[file]!;
    if (!this.#needsLayer(entry)) return [];
    const known = this.#layers[file]?.known;
    return Array.from({ length: this.#chunkCount(entry) }, (_, chunk) => chunk).filter(
      (chunk) => !known?.[chunk],
    );
  }

  /** All layers as far as wholly known: what is stored, and written to a .torrent file. Null in v1-only torrents. */
  layers(): PieceLayers | null {
    if (this.info.infoHashV2 === null) return null;
    return this.#layers.map((_, file) => this.layer(file));
  }

  /** A file's piece layer; null when it is not wholly known or the file needs none. */
  layer(file: number): Uint8Array | null {
    const layer = this.#layers[file];
    return layer?.known.every(Boolean) ? layer.hashes : null;
  }

  /**
   * Takes hashes of a file's piece layer with the uncles that prove them, as a hashes message brings them; `index`
   * and `length` count pieces of the file. Returns false, and keeps nothing, when they don't lead to its root.
   */
  acceptLayerHashes(file: number, index: number, length: number, hashes: Uint8Array): boolean {
    const entry = this.info.files[file]!;
    if (!this.#needsLayer(entry) || length > MAX_HASHES_PER_REQUEST) return false;
    const count = Math.ceil(entry.length / this.info.pieceLength);
    if (index >= count || !verifyHashes(entry.piecesRoot!, treeHeight(count), index, length, hashes))
      return false;
    const real = Math.min(length, count - index);
    if (length < Math.min(MAX_HASHES_PER_REQUEST, 2 ** treeHeight(count))) return false;
    const layer = this.#openLayer(file);
    layer.hashes.set(hashes.subarray(0, real * HASH_LENGTH), index * HASH_LENGTH);
    layer.known[index / MAX_HASHES_PER_REQUEST] = true;
    return true;
  }

  /** Takes a file's whole piece layer, from peers that give no proofs. False when it doesn't lead to its root. */
  acceptLayer(file: number, hashes: Uint8Array): boolean {
    const entry = this.info.files[file]!;
    if (!this.#needsLayer(entry)) return false;
    if (hashes.length !== Math.ceil(entry.length / this.info.pieceLength) * HASH_LENGTH) return false;
    if (!equalBytes(piecesRootFromLayer(hashes, this.info.pieceLength), entry.piecesRoot!)) return false;
    const layer = this.#openLayer(file);
    layer.hashes.set(hashes);
    layer.known.fill(true);
    return true;
  }

  /** Index of the file that a piece belongs to. v2 and hybrid torrents only, where it is one. */
  fileOf(piece: number): number {
    const { files, pieceLength, pieceCount } = this.info;
    if (!(piece >= 0 && piece < pieceCount)) throw new RangeError(`no piece ${piece}`);
    const offset = piece * pieceLength;
    let low = 0;
    let high = files.length;
    // The last file that starts at or before the piece; empty files start where the next one does.
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (files[middle]!.offset <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Number of a piece counted from its file's first. v2 and hybrid torrents only. */
  placeInFile(piece: number): number {
    return piece - this.info.files[this.fileOf(piece)]!.offset / this.info.pieceLength;
  }

  /** Height of the piece layer above the leaves. */
  get pieceLevel(): number {
    return treeHeight(leavesPerPiece(this.info.pieceLength));
  }

  #openLayer(file: number): Layer {
    const entry = this.info.files[file]!;
    const found = this.#layers[file];
    if (found != null) return found;
    const layer: Layer = {
      hashes: new Uint8Array(Math.ceil(entry.length / this.info.pieceLength) * HASH_LENGTH),
      known: new Array<boolean>(this.#chunkCount(entry)).fill(false),
    };
    this.#layers[file] = layer;
    return layer;
  }

  /** Whether a file is longer than a piece, so that its root alone doesn't verify its pieces. */
  #needsLayer(file: TorrentFile): boolean {
    return this.info.infoHashV2 !== null && file.length > this.info.pieceLength;
  }

  #chunkCount(file: TorrentFile): number {
    return Math.ceil(file.length / this.info.pieceLength / MAX_HASHES_PER_REQUEST);
  }
}

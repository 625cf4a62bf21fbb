/**
 * The hashes by which the pieces of one torrent are verified: SHA-1 hashes and Merkle roots.
 *
 * | torrent | a piece is verified by |
 * | --- | --- |
 * | v1 | its SHA-1 |
 * | v2 | its root, once that is known |
 * | hybrid | its root, once that is known; until then its SHA-1. Both are for the same bytes |
 *
 * A SHA-1 is in the info dictionary. A root is known at once in a file that is no longer than a piece: it is the
 * file's root. The roots of a longer file are its piece layer, which may have to be fetched from peers first
 * (BEP 52). This class checks the hashes that it is given. It neither requests hashes nor hashes content;
 * hash-exchange.ts says which hashes to request.
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

/**
 * The known parts of one file's piece layer. They come in chunks of up to 512 hashes, one in each answer of a peer.
 */
interface Layer {
  readonly hashes: Uint8Array;
  readonly known: boolean[];
}

export class PieceHashes {
  readonly info: TorrentInfo;
  readonly #layers: (Layer | null)[];

  /** `layers`: verified piece layers (from the builder, a .torrent file or storage); null when none is known. */
  constructor(info: TorrentInfo, layers: PieceLayers | null) {
    this.info = info;
    this.#layers = info.files.map((file, i) => {
      const layer = layers?.[i];
      if (layer == null || !this.#needsLayer(file)) return null;
      return { hashes: layer, known: new Array<boolean>(this.#chunkCount(file)).fill(true) };
    });
  }

  /** SHA-1 of a piece with its padding, 20 bytes. Null in v2-only torrents. */
  expectedSha1(piece: number): Uint8Array | null {
    return this.info.pieceHashes?.subarray(piece * SHA1_LENGTH, (piece + 1) * SHA1_LENGTH) ?? null;
  }

  /** Merkle root over a piece's leaves, 32 bytes. Null while it is not known, and in v1-only torrents. */
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

  /** Whether a piece can be verified now, by its root or by its SHA-1. */
  canVerify(piece: number): boolean {
    return this.info.pieceHashes !== null || this.expectedPieceRoot(piece) !== null;
  }

  /** How a piece that can be verified is to be hashed: by its leaves once its root is known, or else by SHA-1. */
  kindOf(piece: number): "leaves" | "sha1" {
    return this.expectedPieceRoot(piece) === null ? "sha1" : "leaves";
  }

  /** Whether a digest of a piece's data, with its padding for SHA-1, is the right one. */
  isRight(piece: number, kind: "leaves" | "sha1", digest: Uint8Array): boolean {
    if (kind === "sha1") return equalBytes(digest, this.expectedSha1(piece)!);
    return equalBytes(this.rootOfLeaves(piece, digest), this.expectedPieceRoot(piece)!);
  }

  /**
   * The root that follows from a piece's leaf hashes (SHA-256 of each 16 KiB of its data). v2 and hybrid torrents
   * only.
   */
  rootOfLeaves(piece: number, leaves: Uint8Array): Uint8Array {
    const { pieceLength, files } = this.info;
    return pieceRootFromLeaves(leaves, { pieceLength, fileLength: files[this.fileOf(piece)]!.length });
  }

  /** Indices of the files whose piece layer is not wholly known. Empty for v1-only torrents. */
  missingLayers(): number[] {
    if (this.info.infoHashV2 === null) return [];
    return [...this.info.files.keys()].filter((i) => this.missingChunks(i).length > 0);
  }

  /** Numbers of the unknown chunks (512 hashes each) of a file's piece layer. */
  missingChunks(file: number): number[] {
    const entry = this.info.files[file]!;
    if (!this.#needsLayer(entry)) return [];
    const known = this.#layers[file]?.known;
    return Array.from({ length: this.#chunkCount(entry) }, (_, chunk) => chunk).filter(
      (chunk) => !known?.[chunk],
    );
  }

  /** All piece layers that are wholly known, for storage and .torrent files. Null in v1-only torrents. */
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
   * Takes one chunk of a file's piece layer with the uncles that prove it, as a hashes message has them. `index` and
   * `length` count pieces of the file. Returns false, and keeps nothing, when the hashes do not lead to the file's
   * root or are no whole chunk.
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

  /** Takes a file's whole piece layer, without a proof. Returns false when it does not lead to the file's root. */
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

  /**
   * Index of the file that a piece belongs to. v2 and hybrid torrents only; a piece of a v1 torrent may have several
   * files.
   */
  fileOf(piece: number): number {
    const { files, pieceLength, pieceCount } = this.info;
    if (!(piece >= 0 && piece < pieceCount)) throw new RangeError(`no piece ${piece}`);
    const offset = piece * pieceLength;
    let low = 0;
    let high = files.length;
    // The last file that starts at or before the piece. An empty file starts where the next file does.
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (files[middle]!.offset <= offset) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Number of a piece, counted from the first piece of its file. v2 and hybrid torrents only. */
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

  /** Whether a file is longer than a piece. The file's root alone does not verify its pieces then. */
  #needsLayer(file: TorrentFile): boolean {
    return this.info.infoHashV2 !== null && file.length > this.info.pieceLength;
  }

  #chunkCount(file: TorrentFile): number {
    return Math.ceil(file.length / this.info.pieceLength / MAX_HASHES_PER_REQUEST);
  }
}

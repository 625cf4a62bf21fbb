/**
 * The hash requests of one torrent (BEP 52): which hashes of its Merkle trees to request from peers, and the answers
 * to requests of peers.
 *
 * | request | hashes | proven up to |
 * | --- | --- | --- |
 * | `layerRequests` | missing parts of a file's piece layer, 512 hashes at most | the file's root |
 * | `leafRequests` | the leaves of one piece | the piece's root |
 *
 * The hashes themselves are kept by piece-hashes.ts. Messages, retries and the choice of peers are left to the swarm.
 */
import { keyFromBytes } from "./bencode.ts";
import { MAX_HASHES_PER_REQUEST } from "./constants.ts";
import { equalBytes } from "./info-hash.ts";
import {
  HASH_LENGTH,
  hashProof,
  isValidRange,
  MerkleTree,
  paddedLeaves,
  treeHeight,
  verifyHashes,
} from "./merkle.ts";
import type { PieceHashes } from "./piece-hashes.ts";

/** The fields of a hash request message; `index`, `length` and `proofLayers` as in HashRange (merkle.ts). */
export interface HashRequest {
  /** `pieces root` of the file, 32 bytes. */
  readonly root: Uint8Array;
  /** Height of the requested hashes above the leaves. */
  readonly baseLayer: number;
  readonly index: number;
  readonly length: number;
  readonly proofLayers: number;
}

export class HashExchange {
  readonly #hashes: PieceHashes;
  readonly #fileByRoot: Map<string, number>;
  /** Trees over piece layers, built to answer requests, by file. */
  readonly #trees: Map<number, MerkleTree>;

  constructor(hashes: PieceHashes) {
    this.#hashes = hashes;
    this.#trees = new Map();
    this.#fileByRoot = new Map();
    for (const [i, file] of hashes.info.files.entries()) {
      if (file.piecesRoot !== null) this.#fileByRoot.set(keyFromBytes(file.piecesRoot), i);
    }
  }

  /** Requests for the missing parts of a file's piece layer. Each answer can be proven by itself. */
  layerRequests(file: number): HashRequest[] {
    const height = treeHeight(this.#piecesOf(file));
    const length = Math.min(MAX_HASHES_PER_REQUEST, 2 ** height);
    return this.#hashes.missingChunks(file).map((chunk) => ({
      root: this.#hashes.info.files[file]!.piecesRoot!,
      baseLayer: this.#hashes.pieceLevel,
      index: chunk * MAX_HASHES_PER_REQUEST,
      length,
      proofLayers: proofLayersTo(height, length),
    }));
  }

  /** Takes the answer to one of `layerRequests`. False when it is wrong, or answers no request of that kind. */
  acceptLayer(request: HashRequest, hashes: Uint8Array): boolean {
    if (request.baseLayer !== this.#hashes.pieceLevel) return false;
    return this.#filesOf(request.root)
      .map((file) => this.#hashes.acceptLayerHashes(file, request.index, request.length, hashes))
      .some(Boolean);
  }

  /**
   * Requests for the leaf hashes of one piece, to find out which 16 KiB are wrong. None when the piece has one leaf.
   * The proofs end at the piece's root, which has to be known.
   */
  leafRequests(piece: number): HashRequest[] {
    const leaves = this.#leavesOf(piece);
    if (leaves < 2) return [];
    const length = Math.min(MAX_HASHES_PER_REQUEST, leaves);
    const first = this.#hashes.placeInFile(piece) * leaves;
    return Array.from({ length: leaves / length }, (_, part) => ({
      root: this.#hashes.info.files[this.#hashes.fileOf(piece)]!.piecesRoot!,
      baseLayer: 0,
      index: first + part * length,
      length,
      proofLayers: proofLayersTo(treeHeight(leaves), length),
    }));
  }

  /**
   * The true leaf hashes that answer one of a piece's `leafRequests`: `request.length` hashes of 32 bytes, from leaf
   * `request.index` of the file on. Null when the answer is wrong.
   */
  verifyLeaves(piece: number, request: HashRequest, hashes: Uint8Array): Uint8Array | null {
    const root = this.#hashes.expectedPieceRoot(piece);
    if (root === null) return null;
    const leaves = this.#leavesOf(piece);
    const index = request.index - this.#hashes.placeInFile(piece) * leaves;
    if (!verifyHashes(root, treeHeight(leaves), index, request.length, hashes)) return null;
    return hashes.subarray(0, request.length * HASH_LENGTH);
  }

  /**
   * The piece whose leaves are requested. `reply` then needs its leaf hashes, the SHA-256 of each 16 KiB of its data.
   * Null when the request is for another layer, spans pieces or is not valid.
   */
  pieceOfLeaves(request: HashRequest): number | null {
    const file = this.#fileByRoot.get(keyFromBytes(request.root));
    if (file === undefined || request.baseLayer !== 0) return null;
    const { files, pieceLength } = this.#hashes.info;
    const { length, offset } = files[file]!;
    const leaves = paddedLeaves(pieceLength, length);
    const pieces = this.#piecesOf(file);
    if (!isValidRange(request, treeHeight(leaves) + treeHeight(pieces))) return null;
    const place = Math.floor(request.index / leaves);
    if (request.length > leaves || place >= pieces) return null;
    return offset / pieceLength + place;
  }

  /**
   * The hashes that answer a request, uncles included. Null when the request has to be rejected: the root is not of
   * this torrent, the request is not valid, or the hashes are not known. `leaves`: leaf hashes of
   * `pieceOfLeaves(request)`, when that is a piece.
   */
  reply(request: HashRequest, leaves?: Uint8Array): Uint8Array | null {
    const piece = this.pieceOfLeaves(request);
    if (piece !== null) return leaves === undefined ? null : this.#leafReply(request, piece, leaves);
    const file = this.#fileByRoot.get(keyFromBytes(request.root));
    if (file === undefined || request.baseLayer !== this.#hashes.pieceLevel) return null;
    const tree = this.#layerTree(file);
    return tree === null ? null : hashProof(tree, request);
  }

  #leafReply(request: HashRequest, piece: number, leaves: Uint8Array): Uint8Array | null {
    const tree = new MerkleTree(leaves, this.#leavesOf(piece), 0);
    const expected = this.#hashes.expectedPieceRoot(piece);
    if (expected === null || !equalBytes(tree.root, expected)) return null;
    const above = this.#layerTree(this.#hashes.fileOf(piece));
    if (above !== null) return hashProof(tree, request, { tree: above, at: this.#hashes.placeInFile(piece) });
    return hashProof(tree, request);
  }

  #layerTree(file: number): MerkleTree | null {
    const found = this.#trees.get(file);
    if (found !== undefined) return found;
    const layer = this.#hashes.layer(file);
    if (layer === null) return null;
    const tree = new MerkleTree(layer, 2 ** treeHeight(this.#piecesOf(file)), this.#hashes.pieceLevel);
    this.#trees.set(file, tree);
    return tree;
  }

  #filesOf(root: Uint8Array): number[] {
    const files = this.#hashes.info.files;
    return [...files.keys()].filter((i) => {
      const other = files[i]!.piecesRoot;
      return other !== null && equalBytes(other, root);
    });
  }

  #piecesOf(file: number): number {
    return Math.ceil(this.#hashes.info.files[file]!.length / this.#hashes.info.pieceLength);
  }

  #leavesOf(piece: number): number {
    const { files, pieceLength } = this.#hashes.info;
    return paddedLeaves(pieceLength, files[this.#hashes.fileOf(piece)]!.length);
  }
}

/** `proof_layers` for uncles that lead to a root `height` levels up. 0 when the hashes lead to it by themselves. */
function proofLayersTo(height: number, length: number): number {
  return length === 2 ** height ? 0 : height - 1;
}

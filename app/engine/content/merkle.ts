/**
 * SHA-256 Merkle trees of BEP 52: computes roots and whole trees, and makes and verifies the lists of hashes with
 * proofs in hash messages. This file knows rows of hashes; piece-hashes.ts knows which tree belongs to which piece.
 *
 * A row of n hashes is one Uint8Array of 32·n bytes. A row is completed to a power of two with the roots of all-zero
 * subtrees. *Level* counts upwards from the row in question.
 *
 * Example: a row of 5 hashes is completed to 8, so the root is 3 levels above it. The proof of hashes 2 and 3 has two
 * uncles: the node above hashes 0 and 1, and the node above hashes 4 to 7.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { LEAF_LENGTH, MAX_HASHES_PER_REQUEST } from "./constants.ts";
import { equalBytes } from "./info-hash.ts";

/** Bytes of a SHA-256 hash. */
export const HASH_LENGTH = 32;

const zeroSubtrees: Uint8Array[] = [new Uint8Array(HASH_LENGTH)];

/**
 * Root of a subtree of `height` levels whose leaves are all missing; 32 zero bytes at height 0. The result is
 * memoized and shared: do not write to it.
 */
export function zeroSubtree(height: number): Uint8Array {
  for (let known = zeroSubtrees.length; known <= height; known++) {
    const below = zeroSubtrees[known - 1]!;
    zeroSubtrees.push(hashPair(below, below));
  }
  return zeroSubtrees[height]!;
}

/** One hasher for all nodes. It is reset before each, because making a hasher takes longer than hashing a pair. */
const untouched = sha256.create();
const hasher = sha256.create();

/** Writes the hash of `pair`, two hashes in a row, to the start of `out`. */
function hashInto(pair: Uint8Array, out: Uint8Array): void {
  untouched._cloneInto(hasher).update(pair).digestInto(out);
}

function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  const pair = new Uint8Array(2 * HASH_LENGTH);
  pair.set(left, 0);
  pair.set(right, HASH_LENGTH);
  const parent = new Uint8Array(HASH_LENGTH);
  hashInto(pair, parent);
  return parent;
}

/** Levels between a row of `count` hashes, completed to a power of two, and its root: ⌈log2 count⌉. */
export function treeHeight(count: number): number {
  let height = 0;
  while (2 ** height < count) height++;
  return height;
}

/** The row one level up. A missing last hash is the root of an all-zero subtree of height `padHeight`. */
function parents(row: Uint8Array, padHeight: number): Uint8Array {
  const count = row.length / HASH_LENGTH;
  const above = new Uint8Array(Math.ceil(count / 2) * HASH_LENGTH);
  for (let i = 0; i + 1 < count; i += 2) {
    const place = (i / 2) * HASH_LENGTH;
    hashInto(
      row.subarray(i * HASH_LENGTH, (i + 2) * HASH_LENGTH),
      above.subarray(place, place + HASH_LENGTH),
    );
  }
  if (count % 2 === 1) {
    const last = row.subarray((count - 1) * HASH_LENGTH);
    above.set(hashPair(last, zeroSubtree(padHeight)), above.length - HASH_LENGTH);
  }
  return above;
}

/**
 * Root of a row that is completed to `paddedCount` hashes, a power of two not below the row's count. A missing hash
 * is the root of an all-zero subtree of height `padHeight` (0 for leaves).
 */
export function merkleRoot(hashes: Uint8Array, paddedCount: number, padHeight: number): Uint8Array {
  const height = treeHeight(paddedCount);
  if (hashes.length === 0) return zeroSubtree(padHeight + height).slice();
  let row = hashes;
  for (let level = 0; level < height; level++) row = parents(row, padHeight + level);
  return row.slice();
}

/** Leaves of a full piece. `pieceLength` is a power of two of at least 16 KiB. */
export function leavesPerPiece(pieceLength: number): number {
  return pieceLength / LEAF_LENGTH;
}

/** Leaves under the hash of one piece, completed to a power of two. A file shorter than a piece may have fewer. */
export function paddedLeaves(pieceLength: number, fileLength: number): number {
  if (fileLength > pieceLength) return leavesPerPiece(pieceLength);
  return 2 ** treeHeight(Math.ceil(fileLength / LEAF_LENGTH));
}

/**
 * Hash of one piece: the root over the SHA-256 of each 16 KiB of its data. The leaves are completed to a full piece,
 * or to the next power of two when the file is no longer than a piece. BEP 52.
 */
export function pieceRootFromLeaves(
  leaves: Uint8Array,
  shape: { pieceLength: number; fileLength: number },
): Uint8Array {
  return merkleRoot(leaves, paddedLeaves(shape.pieceLength, shape.fileLength), 0);
}

/** The `pieces root` of a file longer than a piece, from its piece layer. BEP 52. */
export function piecesRootFromLayer(layer: Uint8Array, pieceLength: number): Uint8Array {
  const count = layer.length / HASH_LENGTH;
  return merkleRoot(layer, 2 ** treeHeight(count), treeHeight(leavesPerPiece(pieceLength)));
}

/** All levels of one tree, which answer many requests. They take twice the bytes of the row. */
export class MerkleTree {
  /** Levels between the row and the root. */
  readonly height: number;
  readonly #padHeight: number;
  readonly #levels: Uint8Array[];

  /** `hashes`: the row, at least one hash. The other parameters are those of `merkleRoot`. */
  constructor(hashes: Uint8Array, paddedCount: number, padHeight: number) {
    this.height = treeHeight(paddedCount);
    this.#padHeight = padHeight;
    this.#levels = [hashes];
    for (let level = 0; level < this.height; level++) {
      this.#levels.push(parents(this.#levels[level]!, padHeight + level));
    }
  }

  get root(): Uint8Array {
    return this.node(this.height, 0);
  }

  /** The hash at `index` of a level. Beyond the end of the row it is the root of an all-zero subtree. */
  node(level: number, index: number): Uint8Array {
    const row = this.#levels[level]!;
    const start = index * HASH_LENGTH;
    return start < row.length
      ? row.subarray(start, start + HASH_LENGTH)
      : zeroSubtree(this.#padHeight + level);
  }
}

/** The hashes that a hash request asks for. `index` and `length` count hashes of the base row. BEP 52. */
export interface HashRange {
  readonly index: number;
  readonly length: number;
  /**
   * Levels above the base row for which uncles are wanted. Levels that follow from the requested hashes are counted
   * too.
   */
  readonly proofLayers: number;
}

/** Number of uncles that follow the `length` hashes of an answer. BEP 52. */
export function uncleCount(length: number, proofLayers: number): number {
  return Math.max(0, proofLayers - (treeHeight(length) - 1));
}

/** Whether a range is valid for a base row that is `height` levels below the tree's root. BEP 52. */
export function isValidRange(range: HashRange, height: number): boolean {
  const { index, length, proofLayers } = range;
  return (
    length >= 2 &&
    length <= MAX_HASHES_PER_REQUEST &&
    2 ** treeHeight(length) === length &&
    index >= 0 &&
    index % length === 0 &&
    index + length <= 2 ** height &&
    proofLayers >= 0 &&
    proofLayers < height
  );
}

/**
 * The hashes that answer a request: `length` hashes of the base row, then the uncles, the lowest first. Null when the
 * range is not valid for the tree, or needs hashes that the trees do not hold.
 *
 * `above` continues the tree upwards. It serves to prove leaves up to the file's root: `tree` is the tree of one
 * piece, `above.tree` the tree over the piece layer, and `above.at` the place of the piece in that layer.
 */
export function hashProof(
  tree: MerkleTree,
  range: HashRange,
  above?: { tree: MerkleTree; at: number },
): Uint8Array | null {
  const height = tree.height + (above?.tree.height ?? 0);
  if (!isValidRange(range, height)) return null;
  const { length, proofLayers } = range;
  const first = range.index - (above?.at ?? 0) * 2 ** tree.height;
  if (first < 0 || first + length > 2 ** tree.height) return null;
  const uncles = uncleCount(length, proofLayers);
  const reply = new Uint8Array((length + uncles) * HASH_LENGTH);
  for (let i = 0; i < length; i++) reply.set(tree.node(0, first + i), i * HASH_LENGTH);
  for (let i = 0; i < uncles; i++) {
    const level = treeHeight(length) + i;
    const uncle =
      level < tree.height
        ? tree.node(level, sibling(first / 2 ** level))
        : above!.tree.node(level - tree.height, sibling(above!.at / 2 ** (level - tree.height)));
    reply.set(uncle, (length + i) * HASH_LENGTH);
  }
  return reply;
}

/** Index of the sibling of a node. The fractional part of `index` is ignored. */
function sibling(index: number): number {
  return Math.floor(index) ^ 1;
}

/**
 * Whether `hashes`, in the form that `hashProof` returns, lead to `root`. The root is `height` levels above the base
 * row, and covers the row from index 0 on. The uncles must lead to the root exactly. Without uncles, `length` must
 * cover the whole row.
 */
export function verifyHashes(
  root: Uint8Array,
  height: number,
  index: number,
  length: number,
  hashes: Uint8Array,
): boolean {
  const uncles = height - treeHeight(length);
  if (uncles < 0 || index < 0 || index + length > 2 ** height || index % length !== 0) return false;
  if (2 ** treeHeight(length) !== length || hashes.length !== (length + uncles) * HASH_LENGTH) return false;
  let node = merkleRoot(hashes.subarray(0, length * HASH_LENGTH), length, 0);
  let at = index / length;
  for (let i = length; i < length + uncles; i++) {
    const uncle = hashes.subarray(i * HASH_LENGTH, (i + 1) * HASH_LENGTH);
    node = at % 2 === 1 ? hashPair(uncle, node) : hashPair(node, uncle);
    at = Math.floor(at / 2);
  }
  return equalBytes(node, root);
}

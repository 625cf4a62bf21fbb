/**
 * SHA-256 Merkle trees of BEP 52: roots, whole trees, and the hash lists with proofs that hash messages carry.
 * Knows hashes in a row, not torrents; piece-hashes.ts knows which tree belongs to which piece.
 *
 * A row of n hashes is one Uint8Array of 32·n bytes. Rows are completed to a power of two with the roots of
 * all-zero subtrees; *level* counts upwards from the row in question.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { LEAF_LENGTH, MAX_HASHES_PER_REQUEST } from "./constants.ts";
import { equalBytes } from "./info-hash.ts";

/** Bytes of a SHA-256 hash. */
export const HASH_LENGTH = 32;

const zeroSubtrees: Uint8Array[] = [new Uint8Array(HASH_LENGTH)];

/**
 * Root of a subtree of `height` levels above leaves that are all missing: 32 zero bytes at height 0. Memoized.
 * The result is shared: do not write to it.
 */
export function zeroSubtree(height: number): Uint8Array {
  for (let known = zeroSubtrees.length; known <= height; known++) {
    const below = zeroSubtrees[known - 1]!;
    zeroSubtrees.push(hashPair(below, below));
  }
  return zeroSubtrees[height]!;
}

/** One hasher for all nodes, set back before each: making one takes longer than hashing a pair with it. */
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

/** The next level up; a missing last place is the root of an all-zero subtree of `padHeight`. */
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
 * Root of a row completed to `paddedCount` (a power of two, at least the row's count) places. `padHeight` says
 * what a missing place is: the root of an all-zero subtree of that height (0 for leaves).
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

/** How many leaves the tree under one piece's hash has, completed: a file no longer than a piece has fewer. */
export function paddedLeaves(pieceLength: number, fileLength: number): number {
  if (fileLength > pieceLength) return leavesPerPiece(pieceLength);
  return 2 ** treeHeight(Math.ceil(fileLength / LEAF_LENGTH));
}

/**
 * Hash of one piece: the root over the SHA-256 of each 16 KiB of its data. The piece of a file no longer than a
 * piece is completed to the next power of two of its own leaves, any other to a full piece. BEP 52.
 */
export function pieceRootFromLeaves(
  leaves: Uint8Array,
  shape: { pieceLength: number; fileLength: number },
): Uint8Array {
  return merkleRoot(leaves, paddedLeaves(shape.pieceLength, shape.fileLength), 0);
}

/** `pieces root` of a file longer than a piece, from its piece layer. BEP 52. */
export function piecesRootFromLayer(layer: Uint8Array, pieceLength: number): Uint8Array {
  const count = layer.length / HASH_LENGTH;
  return merkleRoot(layer, 2 ** treeHeight(count), treeHeight(leavesPerPiece(pieceLength)));
}

/** All levels of one tree, kept to answer many requests. Takes twice the row's bytes. */
export class MerkleTree {
  /** Levels between the row and the root. */
  readonly height: number;
  readonly #padHeight: number;
  readonly #levels: Uint8Array[];

  /** `hashes`: the row, at least one hash; the rest as in `merkleRoot`. */
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

  /** The hash at `index` of a level; the root of an all-zero subtree beyond the row's end. */
  node(level: number, index: number): Uint8Array {
    const row = this.#levels[level]!;
    const start = index * HASH_LENGTH;
    return start < row.length
      ? row.subarray(start, start + HASH_LENGTH)
      : zeroSubtree(this.#padHeight + level);
  }
}

/** Which hashes a hash request asks for; `index` and `length` count hashes of the base row. BEP 52. */
export interface HashRange {
  readonly index: number;
  readonly length: number;
  /** Levels above the base row for which uncle hashes are wanted, those the answer itself yields included. */
  readonly proofLayers: number;
}

/** Uncle hashes that a request's answer carries after its `length` hashes. BEP 52. */
export function uncleCount(length: number, proofLayers: number): number {
  return Math.max(0, proofLayers - (treeHeight(length) - 1));
}

/** Whether a range is well formed for a base row that is `height` levels below the tree's root. BEP 52. */
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
 * The hashes that answer a request: `length` of the base row, then the uncles from the lowest to the one closest
 * to the root. Null when the range is not valid for the tree or needs what the trees do not hold.
 *
 * `above` continues the tree upwards: with `tree` under one piece's hash and `above` the piece layer's tree,
 * `at` being the piece's place in it, a request for leaves can be proven up to the file's root.
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

/** Index of the other child of the parent of the node that holds `index`. */
function sibling(index: number): number {
  return Math.floor(index) ^ 1;
}

/**
 * Whether `hashes` (as `hashProof` gives them) lead to `root`, which is `height` levels above the base row and
 * covers the row from index 0. The uncles must reach the root exactly; without them, `length` must cover it all.
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

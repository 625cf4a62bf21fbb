import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  hashProof,
  MerkleTree,
  merkleRoot,
  pieceRootFromLeaves,
  piecesRootFromLayer,
  treeHeight,
  uncleCount,
  verifyHashes,
  zeroSubtree,
} from "../../../app/engine/content/merkle.ts";
import { leavesOf, sampleBytes } from "../../support/torrents.ts";

const KIB = 1024;
const hash = (...parts: Uint8Array[]): Uint8Array =>
  new Uint8Array(createHash("sha256").update(Buffer.concat(parts)).digest());
const row = (count: number): Uint8Array => sampleBytes(count * 32, 3);
const at = (hashes: Uint8Array, i: number): Uint8Array => hashes.subarray(i * 32, i * 32 + 32);

/** The tree as the BEP defines it: every leaf written out, hashed pairwise. */
function plainRoot(hashes: Uint8Array, count: number, pad: Uint8Array): Uint8Array {
  let level = Array.from({ length: count }, (_, i) => (i * 32 < hashes.length ? at(hashes, i) : pad));
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, i) => hash(level[2 * i]!, level[2 * i + 1]!));
  }
  return new Uint8Array(level[0]!);
}

describe("roots", () => {
  test("a row is completed with all-zero subtrees", () => {
    expect(zeroSubtree(0)).toEqual(new Uint8Array(32));
    expect(zeroSubtree(2)).toEqual(plainRoot(new Uint8Array(), 4, new Uint8Array(32)));
    for (const [count, padded] of [
      [1, 1],
      [1, 8],
      [3, 4],
      [5, 16],
      [16, 16],
      [0, 4],
    ] as const) {
      expect(merkleRoot(row(count), padded, 0)).toEqual(plainRoot(row(count), padded, zeroSubtree(0)));
      expect(merkleRoot(row(count), padded, 3)).toEqual(plainRoot(row(count), padded, zeroSubtree(3)));
    }
  });

  test.each([
    // file length, piece's data, leaves that the tree has
    ["1 byte", 1, 1, 1],
    ["a leaf and a byte", 16 * KIB + 1, 16 * KIB + 1, 2],
    ["three leaves", 48 * KIB, 48 * KIB, 4],
    ["a whole piece", 128 * KIB, 128 * KIB, 8],
    ["the last piece of a longer file", 200 * KIB, 72 * KIB, 8],
  ])("the piece of %s", (_, fileLength, dataLength, leafCount) => {
    const leaves = leavesOf(sampleBytes(dataLength));
    expect(pieceRootFromLeaves(leaves, { pieceLength: 128 * KIB, fileLength })).toEqual(
      plainRoot(leaves, leafCount, new Uint8Array(32)),
    );
  });

  test("a layer of pieces leads to the same root as all leaves", () => {
    const data = sampleBytes(5 * 64 * KIB + 100);
    const leaves = leavesOf(data);
    const layer = Buffer.concat(
      Array.from({ length: 6 }, (_, i) =>
        pieceRootFromLeaves(leaves.subarray(i * 128, (i + 1) * 128), {
          pieceLength: 64 * KIB,
          fileLength: data.length,
        }),
      ),
    );
    expect(piecesRootFromLayer(layer, 64 * KIB)).toEqual(plainRoot(leaves, 32, new Uint8Array(32)));
  });
});

describe("proofs", () => {
  /*
   *  level 3            root
   *  level 2       0             1
   *  level 1    0     1       2     3
   *  level 0   0 1   2 3     4 5   - -
   */
  const tree = new MerkleTree(row(6), 8, 0);

  test("an answer holds the hashes, then their uncles upwards", () => {
    const reply = hashProof(tree, { index: 2, length: 2, proofLayers: 2 })!;
    expect(Buffer.from(reply)).toEqual(
      Buffer.concat([tree.node(0, 2), tree.node(0, 3), tree.node(1, 0), tree.node(2, 1)]),
    );
    expect(verifyHashes(tree.root, 3, 2, 2, reply)).toBe(true);
  });

  test("places beyond the row are zero", () => {
    const reply = hashProof(tree, { index: 4, length: 4, proofLayers: 2 })!;
    expect([...reply.subarray(64, 128)]).toEqual(new Array(64).fill(0));
    expect(verifyHashes(tree.root, 3, 4, 4, reply)).toBe(true);
  });

  test.each([
    [2, 0, 0],
    [2, 1, 1],
    [2, 2, 2],
    [4, 1, 0],
    [4, 2, 1],
    [8, 2, 0],
    [512, 12, 4],
  ])("%i hashes with %i proof layers carry %i uncles", (length, proofLayers, uncles) => {
    expect(uncleCount(length, proofLayers)).toBe(uncles);
  });

  test.each([
    ["one hash", { index: 0, length: 1, proofLayers: 0 }],
    ["not a power of two", { index: 0, length: 3, proofLayers: 0 }],
    ["not aligned", { index: 1, length: 2, proofLayers: 0 }],
    ["beyond the tree", { index: 8, length: 2, proofLayers: 0 }],
    ["longer than the tree", { index: 0, length: 16, proofLayers: 0 }],
    ["longer than served", { index: 0, length: 1024, proofLayers: 0 }],
    ["proof of the root itself", { index: 0, length: 2, proofLayers: 3 }],
    ["negative", { index: -2, length: 2, proofLayers: 0 }],
  ])("a range that is %s gets no answer", (_, range) => {
    expect(hashProof(tree, range)).toBeNull();
  });

  const shapes = fc
    .integer({ min: 2, max: 200 })
    .chain((count) => {
      const height = treeHeight(count);
      return fc.tuple(fc.constant(count), fc.constant(height), fc.integer({ min: 1, max: height }));
    })
    .chain(([count, height, width]) =>
      fc.record({
        count: fc.constant(count),
        height: fc.constant(height),
        length: fc.constant(2 ** width),
        part: fc.nat(2 ** (height - width) - 1),
        padHeight: fc.nat(6),
      }),
    );

  test("every answer verifies; with any bit changed, or for another place, it does not", () => {
    fc.assert(
      fc.property(shapes, fc.nat(), ({ count, height, length, part, padHeight }, flip) => {
        const whole = new MerkleTree(row(count), 2 ** height, padHeight);
        expect(whole.root).toEqual(merkleRoot(row(count), 2 ** height, padHeight));
        const index = part * length;
        const reply = hashProof(whole, { index, length, proofLayers: height - 1 })!;
        expect(verifyHashes(whole.root, height, index, length, reply)).toBe(true);

        expect(verifyHashes(whole.root, height, index, length, reply.subarray(32))).toBe(false);
        if (length < 2 ** height) {
          expect(verifyHashes(whole.root, height, index === 0 ? length : 0, length, reply)).toBe(false);
        }
        const damaged = reply.slice();
        damaged[flip % damaged.length]! ^= 1 << (flip % 8);
        expect(verifyHashes(whole.root, height, index, length, damaged)).toBe(false);
      }),
    );
  });

  test("leaves of one piece are proven through the piece layer to the file's root", () => {
    const leaves = row(8 * 4);
    const pieces = Array.from(
      { length: 8 },
      (_, i) => new MerkleTree(leaves.slice(i * 128, i * 128 + 128), 4, 0),
    );
    const above = new MerkleTree(Buffer.concat(pieces.map((piece) => piece.root)), 8, 2);
    const root = plainRoot(leaves, 32, new Uint8Array(32));
    for (const [place, piece] of pieces.entries()) {
      for (const length of [2, 4]) {
        const range = { index: place * 4 + 4 - length, length, proofLayers: 4 };
        const reply = hashProof(piece, range, { tree: above, at: place })!;
        expect(verifyHashes(root, 5, range.index, length, reply)).toBe(true);
      }
      const elsewhere = { index: ((place + 1) % 8) * 4, length: 2, proofLayers: 4 };
      expect(hashProof(piece, elsewhere, { tree: above, at: place })).toBeNull();
    }
  });
});

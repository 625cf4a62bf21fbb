import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { LearnedLayers } from "../../../app/engine/content/learned-layers.ts";
import { PieceHashes } from "../../../app/engine/content/piece-hashes.ts";
import { sampleContent } from "../../support/sample-content.ts";

const PIECE = 32_768;
const content = sampleContent("hybrid", { "a.bin": 5 * PIECE + 7, "b.bin": 100, "c.bin": 2 * PIECE }, PIECE);

function leavesOf(data: Uint8Array): Uint8Array {
  const leaves = [];
  for (let at = 0; at < data.length; at += 16_384) {
    leaves.push(
      createHash("sha256")
        .update(data.subarray(at, at + 16_384))
        .digest(),
    );
  }
  return Uint8Array.from(Buffer.concat(leaves));
}

describe("layers learned from verified pieces", () => {
  test("a file's layer is known once all its pieces are, in whatever order", () => {
    const hashes = new PieceHashes(content.info, null);
    const learned = new LearnedLayers(hashes);
    const told: number[] = [];
    for (const piece of [7, 3, 0, 5, 1, 4, 8, 2]) {
      if (learned.isMissing(piece) && learned.learn(piece, leavesOf(content.piece(piece)))) told.push(piece);
    }
    expect(told).toEqual([8, 2]);
    expect(hashes.missingLayers()).toEqual([]);
    expect(hashes.layers()).toEqual(content.pieceLayers);
  });

  test("a piece whose root is known teaches nothing", () => {
    const learned = new LearnedLayers(new PieceHashes(content.info, content.pieceLayers));
    expect(learned.isMissing(0)).toBe(false);
    expect(learned.learn(0, leavesOf(content.piece(0)))).toBe(false);
  });

  test("bytes that only SHA-1 takes for right never make a layer", () => {
    const hashes = new PieceHashes(content.info, null);
    const learned = new LearnedLayers(hashes);
    const wrong = content.piece(1).slice();
    wrong[0]! ^= 1;
    for (let piece = 0; piece < 6; piece++) {
      expect(learned.learn(piece, leavesOf(piece === 1 ? wrong : content.piece(piece)))).toBe(false);
    }
    expect(hashes.missingLayers()).toContain(0);
  });
});

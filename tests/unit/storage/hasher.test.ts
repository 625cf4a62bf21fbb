import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashLeaves, hashSha1 } from "../../../app/storage/hasher.ts";

const LEAF = 16_384;

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** One SHA-256 after the other, as BEP 52 says. */
function leavesOf(data: Uint8Array): string {
  let leaves = "";
  for (let start = 0; start < data.length; start += LEAF)
    leaves += createHash("sha256")
      .update(data.subarray(start, start + LEAF))
      .digest("hex");
  return leaves;
}

describe("hashLeaves", () => {
  it.each([1, LEAF - 1, LEAF, LEAF + 1, 33 * LEAF + 7, 1 << 20])(
    "gives every leaf of %i bytes",
    async (length) => {
      const data = new Uint8Array(randomBytes(length));
      expect(hex(await hashLeaves(data))).toBe(leavesOf(data));
    },
  );

  it("hashes only its part of a larger buffer", async () => {
    const data = new Uint8Array(randomBytes(5 * LEAF)).subarray(100, 100 + 2 * LEAF);
    expect(hex(await hashLeaves(data))).toBe(leavesOf(data));
  });
});

describe("hashSha1", () => {
  it.each([
    [1, 0],
    [LEAF, 0],
    [100, LEAF - 100],
  ])("covers %i bytes and %i zeros behind them", async (length, padding) => {
    const data = new Uint8Array(randomBytes(length));
    const expected = createHash("sha1").update(data).update(new Uint8Array(padding)).digest("hex");
    expect(hex(await hashSha1(data, padding))).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import { isSameTorrent } from "../../../app/engine/content/info-hash.ts";

const hash = (fill: number) => new Uint8Array(20).fill(fill);
const named = (v1: number | null, v2: number | null) => ({
  infoHashV1: v1 === null ? null : hash(v1),
  infoHashV2: v2 === null ? null : hash(v2),
});

describe("two torrents", () => {
  it.each([
    ["the same v1 info-hash", named(1, null), named(1, 2), true],
    ["the same v2 info-hash", named(null, 2), named(1, 2), true],
    ["other info-hashes", named(1, 2), named(3, 4), false],
    ["no version in common", named(1, null), named(null, 1), false],
    ["nothing known", named(null, null), named(null, null), false],
  ])("with %s", (_, a, b, same) => {
    expect([isSameTorrent(a, b), isSameTorrent(b, a)]).toEqual([same, same]);
  });
});

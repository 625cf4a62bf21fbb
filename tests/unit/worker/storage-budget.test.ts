import { describe, expect, it } from "vitest";
import { formatBytes } from "../../../app/worker/storage-budget.ts";

describe("formatBytes", () => {
  it.each([
    [1, "1 bytes"],
    [999, "999 bytes"],
    [1_000, "1.0 kB"],
    [1_440_000_000, "1.4 GB"],
    [123_456_789, "124 MB"],
  ])("%i is %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

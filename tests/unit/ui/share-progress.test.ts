import { describe, expect, it } from "vitest";
import { isAllHere, percentOf, progressPercent } from "../../../app/ui/share-progress.ts";
import { aShare } from "../../support/ui-fixture/snapshots.ts";

describe("percent", () => {
  it("claims neither an end nor a beginning that is not there", () => {
    expect([0, 1, 9_999, 10_000].map((part) => percentOf(part, 10_000))).toEqual([0, 1, 99, 100]);
  });

  it("of an empty whole is all of it", () => {
    expect(percentOf(0, 0)).toBe(100);
  });
});

it("progress is unknown, not 100, before the size is known", () => {
  const share = aShare({ phase: "metadata", size: null, wantedBytes: 0 });
  expect(progressPercent(share)).toBe(0);
  expect(isAllHere(share)).toBe(false);
});

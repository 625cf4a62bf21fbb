/** Times that zips can hold, and what becomes of others. */
import { describe, expect, it } from "vitest";
import { zipTime } from "../../../app/bridge/zip-time.ts";

describe("a zip time", () => {
  it.each([
    ["what the sender says", Date.UTC(2024, 1, 29, 12), Date.UTC(2024, 1, 29, 12)],
    ["when the share was added, where nothing is known", null, Date.UTC(2026, 0, 2)],
    ["the earliest of all for what is older", -1000, new Date(1980, 0, 1).getTime()],
    [
      "the latest of all for what is later",
      Date.UTC(3000, 0, 1),
      new Date(2107, 11, 31, 23, 59, 58).getTime(),
    ],
  ])("is %s", (_name, modified, expected) => {
    expect(zipTime(modified, Date.UTC(2026, 0, 2)).getTime()).toBe(expected);
  });
});

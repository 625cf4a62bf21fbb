import { describe, expect, it } from "vitest";
import { axisTop, linePoints } from "../../../app/ui/rate-lines.ts";

describe("a line", () => {
  it.each([
    ["the latest at the right and the highest rate at the top", [0, 50, 100], "0.0,10.0 30.0,5.0 60.0,0.0"],
    ["no higher than the top", [400, 0], "0.0,0.0 60.0,10.0"],
  ])("is drawn with %s", (_, rates, points) => {
    expect(linePoints(Float32Array.from(rates), { width: 60, height: 10, top: 100 })).toBe(points);
  });
});

describe("the axis", () => {
  it.each([
    [0, 1000],
    [1000, 1000],
    [1001, 2000],
    [3_100_000, 5_000_000],
    [5_000_001, 10_000_000],
  ])("for %d goes up to %d", (rate, top) => {
    expect(axisTop(rate)).toBe(top);
  });
});

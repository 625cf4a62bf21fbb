import { describe, expect, it } from "vitest";
import { axisTop, graphPoints, RateHistory } from "../../../app/ui/rate-history.ts";

const at = (seconds: number, down = 0, up = 0) => ({ at: seconds * 1000, down, up });

describe("the last minute", () => {
  it("forgets what is older", () => {
    const history = new RateHistory(60_000);
    for (const sample of [at(0, 900), at(30, 10), at(61, 20, 50)]) history.add(sample);
    expect(history.samples.map((sample) => sample.at)).toEqual([30_000, 61_000]);
    expect(history.peak).toBe(50);
  });

  it("is drawn with now at the right and the highest rate at the top", () => {
    const box = { width: 60, height: 10, now: 60_000, span: 60_000, top: 100 };
    expect(graphPoints([at(0), at(30, 50), at(60, 100)], "down", box)).toBe("0.0,10.0 30.0,5.0 60.0,0.0");
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

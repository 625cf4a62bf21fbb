import { describe, expect, it } from "vitest";
import { overallRate, type Progress, ratesBySecond } from "../../bench/networks/progress.ts";

/** Samples every half second from a start in 1970: MB so far. */
function samples(...megabytes: number[]): Progress {
  return megabytes.map((received, at) => [5_000 + at * 500, received * 1e6]);
}

describe("progress", () => {
  it("is cut into seconds from the moment of asking", () => {
    expect(ratesBySecond(samples(0, 1, 2, 2, 2, 5, 8), 3)).toEqual([2, 0, 6]);
  });

  it("has only the seconds that were watched, and only whole ones", () => {
    expect(ratesBySecond(samples(0, 1, 2, 3, 4, 5), 1)).toEqual([2]);
    expect(ratesBySecond(samples(0, 1, 2, 3), 12)).toEqual([2]);
  });

  it("is taken in proportion between two samples", () => {
    const uneven: Progress = [
      [0, 0],
      [800, 1e6],
      [1_200, 2e6],
      [2_000, 2e6],
    ];
    expect(ratesBySecond(uneven, 2)).toEqual([1.5, 0.5]);
  });

  it("makes a rate over the time watched", () => {
    expect(overallRate(samples(0, 1, 2, 3, 4), 1, 100e6)).toBe(2);
    expect(overallRate(samples(0, 1, 2, 3, 4), 12, 100e6)).toBe(2);
  });

  it("ends with the last byte, not with the time watched", () => {
    expect(overallRate(samples(0, 2, 4, 4, 4), 12, 4e6)).toBe(4);
  });
});

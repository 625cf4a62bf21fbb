import { expect, it } from "vitest";
import { minimumDistributionTime } from "../../bench/networks/home-swarm.ts";

it("a home swarm is bound by the seeder's uplink: 24 MiB take 10.1 s at 20 mbit", () => {
  expect(minimumDistributionTime(24 * 2 ** 20, 1)).toBeCloseTo(10.07, 2);
});

it("lines a quarter as fast bind a file of a quarter by the same time", () => {
  expect(minimumDistributionTime(6 * 2 ** 20, 4)).toBeCloseTo(10.07, 2);
});

import { describe, expect, test } from "vitest";
import { RateMeter } from "../../../../app/engine/swarm/flow/rate-meter.ts";

/** Feeds `rate` bytes a second for a while in steps of 100 ms, from `from` on; returns the time reached. */
function feed(meter: RateMeter, from: number, duration: number, rate: number): number {
  for (let now = from + 100; now <= from + duration; now += 100) {
    meter.add(rate / 10);
    meter.rate(now);
  }
  return from + duration;
}

describe("a rate meter of 3 s", () => {
  test("shows a steady rate from the first moments on, not a slow climb", () => {
    const meter = new RateMeter(0, 3000);
    for (let now = 0; now < 10_000; now += 500) {
      feed(meter, now, 500, 1000);
      expect(meter.rate(now + 500)).toBeCloseTo(1000, 6);
    }
  });

  test("follows a change by 1 - 1/e in one time constant", () => {
    const meter = new RateMeter(0, 3000);
    let now = feed(meter, 0, 60_000, 1000);
    now = feed(meter, now, 3000, 2000);
    expect(meter.rate(now)).toBeCloseTo(1000 + 1000 * (1 - 1 / Math.E), -1);
  });

  test("is zero soon after the last byte, however fast it was", () => {
    const meter = new RateMeter(0, 3000);
    let now = feed(meter, 0, 10_000, 100_000_000);
    for (; now < 19_000; now += 100) expect(meter.rate(now)).toBeGreaterThan(0);
    expect(meter.rate(19_200)).toBe(0);
    expect(meter.total).toBe(1_000_000_000);
  });

  test("comes back after a silence", () => {
    const meter = new RateMeter(0, 3000);
    meter.rate(feed(meter, 0, 5000, 5000));
    expect(meter.rate(20_000)).toBe(0);
    const now = feed(meter, 20_000, 20_000, 300);
    expect(meter.rate(now)).toBeCloseTo(300, 0);
  });

  test("does not take the noise of single milliseconds for a rate", () => {
    const meter = new RateMeter(0, 3000);
    meter.add(1_000_000);
    expect(meter.rate(1)).toBe(0);
    expect(meter.rate(99)).toBe(0);
    expect(meter.rate(1000)).toBeCloseTo(1_000_000, 3);
  });

  test("says whether a rate of 0 is known: not while the first bytes pass", () => {
    const meter = new RateMeter(0, 3000);
    const isUnknown = (now: number) => [meter.rate(now), meter.isUnknown];
    expect(isUnknown(50)).toEqual([0, false]);
    meter.add(1000);
    expect(isUnknown(99)).toEqual([0, true]);
    expect(isUnknown(200)).toEqual([5000, false]);
    meter.add(1000);
    expect(meter.isUnknown).toBe(false);
    expect(isUnknown(20_000)[1]).toBe(false);
    expect(isUnknown(40_000)).toEqual([0, false]);
  });
});

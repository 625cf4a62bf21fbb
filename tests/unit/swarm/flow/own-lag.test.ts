import { expect, test } from "vitest";
import { TICK_LATE, TICK_LATE_HELD } from "../../../../app/engine/swarm/flow/constants.ts";
import { OwnLag } from "../../../../app/engine/swarm/flow/own-lag.ts";

/** Ticks after so many milliseconds each; "x" where the computer counts as late. */
function draw(intervals: readonly number[]): string {
  const lateness = new OwnLag();
  let now = 5_000;
  lateness.isLate(now);
  const look = (interval: number) => {
    now += interval;
    return lateness.isLate(now) ? "x" : ".";
  };
  return intervals.map(look).join("");
}

const even = (interval: number, count: number) => Array.from({ length: count }, () => interval);

test("who ticks evenly is not late, however often it ticks", () => {
  for (const interval of [10, 100, 1_000]) expect(draw(even(interval, 30))).toBe(".".repeat(30));
  expect(draw([100, 110, 95, 102, 88, 120, 100])).toBe(".......");
});

test("one late tick counts for a while, and what is caught up after it is not late", () => {
  const held = TICK_LATE_HELD / 100;
  const late = draw([...even(100, 9), 100 + TICK_LATE + 1, 74, ...even(100, 20)]);
  expect(late.slice(0, 9)).toBe(".........");
  expect(late.slice(9)).toMatch(/^x+\.+$/);
  expect(late.match(/x/g)!.length).toBeGreaterThanOrEqual(held);
  expect(late.match(/x/g)!.length).toBeLessThanOrEqual(held + 1);
});

test("a computer that is late all the time is late all the time", () => {
  const intervals = Array.from({ length: 60 }, (_, at) => (at % 5 === 4 ? 260 : 60));
  expect(draw(intervals).slice(5)).toBe("x".repeat(55));
});

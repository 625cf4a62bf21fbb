/** Virtual time passes in order, and as far as it is let. */
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../support/random.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

/** A clock on which something is planned for each of these times, and the times at which it has happened. */
function planned(...times: number[]) {
  const clock = new VirtualClock();
  const happened: number[] = [];
  for (const time of times) clock.at(time, () => happened.push(clock.now));
  return { clock, happened };
}

describe("what is planned", () => {
  test("happens in order of time, and of planning for one instant", () => {
    const clock = new VirtualClock();
    const done: string[] = [];
    const random = seededRandom(9);
    for (let at = 0; at < 500; at++) {
      const time = Math.floor(random() * 20);
      clock.at(time, () => done.push(`${String(time).padStart(2)} ${String(at).padStart(3)}`));
    }
    while (clock.step());
    expect(done).toEqual([...done].sort());
    expect(done).toHaveLength(500);
    expect(clock.done).toBe(500);
  });

  test("of one instant happens by rank, whenever it was planned", () => {
    const clock = new VirtualClock();
    const done: string[] = [];
    const random = seededRandom(9);
    for (let at = 0; at < 500; at++) {
      const rank = Math.floor(random() * 5);
      clock.at(at % 3, () => done.push(`${at % 3} ${rank} ${String(at).padStart(3)}`), rank);
    }
    clock.runUntil(2);
    expect(clock.now).toBe(2);
    expect(done.every((line) => !line.startsWith("2"))).toBe(true);
    while (clock.step());
    expect(done).toEqual([...done].sort());
    expect(done).toHaveLength(500);
  });

  test("by what happens, for the same instant, still happens in it", () => {
    const { clock, happened } = planned();
    clock.at(5, () => clock.after(0, () => happened.push(clock.now)));
    clock.run(5);
    expect(happened).toEqual([5]);
  });

  test("for the past happens now", () => {
    const { clock, happened } = planned();
    clock.run(10);
    clock.after(-5, () => happened.push(clock.now));
    clock.step();
    expect(happened).toEqual([10]);
  });
});

describe("time", () => {
  test("passes up to a moment, which is left out, or for a while, whose last moment is not", () => {
    const { clock, happened } = planned(1, 2, 3, 4);
    clock.runUntil(2);
    expect([happened, clock.now, clock.next]).toEqual([[1], 2, 2]);
    clock.run(1);
    expect([happened, clock.now, clock.next]).toEqual([[1, 2, 3], 3, 4]);
    clock.run(0.5);
    expect([happened, clock.now]).toEqual([[1, 2, 3], 3.5]);
  });

  test("passes step by step, not beyond an end", () => {
    const { clock, happened } = planned(1, 2);
    expect([clock.step(1), clock.step(1), clock.now]).toEqual([true, false, 1]);
    expect([clock.step(), clock.step(), happened]).toEqual([true, false, [1, 2]]);
    expect(clock.next).toBe(Number.POSITIVE_INFINITY);
  });

  test("passes until something is so, and no longer", () => {
    const { clock, happened } = planned(1, 2, 3);
    clock.drive(() => happened.length === 2, 2, "the second");
    expect([happened, clock.now]).toEqual([[1, 2], 2]);
    expect(() => clock.drive(() => happened.length === 3, 0.5, "the third")).toThrow(
      "the third did not come about within 0.5 ms of virtual time",
    );
    expect(happened).toEqual([1, 2]);
  });

  test("that is slept through delays everything, and changes no order", () => {
    const { clock, happened } = planned(3, 1, 2);
    clock.run(1);
    clock.sleep(100);
    expect([clock.now, clock.next]).toEqual([101, 102]);
    clock.run(2);
    expect(happened).toEqual([1, 102, 103]);
  });
});

/** The dice of virtual time are fair, and the same for the same seed. */
import { describe, expect, test } from "vitest";
import { Random, seededRandom } from "../../support/random.ts";

describe("dice", () => {
  test("a child's numbers depend on seed and number only", () => {
    const one = new Random(7);
    one.next();
    expect(one.child(3).next()).toBe(new Random(7).child(3).next());
    expect(one.child(3).next()).toBe(one.child(3).next());
    expect(one.child(3).next()).not.toBe(one.child(4).next());
  });

  test("are spread evenly", () => {
    const random = new Random(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[Math.floor(random.next() * 10)]!++;
    expect(Math.min(...counts)).toBeGreaterThan(9_700);
    expect(Math.max(...counts)).toBeLessThan(10_300);
  });

  test("of one seed are the same, of another others", () => {
    const numbers = (seed: number) => Array.from({ length: 10 }, seededRandom(seed));
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
  });
});

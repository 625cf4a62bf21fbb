/** A round robin of waiters "A", "B" and so on. Servings are drawn in their order: "AABB". */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RoundRobin } from "../../../../app/engine/swarm/flow/round-robin.ts";

/** Serves as much as there is, one by one, to those that want it. */
class Counter {
  readonly turns: RoundRobin<string>;
  readonly wants: Map<string, number>;
  /** These are refused what is left for others. */
  readonly refused: Set<string>;
  left: number;
  served: string;

  constructor(quantum: number) {
    this.turns = new RoundRobin(quantum);
    this.wants = new Map();
    this.refused = new Set();
    this.left = 0;
    this.served = "";
  }

  want(name: string, count: number): void {
    this.wants.set(name, (this.wants.get(name) ?? 0) + count);
    this.#wait(name);
  }

  #wait(name: string): void {
    this.turns.wait(name, () => this.#serve(name));
  }

  #serve(name: string): number {
    const wanted = this.wants.get(name) ?? 0;
    if (wanted === 0) return 0;
    if (this.refused.has(name)) {
      this.#wait(name);
      return 0;
    }
    this.wants.set(name, wanted - 1);
    this.left--;
    this.served += name;
    return 1;
  }

  /** So much more is there. */
  give(count: number): string {
    this.served = "";
    this.left += count;
    this.turns.serve(() => this.left > 0);
    return this.served;
  }
}

describe("those that wait", () => {
  test("get as much each in their turns, in the order in which they came", () => {
    const counter = new Counter(2);
    counter.want("A", 5);
    counter.want("B", 3);
    counter.want("C", 9);
    expect(counter.give(100)).toBe("AABBCCAABCCACCCCC");
    expect(counter.turns.isEmpty).toBe(true);
  });

  test("go on with their turn, however little there is at a time", () => {
    const counter = new Counter(3);
    counter.want("A", 9);
    counter.want("B", 9);
    expect([1, 1, 1, 1, 1, 1, 1].map((each) => counter.give(each)).join(" ")).toBe("A A A B B B A");
  });

  test("keep their place when they ask again", () => {
    const counter = new Counter(1);
    counter.want("A", 1);
    counter.want("B", 1);
    counter.want("A", 1);
    expect(counter.give(3)).toBe("ABA");
  });

  test("are passed by while what is left is not for them", () => {
    const counter = new Counter(2);
    for (const name of ["A", "B", "C"]) counter.want(name, 4);
    counter.refused.add("A");
    expect(counter.give(6)).toBe("BBCCBB");
    counter.refused.delete("A");
    expect(counter.give(3)).toBe("CCA");
    for (const name of ["A", "B", "C"]) counter.refused.add(name);
    expect(counter.give(5)).toBe("");
    expect(counter.turns.isEmpty).toBe(false);
  });

  test("may leave, in the middle of their turn too", () => {
    const counter = new Counter(4);
    for (const name of ["A", "B", "C"]) counter.want(name, 4);
    expect(counter.give(1)).toBe("A");
    counter.turns.leave("A");
    counter.turns.leave("B");
    expect(counter.give(9)).toBe("CCCC");
  });

  test("is nobody, and nothing is served", () => {
    const counter = new Counter(1);
    expect(counter.turns.isEmpty).toBe(true);
    expect(counter.give(1)).toBe("");
  });

  test("are never apart by more than a turn while they want more", () => {
    const gifts = fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), gifts, (quantum, counts) => {
        const counter = new Counter(quantum);
        for (const name of ["A", "B", "C"]) counter.want(name, 1000);
        const got = new Map([...counter.wants.keys()].map((name) => [name, 0]));
        for (const count of counts) {
          for (const name of counter.give(count)) got.set(name, got.get(name)! + 1);
          expect(Math.max(...got.values()) - Math.min(...got.values())).toBeLessThanOrEqual(quantum);
          expect(counter.left).toBe(0);
        }
      }),
    );
  });
});

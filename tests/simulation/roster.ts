/**
 * Who comes when, and goes: drawn beforehand from the scenario and the seed, the same in every thread, whatever happens
 * in the run. Hosts are numbered in the order in which they come; the first seed is number 0.
 */
import type { Random } from "../support/random.ts";
import type { Group, Scenario } from "./scenarios.ts";

/** Milliseconds over which peers come when they all come at once. */
const JOIN_WITHIN = 1_000;

export interface Join {
  readonly number: number;
  readonly group: Group;
  /** Milliseconds. */
  readonly at: number;
  /** When it goes, if that does not depend on what happens, and whether without a word. */
  readonly leavesAt: number;
  readonly vanishes: boolean;
}

/** Each peer's group: as many of each as its share says, in random order. */
export function drawGroups(groups: readonly Group[], count: number, random: Random): Group[] {
  const drawn: Group[] = [];
  let upTo = 0;
  for (const group of groups) {
    upTo += group.share;
    while (drawn.length < Math.round(upTo * count)) drawn.push(group);
  }
  for (let at = drawn.length - 1; at > 0; at--) {
    const other = Math.floor(random.next() * (at + 1));
    [drawn[at], drawn[other]] = [drawn[other]!, drawn[at]!];
  }
  return drawn;
}

export class Roster {
  readonly #random: Random;
  readonly #bound: number;
  /** Who will come, soonest first. */
  readonly #coming: { at: number; group: Group }[];
  /** By host number: everyone who has come. */
  readonly #groups: Group[];

  /** `groups`: of the peers that come at first; `bound`: the run's, milliseconds. */
  constructor(scenario: Scenario, groups: readonly Group[], bound: number, random: Random) {
    this.#random = random;
    this.#bound = bound;
    const over = scenario.joinOver === undefined ? JOIN_WITHIN : scenario.joinOver * bound;
    this.#coming = groups.map((group, at) => ({ at: (over * at) / groups.length, group }));
    this.#groups = [{ name: "seed", share: 0, line: scenario.seed }];
  }

  /** When the next one comes; Infinity when nobody does. */
  get next(): number {
    return this.#coming[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** The group of a host that has come. */
  groupOf(number: number): Group | undefined {
    return this.#groups[number];
  }

  /** The next one, who has come from now on; in the place of one who only passes by another will come. */
  take(): Join {
    const { at, group } = this.#coming.shift()!;
    const number = this.#groups.length;
    this.#groups.push(group);
    if (group.stays === undefined)
      return { number, group, at, leavesAt: Number.POSITIVE_INFINITY, vanishes: false };
    const random = this.#random.child(number);
    const [least, most] = group.stays;
    const vanishes = random.next() < 0.5;
    const leavesAt = at + random.between(least, most) * this.#bound;
    const place = this.#coming.findIndex((other) => other.at > leavesAt);
    this.#coming.splice(place < 0 ? this.#coming.length : place, 0, { at: leavesAt, group });
    return { number, group, at, leavesAt, vanishes };
  }
}

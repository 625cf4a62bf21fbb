/** What is simulated: each scenario is a few lines of data. Rates are those of lines that people have. */

import type { Line } from "./network.ts";
import type { Disk } from "./node.ts";

/** What a host does besides, or instead of, what its engine wants. */
export type Behaviour = "honest";

export interface Group {
  readonly name: string;
  /** Part of all peers, the seed apart. */
  readonly share: number;
  readonly line: Line;
  readonly disk?: Disk;
  readonly behaviour?: Behaviour;
}

export interface Scenario {
  readonly name: string;
  readonly sentence: string;
  readonly seed: Line;
  readonly groups: readonly Group[];
  /** What peers start from; the whole description when left out. */
  readonly knows?: "torrent" | "link";
  /** Milliseconds over which peers join, one after the other; all within a second when left out. */
  readonly joinOver?: number;
  /** Most that each figure may be. */
  readonly targets?: Readonly<Record<string, number>>;
}

/** Bytes a second. */
const MBIT = 125_000;

/** A common line: 5 mbit/s up, 50 down, 40 ms round trip between two such hosts. */
const HOME: Line = { up: 5 * MBIT, down: 50 * MBIT, delay: 10, loss: 0 };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "equal",
    sentence: "Everyone has the same line and comes within a second; one seed.",
    seed: HOME,
    groups: [{ name: "peer", share: 1, line: HOME }],
    targets: { lastPeerToBound: 1.15, seedSentToSecondCopy: 1.1, duplicateShare: 0.01 },
  },
];

/**
 * A part of the soak is one thing that must hold however often and whenever it happens. It runs once in each browser
 * that it names, draws its moments from the round's dice, and answers checks: figures beside what they must be. Parts
 * are listed in parts.ts. The short forms that run in `npm test` call the same function with few times.
 */
import type { BrowserKind } from "../support/browsers.ts";
import type { Random } from "../support/random.ts";
import type { TestServer } from "../support/server.ts";

/** One figure, and what it has to be. */
export interface Check {
  /** Such as "bytes that the sender sent". */
  readonly what: string;
  readonly seen: number | string;
  /** Such as "≤ 103000000". */
  readonly wanted: string;
  readonly held: boolean;
}

/** All that a part has for one run in one browser. */
export interface Round {
  readonly kind: BrowserKind;
  /** How often the thing happens. */
  readonly times: number;
  /** The same for the same seed, part and browser. */
  readonly random: Random;
  readonly server: TestServer;
  /** An empty folder of this round's own; it is removed afterwards. */
  readonly directory: string;
  /** Tells how far it is. */
  readonly say: (line: string) => void;
}

export interface SoakPart {
  /** As `--only` names it. */
  readonly name: string;
  /** The claim that must hold. */
  readonly sentence: string;
  readonly browsers: readonly BrowserKind[];
  /** How often the thing happens unless `--times` says otherwise. */
  readonly times: number;
  /** @throws Error where the run cannot go on, or waits in vain */
  run(round: Round): Promise<readonly Check[]>;
}

export function atMost(what: string, seen: number, bound: number): Check {
  return { what, seen, wanted: `≤ ${bound}`, held: seen <= bound };
}

export function equals(what: string, seen: number | string, wanted: number | string): Check {
  return { what, seen, wanted: String(wanted), held: seen === wanted };
}

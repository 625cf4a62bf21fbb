/**
 * The pace of an intake: it works for SLICE milliseconds at a stretch, then lets the page have its turn. Chromium's
 * entries block while they open a file, so 10,000 files at a stretch would freeze the page for seconds. The pace also
 * tells how far the intake is, and ends it when the person cancels.
 */

import { ShoalError } from "../../engine/errors.ts";
import { SLICE } from "../constants.ts";

export interface IntakeProgress {
  /** Files that were found so far. */
  readonly found: number;
  /** Of them, those that were opened. */
  readonly opened: number;
}

export interface IntakeOptions {
  /** Told between slices. */
  readonly progress?: (progress: IntakeProgress) => void;
  /** Makes the intake fail with share/cancelled soon. */
  readonly signal?: AbortSignal;
}

/** The time, in milliseconds, and a wait until other tasks had their turn. */
export interface Turns {
  now(): number;
  next(): Promise<void>;
}

const pageTurns: Turns = {
  now: () => performance.now(),
  // By a message: a timer would wait 4 ms or more.
  next: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    }),
};

export class Pace {
  found: number;
  opened: number;
  readonly #options: IntakeOptions;
  readonly #turns: Turns;
  #since: number;
  #pause: Promise<void> | null;

  constructor(options: IntakeOptions = {}, turns = pageTurns) {
    this.found = 0;
    this.opened = 0;
    this.#options = options;
    this.#turns = turns;
    this.#since = turns.now();
    this.#pause = null;
  }

  /**
   * To be awaited before each small step.
   * @throws ShoalError share/cancelled
   */
  async step(): Promise<void> {
    this.#throwIfCancelled();
    while (this.#turns.now() - this.#since >= SLICE) {
      this.#pause ??= this.#takeTurn();
      await this.#pause;
      this.#throwIfCancelled();
    }
  }

  async #takeTurn(): Promise<void> {
    this.#options.progress?.({ found: this.found, opened: this.opened });
    await this.#turns.next();
    this.#since = this.#turns.now();
    this.#pause = null;
  }

  #throwIfCancelled(): void {
    if (this.#options.signal?.aborted) throw new ShoalError("share/cancelled");
  }
}

/** Does `work` for each item, for at most `atOnce` of them at the same time. Answers in the order of the items. */
export async function inLanes<Item, Result>(
  pace: Pace,
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  let next = 0;
  const runLane = async (): Promise<void> => {
    for (;;) {
      await pace.step();
      const index = next++;
      if (index >= items.length) return;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, runLane));
  return results;
}

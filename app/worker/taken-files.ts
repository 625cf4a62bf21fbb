/**
 * The taken files are files that were found, one by one, to be those of a share. The share takes them in batches, as
 * each batch costs it a write of its whole record, however few files are in it.
 */

import { TAKE_INTERVAL } from "./constants.ts";

export class TakenFiles<Found> {
  /** All that were added. */
  readonly all: Found[];
  readonly #take: (batch: readonly Found[]) => void;
  /** How many of them were taken. */
  #taken: number;
  #lastAt: number;

  constructor(take: (batch: readonly Found[]) => void) {
    this.all = [];
    this.#take = take;
    this.#taken = 0;
    this.#lastAt = performance.now();
  }

  add(found: Found): void {
    this.all.push(found);
    this.handleTime();
  }

  /** Takes those that wait when the last batch is long ago. */
  handleTime(): void {
    if (performance.now() - this.#lastAt >= TAKE_INTERVAL) this.end();
  }

  /** Takes those that wait. */
  end(): void {
    if (this.all.length > this.#taken) this.#take(this.all.slice(this.#taken));
    this.#taken = this.all.length;
    this.#lastAt = performance.now();
  }
}

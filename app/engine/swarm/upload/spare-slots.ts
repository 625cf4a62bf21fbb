/**
 * Unchoke slots beyond those that rates earn, for an uplink that stands idle: peers that are served ask for little
 * (they have most of what we have, or come to us over slow lines) while others wait. Keeps how much of the latest
 * time somebody waited for blocks of ours; who gets a slot is the choker's choice.
 */

import { TICK_STALL } from "../flow/constants.ts";
import { SPARE_INTERVAL, SPARE_KEPT, SPARE_SHARE } from "./constants.ts";

export class SpareSlots {
  /** How many there are now. */
  count: number;
  /** Share of the latest SPARE_INTERVAL, smoothed, in which there was something to send. */
  #busy: number;
  #lookedAt: number;
  #grownAt: number;

  constructor() {
    this.count = 0;
    this.#busy = 1;
    this.#lookedAt = -Infinity;
    this.#grownAt = -Infinity;
  }

  /** To be told at every tick whether there is something to send. */
  handleTick(busy: boolean, now: number): void {
    const elapsed = now - this.#lookedAt;
    this.#lookedAt = now;
    // Who did not look for so long cannot say.
    if (elapsed > TICK_STALL) return;
    const keep = Math.exp(-elapsed / SPARE_INTERVAL);
    this.#busy = this.#busy * keep + Number(busy) * (1 - keep);
  }

  /** Whether one more may be served, besides those that are. */
  isDue(now: number): boolean {
    return this.#busy < SPARE_SHARE && now - this.#grownAt >= SPARE_INTERVAL;
  }

  /** One more is served, for whom `missing` slots were missing. */
  grow(missing: number, now: number): void {
    this.count += missing;
    this.#grownAt = now;
  }

  /** A round of choking begins: while all of the uplink is used, there is one less. */
  handleRound(): void {
    if (this.#busy > SPARE_KEPT) this.count = Math.max(0, this.count - 1);
  }
}

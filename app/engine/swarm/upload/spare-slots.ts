/**
 * Spare slots are unchoke slots beyond those that rates earn, for an uplink that stands idle. An uplink stands idle
 * when the served peers ask for little, because they have most of what we have or have slow lines. Meanwhile others
 * wait.
 *
 * Every tick notes whether there is something to send. The share of the time with something to send, over about the
 * latest second, decides:
 *
 * | share | what follows |
 * | --- | --- |
 * | below 60 % | one more peer is served, once a second at most |
 * | above 90 % at a round of choking | one spare slot is taken back |
 *
 * The choker chooses which peers are served.
 */

import { TICK_STALL } from "../flow/constants.ts";
import { SPARE_INTERVAL, SPARE_KEPT, SPARE_SHARE } from "./constants.ts";

export class SpareSlots {
  /** Spare slots at present. */
  count: number;
  /** Share of the time in which there was something to send, averaged over SPARE_INTERVAL. */
  #busy: number;
  #lookedAt: number;
  #grownAt: number;

  constructor() {
    this.count = 0;
    this.#busy = 1;
    this.#lookedAt = -Infinity;
    this.#grownAt = -Infinity;
  }

  /** To be called with every tick. `busy`: there is something to send. */
  handleTick(busy: boolean, now: number): void {
    const elapsed = now - this.#lookedAt;
    this.#lookedAt = now;
    // A tick this late tells nothing of the time before it.
    if (elapsed > TICK_STALL) return;
    const keep = Math.exp(-elapsed / SPARE_INTERVAL);
    this.#busy = this.#busy * keep + Number(busy) * (1 - keep);
  }

  /** Whether one more peer may be served now. */
  isDue(now: number): boolean {
    return this.#busy < SPARE_SHARE && now - this.#grownAt >= SPARE_INTERVAL;
  }

  /** One more peer is served. `missing`: slots that the choker lacked for it. */
  grow(missing: number, now: number): void {
    this.count += missing;
    this.#grownAt = now;
  }

  /** A round of choking begins: takes one spare slot back if the uplink is busy. */
  handleRound(): void {
    if (this.#busy > SPARE_KEPT) this.count = Math.max(0, this.count - 1);
  }
}

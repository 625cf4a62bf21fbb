/**
 * `OwnLag` tells whether our own computer is late, because it has more to do than it can. While it is late, delays
 * say more of the computer than of networks. Ticks come at even intervals. A tick is late when its interval is much
 * longer than the median of the latest ones. Example: ticks come every 100 ms, and a tick that comes after 130 ms is
 * late.
 */
import { OWN_LAG_COMPARED, TICK_LATE, TICK_LATE_HELD } from "./constants.ts";

export class OwnLag {
  /** Milliseconds between the latest ticks, oldest first. */
  readonly #intervals: number[];
  #tickedAt: number | null;
  /** When the last late tick was. */
  #lateAt: number;

  constructor() {
    this.#intervals = [];
    this.#tickedAt = null;
    this.#lateAt = -Infinity;
  }

  /** To be called once a tick: whether this tick is late, or another was within TICK_LATE_HELD. */
  isLate(now: number): boolean {
    if (this.#tickedAt !== null) {
      const interval = now - this.#tickedAt;
      if (interval > this.#usual + TICK_LATE) this.#lateAt = now;
      this.#intervals.push(interval);
      if (this.#intervals.length > OWN_LAG_COMPARED) this.#intervals.shift();
    }
    this.#tickedAt = now;
    return now - this.#lateAt < TICK_LATE_HELD;
  }

  /** The median of the latest intervals, in milliseconds; Infinity before the first. */
  get #usual(): number {
    const sorted = [...this.#intervals].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Infinity;
  }
}

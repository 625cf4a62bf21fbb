/**
 * Whether our own computer is late: it has more to do than it can, and how long things take says more of it than of
 * networks. Ticks come at even intervals, and one that does not says so.
 */
import { OWN_LAG_COMPARED, TICK_LATE, TICK_LATE_HELD } from "./constants.ts";

export class OwnLag {
  /** Milliseconds between the latest ticks. */
  readonly #intervals: number[];
  #tickedAt: number | null;
  #lateAt: number;

  constructor() {
    this.#intervals = [];
    this.#tickedAt = null;
    this.#lateAt = -Infinity;
  }

  /** To be asked once a tick: whether this one was late, or another was a short while ago. */
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

  /** The middle one; Infinity before the first. */
  get #usual(): number {
    const sorted = [...this.#intervals].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? Infinity;
  }
}

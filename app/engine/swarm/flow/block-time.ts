/** The block time is the time from a request to its block: its mean and its deviation, smoothed as in RFC 6298. */
export class BlockTime {
  #mean: number | null;
  #deviation: number;

  constructor() {
    this.#mean = null;
    this.#deviation = 0;
  }

  /** Milliseconds; null before the first block. */
  get mean(): number | null {
    return this.#mean;
  }

  /** Mean deviation from the mean, in milliseconds; 0 before the first block. */
  get deviation(): number {
    return this.#deviation;
  }

  /** `delay`: milliseconds that the next block took. */
  add(delay: number): void {
    if (this.#mean === null) {
      this.#mean = delay;
      this.#deviation = delay / 2;
    } else {
      this.#deviation += (Math.abs(delay - this.#mean) - this.#deviation) / 4;
      this.#mean += (delay - this.#mean) / 8;
    }
  }
}

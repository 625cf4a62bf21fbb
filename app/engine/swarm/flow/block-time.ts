/** Smoothed milliseconds from a request to its block, and how far blocks are from that: the averages of RFC 6298. */
export class BlockTime {
  #mean: number | null;
  #deviation: number;

  constructor() {
    this.#mean = null;
    this.#deviation = 0;
  }

  /** Null before the first block. */
  get mean(): number | null {
    return this.#mean;
  }

  /** Mean deviation; 0 before the first block. */
  get deviation(): number {
    return this.#deviation;
  }

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

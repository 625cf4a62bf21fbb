/**
 * A rate history keeps one share's transfer rates of the last minute, one sample a second. Once all samples are
 * zeros, no further zeros are taken, so an idle share has nothing new to tell. publisher.ts decides when to take a
 * sample, and told-share.ts knows which samples the tabs have.
 */

import type { RateSamples } from "../bridge/commands.ts";
import { RATE_SAMPLES } from "./constants.ts";

export class RateHistory {
  /** Rings: the sample after the latest takes the place of the oldest. */
  readonly #down: Float32Array;
  readonly #up: Float32Array;
  #taken: number;
  /** Samples of zero that are still to be taken, until the rings hold nothing but zeros. */
  #fading: number;

  constructor() {
    this.#down = new Float32Array(RATE_SAMPLES);
    this.#up = new Float32Array(RATE_SAMPLES);
    this.#taken = 0;
    this.#fading = 0;
  }

  /** Samples taken so far, those included that fell out again. Stands still while there are nothing but zeros. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes the same sample for each of so many seconds. Rates are in bytes a second, and are rounded. */
  add(down: number, up: number, seconds = 1): void {
    const [downBytes, upBytes] = [Math.round(down), Math.round(up)];
    const isZero = downBytes === 0 && upBytes === 0;
    for (let second = 0; second < Math.min(seconds, RATE_SAMPLES); second++) {
      if (isZero && this.#fading === 0) return;
      this.#fading = isZero ? this.#fading - 1 : RATE_SAMPLES;
      const at = this.#taken % RATE_SAMPLES;
      this.#down[at] = downBytes;
      this.#up[at] = upBytes;
      this.#taken++;
    }
  }

  /** The last minute, oldest first; zeros before the first sample. */
  samples(): RateSamples {
    return this.#latest(RATE_SAMPLES);
  }

  /** The samples that were taken after the first `taken` ones, oldest first; those of the last minute at most. */
  since(taken: number): RateSamples {
    return this.#latest(Math.min(this.#taken - taken, RATE_SAMPLES));
  }

  #latest(count: number): RateSamples {
    const first = (this.#taken - count + RATE_SAMPLES) % RATE_SAMPLES;
    return { down: cut(this.#down, first, count), up: cut(this.#up, first, count) };
  }
}

/** `count` samples of a ring from index `first` on. */
function cut(ring: Float32Array, first: number, count: number): Float32Array {
  const samples = new Float32Array(count);
  const head = ring.subarray(first, first + count);
  samples.set(head);
  samples.set(ring.subarray(0, count - head.length), head.length);
  return samples;
}

/**
 * A rate meter tells how many bytes pass in a second, smoothed: an exponential average over a given time constant. A
 * new meter has a short past, and its average is corrected for that, so that the first seconds are not too low. After
 * RATE_SILENCE without bytes the rate is zero.
 */
import { RATE_SILENCE } from "./constants.ts";

export class RateMeter {
  readonly #timeConstant: number;
  /** The sum of all intervals' rates, each by its weight. */
  #weighted: number;
  /** The sum of the weights, which grows from 0 towards 1. */
  #weight: number;
  /** Bytes that passed since `#since` and are not averaged in. */
  #pending: number;
  #since: number;
  /** When bytes were last averaged in. */
  #busyAt: number;
  #total: number;

  /** `timeConstant`: milliseconds after which bytes weigh 1/e of what they weigh when they pass. */
  constructor(now: number, timeConstant: number) {
    this.#timeConstant = timeConstant;
    this.#weighted = 0;
    this.#weight = 0;
    this.#pending = 0;
    this.#since = now;
    this.#busyAt = now;
    this.#total = 0;
  }

  add(bytes: number): void {
    this.#pending += bytes;
    this.#total += bytes;
  }

  /** Bytes since the meter was made. */
  get total(): number {
    return this.#total;
  }

  /** Bytes pass and none are averaged in yet: their rate is not 0, but unknown. */
  get isUnknown(): boolean {
    return this.#weighted === 0 && this.#pending > 0;
  }

  /** Bytes a second. */
  rate(now: number): number {
    this.#fold(now);
    return this.#weight > 0 ? this.#weighted / this.#weight : 0;
  }

  /** Averages in the bytes since the last time. Intervals below 100 ms are mostly noise, and wait. */
  #fold(now: number): void {
    const elapsed = now - this.#since;
    if (elapsed < 100) return;
    const keep = Math.exp(-elapsed / this.#timeConstant);
    const rate = (this.#pending * 1000) / elapsed;
    this.#weighted = this.#weighted * keep + rate * (1 - keep);
    this.#weight = this.#weight * keep + (1 - keep);
    if (this.#pending > 0) this.#busyAt = now;
    else if (now - this.#busyAt > RATE_SILENCE * this.#timeConstant) this.#weighted = 0;
    this.#pending = 0;
    this.#since = now;
  }
}

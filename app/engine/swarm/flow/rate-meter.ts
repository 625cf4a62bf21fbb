import { RATE_SILENCE } from "./constants.ts";

/**
 * How many bytes a second pass, smoothed: an exponential average with a given time constant, corrected for the
 * short past of a new meter so that the first seconds are not too low.
 */
export class RateMeter {
  readonly #timeConstant: number;
  #weighted: number;
  #weight: number;
  #pending: number;
  #since: number;
  /** When bytes were last averaged in. */
  #busyAt: number;
  #total: number;

  /** `timeConstant` in milliseconds: what passed that long ago weighs 1/e of what passes now. */
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

  /** Averages in what passed since the last call; intervals below 100 ms wait, being mostly noise. */
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

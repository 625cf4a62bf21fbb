/**
 * A token bucket: lets so many bytes a second pass, in bursts of at most LIMIT_BURST. A torrent's bucket has the
 * node's as its parent, and bytes pass only where both let them. Without a rate everything passes.
 */
import { LIMIT_BURST } from "../constants.ts";

export class RateLimit {
  readonly #parent: RateLimit | null;
  #rate: number | null;
  #tokens: number;
  #filledAt: number;

  constructor(now: number, parent: RateLimit | null) {
    this.#parent = parent;
    this.#rate = null;
    this.#tokens = 0;
    this.#filledAt = now;
  }

  /** Bytes a second; null: no limit. */
  get rate(): number | null {
    return this.#rate;
  }

  setRate(rate: number | null, now: number): void {
    this.#rate = rate;
    this.#tokens = 0;
    this.#filledAt = now;
  }

  /** Whether bytes may pass now: as long as any token is left, as a block is never split. */
  isOpen(now: number): boolean {
    this.#fill(now);
    return (this.#rate === null || this.#tokens > 0) && (this.#parent?.isOpen(now) ?? true);
  }

  /** Bytes pass. What they take beyond the tokens left is paid back before the next. */
  take(bytes: number): void {
    if (this.#rate !== null) this.#tokens -= bytes;
    this.#parent?.take(bytes);
  }

  #fill(now: number): void {
    if (this.#rate === null) return;
    const burst = (this.#rate * LIMIT_BURST) / 1000;
    this.#tokens = Math.min(burst, this.#tokens + (this.#rate * (now - this.#filledAt)) / 1000);
    this.#filledAt = now;
  }
}

/** The two directions of a torrent or of the whole node. */
export interface RateLimits {
  readonly up: RateLimit;
  readonly down: RateLimit;
}

/**
 * A token bucket: lets so many bytes a second pass, in bursts of at most LIMIT_BURST. A torrent's bucket has the
 * node's as its parent, and bytes pass only where both let them. Without a rate everything passes.
 *
 * A parent deals its tokens out evenly among those that ask, as they come: deficit round robin (Shreedhar, Varghese
 * 1995) with what came since the last look as the quantum. Whoever looked first would have them all otherwise, and that
 * is the torrent with the most peers, which looks most often.
 */
import { LIMIT_BURST } from "./constants.ts";

/** A child's part of the tokens; below zero it owes. */
interface Share {
  tokens: number;
  askedAt: number;
}

export class RateLimit {
  readonly #parent: RateLimit | null;
  /** The children that asked within the latest LIMIT_BURST. */
  readonly #shares: Map<RateLimit, Share>;
  #rate: number | null;
  #tokens: number;
  #filledAt: number;

  constructor(now: number, parent: RateLimit | null) {
    this.#parent = parent;
    this.#shares = new Map();
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
    this.#shares.clear();
  }

  /** Whether bytes may pass now: as long as any token is left, as a block is never split. */
  isOpen(now: number): boolean {
    this.#fill(now);
    if (this.#rate !== null && this.#tokens <= 0) return false;
    return this.#parent === null || this.#parent.#isOpenTo(this, now);
  }

  /** Bytes pass. What they take beyond the tokens left is paid back before the next. */
  take(bytes: number): void {
    if (this.#rate !== null) this.#tokens -= bytes;
    if (this.#parent !== null) this.#parent.#takeFor(this, bytes);
  }

  /** Bytes that were taken do not pass after all. */
  giveBack(bytes: number): void {
    this.take(-bytes);
  }

  #isOpenTo(child: RateLimit, now: number): boolean {
    if (this.#rate === null) return true;
    let share = this.#shares.get(child);
    if (share === undefined) {
      share = { tokens: 0, askedAt: now };
      this.#shares.set(child, share);
    }
    share.askedAt = now;
    this.#fill(now);
    this.#deal(now);
    return share.tokens > 0;
  }

  #takeFor(child: RateLimit, bytes: number): void {
    const share = this.#shares.get(child);
    if (share !== undefined) share.tokens -= bytes;
    this.take(bytes);
  }

  /** What is nobody's yet goes to those that ask, each as much; what one cannot keep is dealt the next time. */
  #deal(now: number): void {
    for (const [child, { askedAt }] of this.#shares)
      if (now - askedAt > LIMIT_BURST) this.#shares.delete(child);
    const count = this.#shares.size;
    const most = this.#burst / count;
    let left = this.#tokens;
    for (const share of this.#shares.values()) {
      share.tokens = Math.min(most, share.tokens);
      left -= share.tokens;
    }
    if (left <= 0) return;
    for (const share of this.#shares.values()) share.tokens = Math.min(most, share.tokens + left / count);
  }

  /** The most tokens that are kept. */
  get #burst(): number {
    return this.#rate === null ? Infinity : (this.#rate * LIMIT_BURST) / 1000;
  }

  #fill(now: number): void {
    if (this.#rate === null) return;
    this.#tokens = Math.min(this.#burst, this.#tokens + (this.#rate * (now - this.#filledAt)) / 1000);
    this.#filledAt = now;
  }
}

/** The two directions of a torrent or of the whole node. */
export interface RateLimits {
  readonly up: RateLimit;
  readonly down: RateLimit;
}

/**
 * A rate limit is a token bucket. A token lets one byte pass. Tokens come at the rate, and at most those of the
 * latest LIMIT_BURST are kept. Without a rate, everything passes. Example: at 100,000 bytes a second, up to 30,000
 * tokens are kept. A block of 16,384 bytes passes while any token is left, and may leave a debt, which new tokens pay
 * first.
 *
 * The limit of a torrent has the node's limit as its parent. Bytes pass when both limits let them. The parent deals
 * the tokens that have come since the last call evenly to the children that asked lately: deficit round robin
 * (Shreedhar, Varghese 1995), with these tokens as the quantum. Without turns, the child that asks first would take
 * all tokens. That would be the torrent with the most peers, because it asks most often.
 */
import { LIMIT_BURST } from "./constants.ts";

/** The tokens that a parent has dealt to one child. */
interface Share {
  /** Bytes; below zero they are owed. */
  tokens: number;
  /** When the child last asked whether it is open. */
  askedAt: number;
}

export class RateLimit {
  readonly #parent: RateLimit | null;
  /** The children that asked within the latest LIMIT_BURST. */
  readonly #shares: Map<RateLimit, Share>;
  #rate: number | null;
  /** Bytes that may pass now, those dealt to children included; below zero they are owed. */
  #tokens: number;
  #filledAt: number;

  /** `parent`: the limit that bytes must pass as well; null for the node's own. */
  constructor(now: number, parent: RateLimit | null) {
    this.#parent = parent;
    this.#shares = new Map();
    this.#rate = null;
    this.#tokens = 0;
    this.#filledAt = now;
  }

  /** Bytes a second; null where there is no limit. */
  get rate(): number | null {
    return this.#rate;
  }

  /** Begins anew, without tokens and without debts. */
  setRate(rate: number | null, now: number): void {
    this.#rate = rate;
    this.#tokens = 0;
    this.#filledAt = now;
    this.#shares.clear();
  }

  /** Whether a block may pass now: any token is enough for it, as a block is never split. */
  isOpen(now: number): boolean {
    this.#fill(now);
    if (this.#rate !== null && this.#tokens <= 0) return false;
    return this.#parent === null || this.#parent.#isOpenTo(this, now);
  }

  /** Bytes pass. Tokens that are missing are owed. */
  take(bytes: number): void {
    if (this.#rate !== null) this.#tokens -= bytes;
    if (this.#parent !== null) this.#parent.#takeFor(this, bytes);
  }

  /** Bytes that were taken did not pass after all. */
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

  /** Deals the tokens that no child has yet. Tokens that a child may not keep are dealt the next time. */
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

  /** The most tokens that are kept: those of LIMIT_BURST. */
  get #burst(): number {
    return this.#rate === null ? Infinity : (this.#rate * LIMIT_BURST) / 1000;
  }

  /** Adds the tokens that have come since the last call. */
  #fill(now: number): void {
    if (this.#rate === null) return;
    this.#tokens = Math.min(this.#burst, this.#tokens + (this.#rate * (now - this.#filledAt)) / 1000);
    this.#filledAt = now;
  }
}

/** The limits of a torrent or of the node, one for each direction. */
export interface RateLimits {
  readonly up: RateLimit;
  readonly down: RateLimit;
}

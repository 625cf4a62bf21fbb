/**
 * How many bytes may be asked of one peer at a time. In a pull protocol the requests under way are the window of
 * congestion control: too few leave the line idle, too many fill its queue, and a data channel whose queue
 * overflows collapses.
 *
 * The window follows delay. The least time from request to block is what the path takes by itself; what blocks take
 * beyond it is queueing that we cause. While that is below the target the window grows, above it shrinks, each round
 * trip towards
 *
 *     under way · (base + target) / (base + queueing) + one block
 *
 * which is FAST TCP's rule (Wei, Jin, Low, Hegde 2006) with a target in time, as LEDBAT has (RFC 6817), in place of
 * most of its target in bytes: the time keeps the queue short whatever the rate, and the block, the same for
 * everybody, is what makes windows that share a line drift towards equal shares. It starts like HyStart++ (RFC 9406):
 * fast growth until the quickest block of a round says that there is a queue, and slower once several blocks in a row
 * waited. That comes earlier: over a long path blocks come in bursts, whose first meet an empty queue until more than
 * the line holds is under way, and what fast growth adds in the round trip until it shows would overflow the queue.
 * Fast growth comes back once several rounds say that there is no queue, as when the first was an association's own, or
 * lanes were added. As in BBR, a base that was not seen for a while is looked for by letting the queue run empty for
 * about a round trip; who shares a line is made to look together by drains.ts, as a newcomer alone would take the
 * others' queue for the path. The first look comes soon after the fast growth, as an association's first blocks wait for
 * its own slow start (LEDBAT++ slows down then, too); unless a ping before them says that the quickest did not. Round
 * trips, not one-way delays: a request and its block are one.
 */
import { BLOCK_LENGTH } from "../../constants.ts";
import {
  REFILL_SHARE,
  REFILL_TIME,
  WINDOW_BASE_LIFETIME,
  WINDOW_BASE_SLACK,
  WINDOW_CALM_ROUNDS,
  WINDOW_FIRST_PROBE,
  WINDOW_GAVE_WAY,
  WINDOW_INITIAL,
  WINDOW_MAX,
  WINDOW_MIN,
  WINDOW_NEAR,
  WINDOW_PROBE_LEAST,
  WINDOW_PROBE_REST,
  WINDOW_ROUND_NEAR,
  WINDOW_ROUND_SAMPLES,
  WINDOW_SLOW_START,
  WINDOW_TARGET_DELAY,
  WINDOW_TARGET_NEAR,
  WINDOW_USED,
} from "./constants.ts";

/**
 * The quickest block of a round, the most that was under way when one of its blocks was asked for, and whether several
 * in a row waited.
 */
interface Round {
  delay: number;
  underWay: number;
  samples: number;
  crowded: boolean;
}

export class RequestWindow {
  #limit: number;
  /** Since when it has known about what the line carries; null while it grows fast to find out. */
  #settledAt: number | null;
  /** Milliseconds that the path takes by itself, and when a block last took no longer. */
  #base: number;
  #baseSeenAt: number;
  /** While the queue is let run empty: since when, and the least delay seen; else null. */
  #drain: { since: number; least: number } | null;
  /** When the queue was last let run empty, if it ever was; and the largest window since. */
  #drainedAt: number | null;
  #peak: number;
  /** Rounds in a row that met no queue although the window was full. */
  #calm: number;
  /** Blocks in a row, up to the last, that waited. */
  #row: number;
  #round: Round;
  #previous: Round | null;
  #roundStart: number;
  #smoothed: number | null;
  #deviation: number;

  /** `first`: bytes that may be under way at first. */
  constructor(now: number, first = WINDOW_INITIAL) {
    this.#limit = first;
    this.#settledAt = null;
    this.#base = Infinity;
    this.#baseSeenAt = now;
    this.#drain = null;
    this.#drainedAt = null;
    this.#peak = first;
    this.#calm = 0;
    this.#row = 0;
    this.#round = { delay: Infinity, underWay: 0, samples: 0, crowded: false };
    this.#previous = null;
    this.#roundStart = now;
    this.#smoothed = null;
    this.#deviation = 0;
  }

  /** Bytes that may be under way. */
  get limit(): number {
    if (this.#drain === null) return Math.floor(this.#limit);
    // Our queue is about the target long. A wait beyond that and the path again is that of packets lost and sent again:
    // taken for a queue it left a ninth of the window, all of it on lanes that stood. Simulated, 8 connections at an RTT
    // of 100 ms: a twentieth of the rate in the next second.
    const queue = Math.min(this.queueingDelay, this.#base + this.#target);
    const share = this.#base / (2 * (this.#base + queue));
    return Math.floor(Math.max(WINDOW_MIN, this.#limit * share));
  }

  /** Whether the queue is let run empty now. */
  get isProbingBase(): boolean {
    return this.#drain !== null;
  }

  /** Bytes under way at or below which more is asked for. */
  get refillBelow(): number {
    const near = this.#smoothed === null || this.#base <= WINDOW_NEAR;
    return this.limit * (1 - (near ? REFILL_SHARE : Math.min(REFILL_SHARE, REFILL_TIME / this.#smoothed!)));
  }

  /** Smoothed milliseconds from request to block; null before the first. RFC 6298's averages. */
  get blockTime(): number | null {
    return this.#smoothed;
  }

  /** Mean deviation of the block time, milliseconds. */
  get deviation(): number {
    return this.#deviation;
  }

  /** Milliseconds that a block takes at least: the path's own delay; null before the first block. */
  get base(): number | null {
    return this.#base === Infinity ? null : this.#base;
  }

  /** Milliseconds of queueing that the requests under way seem to cause. */
  get queueingDelay(): number {
    return this.#base === Infinity ? 0 : Math.max(0, this.#latest.delay - this.#base);
  }

  /** Whether it has found about what the line carries: it no longer grows fast. */
  get isSettled(): boolean {
    return this.#settledAt !== null;
  }

  /** The round that tells most: the present one once it has some blocks, before that whichever had the quicker. */
  get #latest(): Round {
    const previous = this.#previous;
    if (previous === null || this.#round.samples >= WINDOW_ROUND_SAMPLES) return this.#round;
    return this.#round.delay < previous.delay ? this.#round : previous;
  }

  get #target(): number {
    return this.#base <= WINDOW_NEAR ? WINDOW_TARGET_NEAR : WINDOW_TARGET_DELAY;
  }

  /** By how much of itself the window grows in a round trip that met no queue: by the target where one may begin. */
  get #growth(): number {
    const crowded = this.#round.crowded || this.#previous?.crowded;
    return crowded ? Math.min(WINDOW_SLOW_START, this.#target / this.#base) : WINDOW_SLOW_START;
  }

  /** Whether a block that took so many milliseconds met a queue. */
  #waited(delay: number): boolean {
    return delay - this.#base >= this.#target / 2;
  }

  /** A block came: `delay` ms after its request, while `underWay` bytes (itself included) were asked for. */
  handleBlock(delay: number, bytes: number, underWay: number, now: number): void {
    this.#average(delay);
    this.#sample(delay, underWay, now);
    if (this.#drain !== null) {
      this.#drainFurther(this.#drain, delay, now);
      return;
    }
    if (underWay < this.#limit * WINDOW_USED) return;
    if (this.#settledAt === null) {
      if (!this.#waited(this.#latest.delay)) {
        this.#set(this.#limit + bytes * this.#growth);
        return;
      }
      this.#settledAt = now;
    }
    this.#follow(bytes);
  }

  /**
   * Whether it is time to look for the path's own delay again. `roundTrip`: milliseconds that a ping took when nothing
   * was under way; Infinity where none did. A block takes longer by what the line needs for its bytes.
   */
  wantsBaseProbe(now: number, roundTrip = Infinity): boolean {
    if (this.#drain !== null || this.#settledAt === null) return false;
    if (this.#drainedAt === null && this.#waitedFor(roundTrip))
      return now - this.#settledAt > WINDOW_FIRST_PROBE;
    if (now - this.#baseSeenAt > WINDOW_BASE_LIFETIME) return true;
    // It gave way, and the wait is there still: that is not its queue. The path got longer, or a computer is busy.
    const gaveWay = this.#limit < this.#peak * WINDOW_GAVE_WAY && this.queueingDelay > this.#target;
    return gaveWay && now - (this.#drainedAt ?? this.#settledAt) > WINDOW_PROBE_REST;
  }

  /** Whether the quickest block so far may have waited, for a cold association or others' queue. */
  #waitedFor(roundTrip: number): boolean {
    // A ping that took much longer waited itself, and tells nothing.
    return Math.abs(this.#base - roundTrip) >= this.#target / 2;
  }

  /** Lets the queue run empty for about a round trip. All who share a line should do so together. */
  probeBase(now: number): void {
    if (this.isSettled && this.#base !== Infinity) this.#drain ??= { since: now, least: Infinity };
  }

  /** A request was not answered in time: halve, at most once per call site's round. */
  handleTimeout(now: number): void {
    this.#settledAt ??= now;
    this.#set(this.#limit / 2);
  }

  /** Moves towards what the latest round says is right, all the way within about a round trip. */
  #follow(bytes: number): void {
    const { delay, underWay } = this.#latest;
    // What was under way is a round trip old; without a queue the window may go by half of what it is now.
    const isCalm = this.#calm >= WINDOW_CALM_ROUNDS && !this.#waited(delay);
    const from = isCalm ? (this.#limit + underWay) / 2 : underWay;
    const room = isCalm ? Math.max(this.#target, this.#base * this.#growth) : this.#target;
    const wanted = (from * (this.#base + room)) / Math.max(delay, this.#base) + BLOCK_LENGTH;
    const bounded = Math.min(2 * this.#limit, Math.max(this.#limit / 2, wanted));
    this.#set(this.#limit + (bounded - this.#limit) * Math.min(1, bytes / this.#limit));
  }

  #set(limit: number): void {
    this.#limit = Math.min(WINDOW_MAX, Math.max(WINDOW_MIN, limit));
    this.#peak = Math.max(this.#peak, this.#limit);
  }

  #average(delay: number): void {
    if (this.#smoothed === null) {
      this.#smoothed = delay;
      this.#deviation = delay / 2;
    } else {
      this.#deviation += (Math.abs(delay - this.#smoothed) - this.#deviation) / 4;
      this.#smoothed += (delay - this.#smoothed) / 8;
    }
  }

  #sample(delay: number, underWay: number, now: number): void {
    if (delay <= this.#base + WINDOW_BASE_SLACK) {
      this.#base = Math.min(this.#base, delay);
      this.#baseSeenAt = now;
    }
    this.#row = this.#waited(delay) ? this.#row + 1 : 0;
    if (this.#row >= WINDOW_ROUND_SAMPLES) this.#round.crowded = true;
    // A round ends with the first block that was asked for after it began.
    const over = now - delay >= this.#roundStart;
    const long = this.#base > WINDOW_NEAR || now - this.#roundStart >= WINDOW_ROUND_NEAR;
    if (over && long) {
      const { delay: least, underWay: most } = this.#round;
      const full = most >= this.#limit * WINDOW_USED;
      this.#calm = full && !this.#waited(least) ? this.#calm + 1 : 0;
      this.#previous = this.#round;
      this.#round = { delay, underWay, samples: 1, crowded: false };
      this.#roundStart = now;
      return;
    }
    this.#round.samples++;
    this.#round.delay = Math.min(this.#round.delay, delay);
    this.#round.underWay = Math.max(this.#round.underWay, underWay);
  }

  /** The least delay of blocks asked for since the queue began to empty is the path's own from now on. */
  #drainFurther(drain: { since: number; least: number }, delay: number, now: number): void {
    if (now - delay < drain.since) return;
    drain.least = Math.min(drain.least, delay);
    if (now - drain.since < Math.max(WINDOW_PROBE_LEAST, 2 * delay)) return;
    // Grows from here: the rest of the window, asked for at once, would fill the queue at once.
    this.#set(this.limit);
    this.#base = drain.least;
    this.#baseSeenAt = now;
    this.#drain = null;
    this.#drainedAt = now;
    this.#peak = this.#limit;
    this.#calm = 0;
    this.#round = { delay: drain.least, underWay: this.#limit, samples: 0, crowded: false };
    this.#previous = null;
    this.#roundStart = now;
  }
}

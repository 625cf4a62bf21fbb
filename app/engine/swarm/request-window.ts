/**
 * How many bytes may be asked of one peer at a time. In a pull protocol the requests under way are the window of
 * congestion control: too few leave the line idle, too many fill its queue, and a data channel whose queue
 * overflows collapses.
 *
 * The window follows delay, as LEDBAT does (RFC 6817): the least time from request to block seen lately is what
 * the path takes by itself; what a block takes beyond that is queueing that we cause. The window grows while that
 * is under the target and shrinks when above, in proportion. Deviations from the RFC: round trips instead of one-way
 * delays, as a request and its block are one; a slow start that ends at half the target; and no yielding to other
 * traffic beyond the target, as people wait for these transfers.
 */
import {
  WINDOW_BASE_HISTORY,
  WINDOW_GAIN,
  WINDOW_INITIAL,
  WINDOW_MAX,
  WINDOW_MIN,
  WINDOW_NEAR,
  WINDOW_SPAN,
  WINDOW_TARGET_DELAY,
  WINDOW_TARGET_NEAR,
} from "../constants.ts";

/** The base's history is kept in this many slots. */
const BASE_SLOTS = 6;

export class RequestWindow {
  #limit: number;
  #slowStart: boolean;
  /** Least delay of each of the latest slots, milliseconds. */
  #base: number[];
  #slotStart: number;
  /** Least delay of the latest span and of the one before: a queue delays all blocks, a busy computer some. */
  #current: number;
  #previous: number;
  #spanStart: number;
  #smoothed: number | null;
  #deviation: number;

  constructor(now: number) {
    this.#limit = WINDOW_INITIAL;
    this.#slowStart = true;
    this.#base = [];
    this.#slotStart = now;
    this.#current = Infinity;
    this.#previous = Infinity;
    this.#spanStart = now;
    this.#smoothed = null;
    this.#deviation = 0;
  }

  /** Bytes that may be under way. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Smoothed milliseconds from request to block; null before the first. RFC 6298's averages. */
  get blockTime(): number | null {
    return this.#smoothed;
  }

  /** Mean deviation of the block time, milliseconds. */
  get deviation(): number {
    return this.#deviation;
  }

  /** Milliseconds of queueing that the requests under way seem to cause. */
  get queueingDelay(): number {
    if (this.#base.length === 0) return 0;
    return Math.max(0, Math.min(this.#current, this.#previous) - Math.min(...this.#base));
  }

  get #target(): number {
    return Math.min(...this.#base) <= WINDOW_NEAR ? WINDOW_TARGET_NEAR : WINDOW_TARGET_DELAY;
  }

  /** A block came: `delay` ms after its request, while `underWay` bytes (itself included) were asked for. */
  handleBlock(delay: number, bytes: number, underWay: number, now: number): void {
    this.#sample(delay, now);
    if (underWay < this.#limit * 0.6) return;
    const queueing = this.queueingDelay;
    if (this.#slowStart) {
      if (queueing < this.#target / 2) {
        this.#set(this.#limit + bytes);
        return;
      }
      this.#slowStart = false;
    }
    const offTarget = Math.max(-1, (this.#target - queueing) / this.#target);
    this.#set(this.#limit + (WINDOW_GAIN * offTarget * bytes * WINDOW_MIN) / this.#limit);
  }

  /** A request was not answered in time: halve, at most once per call site's round. */
  handleTimeout(): void {
    this.#slowStart = false;
    this.#set(this.#limit / 2);
  }

  #set(limit: number): void {
    this.#limit = Math.min(WINDOW_MAX, Math.max(WINDOW_MIN, limit));
  }

  #sample(delay: number, now: number): void {
    if (this.#smoothed === null) {
      this.#smoothed = delay;
      this.#deviation = delay / 2;
    } else {
      this.#deviation += (Math.abs(delay - this.#smoothed) - this.#deviation) / 4;
      this.#smoothed += (delay - this.#smoothed) / 8;
    }
    if (now - this.#spanStart >= WINDOW_SPAN) {
      this.#previous = this.#current;
      this.#current = delay;
      this.#spanStart = now;
    } else {
      this.#current = Math.min(this.#current, delay);
    }
    if (this.#base.length === 0 || now - this.#slotStart >= WINDOW_BASE_HISTORY / BASE_SLOTS) {
      this.#base.push(delay);
      if (this.#base.length > BASE_SLOTS) this.#base.shift();
      this.#slotStart = now;
    } else if (delay < this.#base[this.#base.length - 1]!) {
      this.#base[this.#base.length - 1] = delay;
    }
  }
}

/**
 * An announce pace bounds how fast one tracker is announced to. A device may have hundreds of shares, and all of them
 * are due when a socket opens. Trackers close a socket on which too much comes at once.
 *
 * The pace lets ANNOUNCE_BURST announces pass at once, and then so many a second that all swarms have their turn within
 * 30 s: a number that grows with the swarms, between two bounds. Example: 200 shares have 400 info-hashes. 50 are
 * announced at once, and the others at 16 a second within 22 s.
 */
import { ANNOUNCE_BURST, ANNOUNCE_RATE_MAX, ANNOUNCE_RATE_MIN, ANNOUNCE_SPREAD } from "./constants.ts";

export class AnnouncePace {
  /** Announces that may be made now; a fraction of one grows. */
  #room: number;
  /** Milliseconds of the host's clock. */
  #filledAt: number;

  constructor() {
    this.#room = ANNOUNCE_BURST;
    this.#filledAt = 0;
  }

  /** The room grows with time. `swarms`: how many the tracker is announced to in all. */
  handleTick(now: number, swarms: number): void {
    const rate = Math.min(ANNOUNCE_RATE_MAX, Math.max(ANNOUNCE_RATE_MIN, swarms / ANNOUNCE_SPREAD));
    this.#room = Math.min(ANNOUNCE_BURST, this.#room + ((now - this.#filledAt) / 1000) * rate);
    this.#filledAt = now;
  }

  get hasRoom(): boolean {
    return this.#room >= 1;
  }

  /** An announce is made. */
  take(): void {
    this.#room -= 1;
  }
}

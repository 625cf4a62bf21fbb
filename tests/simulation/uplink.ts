/**
 * One host's uplink. Every link with something to send gets the same share of the line, as of a fair queue: messages
 * of one link follow each other, those of different links go side by side. Kept as virtual time (the bytes that each
 * busy link has been given so far), so that a message costs a few steps whatever its size.
 */
import type { VirtualClock } from "../support/virtual-clock.ts";

/** Bytes on their way in one direction of one connection. */
export interface Waiting {
  bytes: Uint8Array[];
  /** Bytes on the line, retransmissions included. */
  length: number;
}

/** What a link has queued on its sender's line. */
export interface Lane {
  readonly queue: Waiting[];
}

export class Uplink<Each extends Lane> {
  readonly #clock: VirtualClock;
  readonly #handleSent: (lane: Each, sent: Waiting) => void;
  readonly #busy: Each[];
  /** Virtual time at which the first message of each busy lane has left. */
  readonly #finish: number[];
  /** Bytes a millisecond. */
  readonly #rate: number;
  /** Bytes given to each busy lane so far. */
  #virtual: number;
  #updatedAt: number;
  /** Bytes of small messages that left at once and are still to be paid for. */
  #debt: number;
  #wakeAt: number;

  /** `rate`: bytes a second. `handleSent` is told of each message that has left. */
  constructor(clock: VirtualClock, rate: number, handleSent: (lane: Each, sent: Waiting) => void) {
    this.#clock = clock;
    this.#handleSent = handleSent;
    this.#busy = [];
    this.#finish = [];
    this.#rate = rate / 1000;
    this.#virtual = 0;
    this.#updatedAt = 0;
    this.#debt = 0;
    this.#wakeAt = Number.POSITIVE_INFINITY;
  }

  /** Takes bytes of the line without waiting for it. */
  charge(bytes: number): void {
    this.#advance();
    this.#debt += bytes;
  }

  /** A message was queued on the lane. */
  add(lane: Each): void {
    if (lane.queue.length > 1) return;
    this.#advance();
    this.#finish.push(this.#virtual + lane.queue[0]!.length);
    this.#busy.push(lane);
    this.#plan();
  }

  /** Everything that the lane has queued is lost. */
  drop(lane: Each): void {
    this.#advance();
    lane.queue.length = 0;
    const at = this.#busy.indexOf(lane);
    if (at < 0) return;
    this.#remove(at);
    this.#plan();
  }

  #remove(at: number): void {
    this.#busy.splice(at, 1);
    this.#finish.splice(at, 1);
  }

  #advance(): void {
    const { now } = this.#clock;
    const served = (now - this.#updatedAt) * this.#rate;
    this.#updatedAt = now;
    const paid = Math.min(served, this.#debt);
    this.#debt -= paid;
    if (this.#busy.length > 0) this.#virtual += (served - paid) / this.#busy.length;
  }

  #plan(): void {
    let first = Number.POSITIVE_INFINITY;
    for (const finish of this.#finish) if (finish < first) first = finish;
    if (first === Number.POSITIVE_INFINITY) return;
    const bytes = (first - this.#virtual) * this.#busy.length + this.#debt;
    // A thousandth of a millisecond more, so that rounding cannot leave the message unfinished for ever.
    const wakeAt = this.#clock.now + Math.max(0, bytes) / this.#rate + 0.001;
    if (wakeAt >= this.#wakeAt) return;
    this.#wakeAt = wakeAt;
    this.#clock.at(wakeAt, () => this.#wake(wakeAt));
  }

  #wake(plannedFor: number): void {
    // An earlier time was planned after this one.
    if (plannedFor !== this.#wakeAt) return;
    this.#wakeAt = Number.POSITIVE_INFINITY;
    this.#advance();
    const left: Each[] = [];
    const sent: Waiting[] = [];
    for (let at = 0; at < this.#busy.length; at++) {
      if (this.#finish[at]! > this.#virtual) continue;
      const lane = this.#busy[at]!;
      left.push(lane);
      sent.push(lane.queue.shift()!);
      if (lane.queue.length > 0) {
        this.#finish[at]! += lane.queue[0]!.length;
      } else {
        this.#remove(at--);
      }
    }
    this.#plan();
    for (let at = 0; at < left.length; at++) this.#handleSent(left[at]!, sent[at]!);
  }
}

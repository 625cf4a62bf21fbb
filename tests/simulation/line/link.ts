/**
 * One direction of a line: a rate with a drop-tail queue before it, then delay, and losses at random. Keeps when the
 * last packet will have left. Packets arrive in the order they were sent.
 */

import type { Random } from "../../support/random.ts";
import type { Action, VirtualClock } from "../../support/virtual-clock.ts";

export interface Shape {
  /** Bytes a second; Infinity for no limit. */
  readonly rate: number;
  /** Milliseconds that a packet may wait before the link; what would wait longer is dropped. */
  readonly queue: number;
  /** Milliseconds, one way. */
  readonly delay: number;
  /** Share of packets that are lost, 0..1. */
  readonly loss: number;
}

export class Link {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  #shape: Shape;
  #freeAt: number;
  #lastArrival: number;
  /** Packets dropped at the queue, and lost. */
  dropped: number;
  lost: number;

  constructor(clock: VirtualClock, random: Random, shape: Shape) {
    this.#clock = clock;
    this.#random = random;
    this.#shape = shape;
    this.#freeAt = 0;
    this.#lastArrival = 0;
    this.dropped = 0;
    this.lost = 0;
  }

  /** Milliseconds that a packet sent now would wait. */
  get wait(): number {
    return Math.max(0, this.#freeAt - this.#clock.now);
  }

  get shape(): Shape {
    return this.#shape;
  }

  /** For what is sent from now on. */
  change(shape: Partial<Shape>): void {
    this.#shape = { ...this.#shape, ...shape };
  }

  send(bytes: number, arrive: Action): void {
    const { rate, queue, delay, loss } = this.#shape;
    if (this.wait > queue) {
      this.dropped++;
      return;
    }
    this.#freeAt = this.#clock.now + this.wait + (bytes * 1000) / rate;
    if (loss > 0 && this.#random.next() < loss) {
      this.lost++;
      return;
    }
    this.#lastArrival = Math.max(this.#lastArrival, this.#freeAt + delay);
    this.#clock.at(this.#lastArrival, arrive);
  }
}

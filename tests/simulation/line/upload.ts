/**
 * The sending side in the way of the engine (app/engine/swarm/uploads.ts): each block goes over whichever connection
 * has the least to send, and waits while all have enough. Keeps the blocks that wait.
 */
import { RateMeter } from "../../../app/engine/swarm/rate-meter.ts";
import { sendQueueLimit } from "../../../app/engine/swarm/uploads.ts";
import type { Action, EventQueue } from "../event-queue.ts";
import { Association } from "./association.ts";
import { METER_TIME } from "./constants.ts";
import type { Link } from "./link.ts";

export class Upload {
  readonly connections: Association[];
  readonly #events: EventQueue;
  readonly #waiting: { readonly bytes: number; readonly deliver: Action }[];
  readonly #meter: RateMeter;
  /** When it began to send; the line is in use from then on. */
  #startedAt: number | null;

  /** `connections`: how many, one and its lanes. */
  constructor(events: EventQueue, there: Link, back: Link, connections: number) {
    this.#events = events;
    this.#waiting = [];
    this.#meter = new RateMeter(events.now, METER_TIME);
    this.#startedAt = null;
    const drained = () => events.after(0, () => this.#pump());
    this.connections = Array.from(
      { length: connections },
      () => new Association(events, there, back, drained),
    );
  }

  send(bytes: number, deliver: Action): void {
    this.#waiting.push({ bytes, deliver });
    this.#pump();
  }

  #pump(): void {
    const { now } = this.#events;
    this.#startedAt ??= now;
    while (this.#waiting.length > 0) {
      const freest = this.connections.reduce((a, b) => (b.unsent < a.unsent ? b : a));
      const limit = sendQueueLimit(this.#meter.rate(now), this.connections.length, now - this.#startedAt);
      if (freest.unsent >= limit) return;
      const { bytes, deliver } = this.#waiting.shift()!;
      this.#meter.add(bytes);
      freest.send(bytes, deliver);
    }
  }
}

/**
 * What arrives at the moments of the grid (constants.ts), at all hosts: one event for each moment. Hosts take turns, and
 * each gets all that is for it, in the order in which it was sent: one after the other at random would find the memory
 * of thousands of hosts cold with every message.
 */
import type { EventQueue } from "./event-queue.ts";
import type { Pipe } from "./pipe.ts";

interface Arrival {
  readonly pipe: Pipe;
  readonly messages: Uint8Array[];
}

export class Moments {
  readonly #events: EventQueue;
  /** By time, milliseconds. */
  readonly #arrivals: Map<number, Arrival[]>;
  /** By host: its turn in the moment that is being handled. */
  readonly #turns: number[];

  constructor(events: EventQueue) {
    this.#events = events;
    this.#arrivals = new Map();
    this.#turns = [];
  }

  /** Messages of a pipe arrive at a time, behind those of that pipe that do so already. */
  add(time: number, pipe: Pipe, messages: Uint8Array[]): void {
    const arrivals = this.#arrivals.get(time);
    if (arrivals !== undefined) {
      arrivals.push({ pipe, messages });
      return;
    }
    this.#arrivals.set(time, [{ pipe, messages }]);
    this.#events.at(time, () => this.#handle(time));
  }

  #handle(time: number): void {
    const arrivals = this.#arrivals.get(time)!;
    this.#arrivals.delete(time);
    this.#events.done += arrivals.length - 1;
    // Hosts in the order in which something was sent to them first.
    const turns = this.#turns;
    for (let at = arrivals.length - 1; at >= 0; at--) {
      const { number } = arrivals[at]!.pipe.to;
      while (turns.length <= number) turns.push(0);
      turns[number] = at;
    }
    arrivals.sort((a, b) => turns[a.pipe.to.number]! - turns[b.pipe.to.number]!);
    for (const { pipe, messages } of arrivals) pipe.to.arrive(pipe, messages);
  }
}

/** All hosts' places, and whether the net between them is whole or cut in parts. */
import { Attachment, type Line, type LinkInputs, type Net } from "./attachment.ts";
import type { EventQueue } from "./event-queue.ts";
import { Moments } from "./moments.ts";
import type { Random } from "./random.ts";

export class Network implements Net {
  readonly events: EventQueue;
  readonly moments: Moments;
  readonly random: Random;
  readonly #hosts: Attachment[];
  /** Side of the present partition by host; null when the net is whole. */
  #sides: ((host: number) => number) | null;

  constructor(events: EventQueue, random: Random) {
    this.events = events;
    this.moments = new Moments(events);
    this.random = random;
    this.#hosts = [];
    this.#sides = null;
  }

  attach(line: Line, inputs: LinkInputs): Attachment {
    const host = new Attachment(this, this.#hosts.length, line, inputs);
    this.#hosts.push(host);
    return host;
  }

  host(number: number): Attachment | undefined {
    return this.#hosts[number];
  }

  reaches(a: Attachment, b: Attachment): boolean {
    return this.#sides === null || this.#sides(a.number) === this.#sides(b.number);
  }

  /** Cuts the net in parts: connections between them break once consent expires, new ones cannot be made. */
  split(side: (host: number) => number): void {
    this.#sides = side;
    for (const host of this.#hosts) host.breakCut();
  }

  heal(): void {
    this.#sides = null;
    for (const host of this.#hosts) host.releaseHeld();
  }
}

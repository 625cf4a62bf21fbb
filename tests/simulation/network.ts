/**
 * The net between hosts, or the part of it whose hosts one thread runs. Time passes in windows: what a host sends reaches
 * nobody within `lookahead` milliseconds, so that within a window of that length each host can be let run on its own,
 * one after the other, whatever the others do. So a host's memory is visited once a window, and threads need to meet only
 * between windows. After Chandy and Misra, "Distributed simulation" (IEEE TSE 1979), with a common window in place of
 * null messages.
 */

import type { Random } from "../support/random.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import type { NetworkInputs } from "../support/virtual-host.ts";
import { Attachment, type Line } from "./attachment.ts";
import type { Packet } from "./packet.ts";

/** A time during which hosts of different sides do not reach one another. */
export interface Cut {
  readonly from: number;
  readonly until: number;
  side(host: number): number;
}

/** Somebody whom packets reach. */
export interface Actor {
  readonly clock: VirtualClock;
  take(packet: Packet): void;
}

export class Network {
  /** Milliseconds, above 0. */
  readonly lookahead: number;
  readonly #cut: Cut | null;
  readonly #actors: Map<number, Actor>;
  /** The same in the order of their numbers. */
  readonly #order: Actor[];
  readonly #sendAway: ((packet: Packet) => void) | null;
  /** Everything before it has happened; milliseconds. */
  now: number;

  /** `sendAway`: takes packets to hosts of other threads; null when all are here. */
  constructor(lookahead: number, cut: Cut | null = null, sendAway: ((packet: Packet) => void) | null = null) {
    this.lookahead = lookahead;
    this.#cut = cut;
    this.#actors = new Map();
    this.#order = [];
    this.#sendAway = sendAway;
    this.now = 0;
  }

  /** The place of a host that joins at the time of its clock. */
  attach(number: number, line: Line, inputs: NetworkInputs, clock: VirtualClock, random: Random): Attachment {
    const host = new Attachment(this, number, line, inputs, clock, random);
    this.add(number, host);
    const { now } = clock;
    if (this.#cut === null || now >= this.#cut.until) return host;
    clock.at(Math.max(now, this.#cut.from), () => host.breakCut());
    if (Number.isFinite(this.#cut.until)) clock.at(this.#cut.until, () => host.releaseHeld());
    return host;
  }

  add(number: number, actor: Actor): void {
    this.#actors.set(number, actor);
    this.#order.push(actor);
  }

  /** Whether nothing cuts two hosts off from each other at a time. */
  reaches(a: number, b: number, time: number): boolean {
    const cut = this.#cut;
    return cut === null || time < cut.from || time >= cut.until || cut.side(a) === cut.side(b);
  }

  /** Sends a packet on its way; it reaches nobody within this window. */
  deliver(packet: Packet): void {
    const actor = this.#actors.get(packet.to);
    if (actor !== undefined) actor.take(packet);
    else this.#sendAway?.(packet);
  }

  /** Lets everything happen that is planned for the time until `end`: no more than `lookahead` from the next event. */
  run(end: number): void {
    const actors = this.#order;
    for (let at = 0; at < actors.length; at++) actors[at]!.clock.runUntil(end);
    this.now = end;
  }

  /** When the next event happens; Infinity when there is none. */
  get next(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { clock } of this.#order) if (clock.next < next) next = clock.next;
    return next;
  }

  /** Events that have happened. */
  get done(): number {
    return this.#order.reduce((sum, { clock }) => sum + clock.done, 0);
  }
}

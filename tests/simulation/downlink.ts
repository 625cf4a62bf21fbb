/**
 * One host's downlink: what reaches it is told once it has passed. Small messages come at the moments of the grid
 * (constants.ts), one event for each, and within it sender by sender, in the order in which each sent them; large ones
 * take the line for themselves, one behind the other.
 */

import type { VirtualClock } from "../support/virtual-clock.ts";
import { ARRIVAL_GRID } from "./constants.ts";
import { type Packet, PacketKind } from "./packet.ts";

/** Behind the host's own events of the same time. */
const MOMENT_RANK = 1;

/** Behind those as well, sender by sender; the tracker's number is -1. */
export const FOREIGN_RANK = 3;

/** When something happens at the receiver for a packet: of a small one, the first moment after it came. */
export function happensAt({ kind, time }: Packet): number {
  return kind === PacketKind.small ? (Math.floor(time / ARRIVAL_GRID) + 1) * ARRIVAL_GRID : time;
}

export class Downlink {
  readonly #clock: VirtualClock;
  /** Bytes a second. */
  readonly #rate: number;
  readonly #handle: (packet: Packet) => void;
  /** Small ones, by the moment at which they come, milliseconds. */
  readonly #moments: Map<number, Packet[]>;
  /** When large ones that are on their way have passed. */
  #freeAt: number;

  constructor(clock: VirtualClock, rate: number, handle: (packet: Packet) => void) {
    this.#clock = clock;
    this.#rate = rate;
    this.#handle = handle;
    this.#moments = new Map();
    this.#freeAt = 0;
  }

  /** A packet is to reach the line at its time. */
  take(packet: Packet): void {
    if (packet.kind === PacketKind.large)
      this.#clock.at(packet.time, () => this.#pass(packet), FOREIGN_RANK + packet.from);
    else this.#add(happensAt(packet), packet);
  }

  #pass(packet: Packet): void {
    this.#freeAt = Math.max(this.#clock.now, this.#freeAt) + (packet.length * 1000) / this.#rate;
    this.#clock.at(this.#freeAt, () => this.#handle(packet));
  }

  #add(time: number, packet: Packet): void {
    const packets = this.#moments.get(time);
    if (packets !== undefined) {
      packets.push(packet);
      return;
    }
    this.#moments.set(time, [packet]);
    this.#clock.at(time, () => this.#happen(time), MOMENT_RANK);
  }

  #happen(time: number): void {
    const packets = this.#moments.get(time)!;
    this.#moments.delete(time);
    this.#clock.done += packets.length - 1;
    if (packets.length > 1) packets.sort((a, b) => a.from - b.from);
    for (const packet of packets) this.#handle(packet);
  }
}

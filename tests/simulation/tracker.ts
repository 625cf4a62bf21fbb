/** The tracker's place in the network: what passes on sockets goes as packets, from and to hosts of any thread. */
import type { Random } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { type TrackerWord, VirtualTracker } from "../support/virtual-tracker.ts";
import type { Net } from "./attachment.ts";
import { type Packet, PacketKind, packet, TRACKER_NUMBER } from "./packet.ts";

const KINDS = {
  open: PacketKind.trackerOpen,
  text: PacketKind.trackerText,
  close: PacketKind.trackerClose,
} as const;

/** What passes on a socket as a packet from one host to another, one of which is the tracker. */
export function wordPacket({ kind, text }: TrackerWord, from: number, to: number, time: number): Packet {
  return packet({ kind: KINDS[kind], from, to, time, text });
}

export function wordOf({ kind, text }: Packet): TrackerWord {
  if (kind === PacketKind.trackerOpen) return { kind: "open", text };
  return { kind: kind === PacketKind.trackerText ? "text" : "close", text };
}

export class SimulatedTracker {
  readonly clock: VirtualClock;
  readonly #tracker: VirtualTracker;

  constructor(net: Net, random: Random) {
    this.clock = new VirtualClock();
    this.#tracker = new VirtualTracker(
      this.clock,
      () => random.next(),
      (host, word, time) => net.deliver(wordPacket(word, TRACKER_NUMBER, host, time)),
    );
  }

  take(packet: Packet): void {
    this.clock.at(packet.time, () => this.#tracker.hear(packet.from, wordOf(packet)), packet.from);
  }

  /** Goes down for good, with all sockets. */
  die(): void {
    this.#tracker.setUp(false);
  }
}

/** The tracker's place in the network: what passes on sockets goes as packets, from and to hosts of any thread. */
import type { Random } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { VirtualTracker } from "../support/virtual-tracker.ts";
import type { Net } from "./attachment.ts";
import { type Packet, TRACKER_NUMBER, wordOf, wordPacket } from "./packet.ts";

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

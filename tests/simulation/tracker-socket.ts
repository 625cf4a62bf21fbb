/** One host's socket to the tracker: what it says and hears, each a delay later. */

import type { VirtualClock } from "../support/virtual-clock.ts";
import type { Net } from "./attachment.ts";
import { TRACKER_DELAY } from "./constants.ts";
import { type Packet, PacketKind, packet, TRACKER_NUMBER } from "./packet.ts";

/** What a host hears of its tracker; the same as the engine's inputs. */
export interface TrackerInputs {
  handleTrackerOpened(): void;
  handleTrackerMessage(text: string): void;
  handleTrackerClosed(): void;
}

export class TrackerSocket {
  readonly #net: Net;
  readonly #host: number;
  readonly #delay: number;
  readonly #clock: VirtualClock;
  readonly #inputs: TrackerInputs;
  #open: boolean;

  /** `delay`: milliseconds from the host to the middle of the net. */
  constructor(net: Net, host: number, delay: number, clock: VirtualClock, inputs: TrackerInputs) {
    this.#net = net;
    this.#host = host;
    this.#delay = delay;
    this.#clock = clock;
    this.#inputs = inputs;
    this.#open = false;
  }

  open(): void {
    this.#send(PacketKind.trackerOpen, String(this.#delay));
  }

  send(text: string): void {
    this.#send(PacketKind.trackerText, text);
  }

  /** What was sent before still reaches the tracker; what it has sent is heard no more. */
  close(): void {
    this.#open = false;
    this.#send(PacketKind.trackerClose, "");
  }

  handle({ kind, text }: Packet): void {
    if (kind === PacketKind.trackerOpen) {
      this.#open = true;
      this.#inputs.handleTrackerOpened();
    } else if (kind === PacketKind.trackerText) {
      if (this.#open) this.#inputs.handleTrackerMessage(text);
    } else {
      this.#open = false;
      this.#inputs.handleTrackerClosed();
    }
  }

  #send(kind: PacketKind, text: string): void {
    const time = this.#clock.now + this.#delay + TRACKER_DELAY;
    this.#net.deliver(packet({ kind, from: this.#host, to: TRACKER_NUMBER, time, text }));
  }
}

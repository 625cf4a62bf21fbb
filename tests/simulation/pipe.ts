/**
 * One host's end of a connection: what waits at the host's uplink, and the order in which what comes is told. A channel
 * is reliable and ordered: what overtakes something that came before it waits.
 */
import type { LinkId } from "../../app/engine/link.ts";
import type { Packet } from "./packet.ts";
import type { Lane, Waiting } from "./uplink.ts";

/** The other end, as its description told. */
export interface Remote {
  readonly host: number;
  readonly link: LinkId;
  /** Milliseconds from it to the middle of the net, and its share of packets lost. */
  readonly delay: number;
  readonly loss: number;
}

export class Pipe implements Lane {
  readonly link: LinkId;
  readonly remote: Remote;
  readonly queue: Waiting[];
  /** Bytes queued that have not left. */
  buffered: number;
  /** Bytes queued at which the engine is told that some have left: half, or the worker's low-water mark where that is more. */
  low: number;
  /** Packets that have left. */
  sent: number;
  open: boolean;
  /** What a cut net holds: sent again when it heals, lost when the connection breaks before. */
  readonly held: Waiting[];
  /** Packets that were told to the host, and those that came too early. */
  #told: number;
  readonly #early: Packet[];

  constructor(link: LinkId, remote: Remote) {
    this.link = link;
    this.remote = remote;
    this.queue = [];
    this.buffered = 0;
    this.low = 0;
    this.sent = 0;
    this.open = true;
    this.held = [];
    this.#told = 0;
    this.#early = [];
  }

  /** A packet came. Tells, in order, of each that is not behind a missing one. */
  arrive(packet: Packet, tell: (packet: Packet) => void): void {
    if (packet.order !== this.#told) {
      this.#early.push(packet);
      return;
    }
    this.#told++;
    tell(packet);
    while (this.#early.length > 0) {
      const at = this.#early.findIndex(({ order }) => order === this.#told);
      if (at < 0) return;
      const [next] = this.#early.splice(at, 1);
      this.#told++;
      tell(next!);
    }
  }
}

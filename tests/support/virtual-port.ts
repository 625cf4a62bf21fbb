/**
 * One node's place in a virtual network: its ends of connections, made with descriptions that name their maker, what is
 * queued on each, and its sockets to trackers. Bytes queue at the connection and at the node's uplink, and travel.
 */
import type { LinkEnd, LinkId } from "../../app/engine/link.ts";
import { CHANNEL_LOW_WATER } from "../../app/worker/constants.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import type { HostNetwork, NetworkInputs } from "./virtual-host.ts";
import { TrackerSocket, type TrackerWord, type VirtualTracker } from "./virtual-tracker.ts";

/** Milliseconds until an attempt to connect is given up. */
const CONNECT_TIMEOUT = 15_000;

/** The lines between the nodes. */
export interface Lines {
  /** Milliseconds one way. */
  readonly delay: number;
  /** Bytes a millisecond that one connection carries each way. */
  readonly rate: number;
  /** Bytes a millisecond that one node sends, over all its connections. */
  readonly uplink: number;
}

/** The part of the network that a port needs. */
export interface PortNetwork {
  readonly clock: VirtualClock;
  readonly lines: Lines;
  port(node: number): Port;
  tracker(url: string): VirtualTracker;
}

/** One end of a connection. */
export class End {
  readonly port: Port;
  readonly link: LinkId;
  other: End | null;
  state: "dialing" | "open" | "closed";
  buffered: number;
  /** Bytes buffered at which the engine hears that some have left: the worker's rule. */
  low: number;
  /** When the line is free again. */
  freeAt: number;

  constructor(port: Port, link: LinkId) {
    this.port = port;
    this.link = link;
    this.other = null;
    this.state = "dialing";
    this.buffered = 0;
    this.low = 0;
    this.freeAt = 0;
  }

  open(): void {
    this.state = "open";
    this.port.inputs.handleLinkOpened(this.link);
  }

  /** The connection ends here, and the host hears why. */
  fail(reason: LinkEnd): void {
    if (this.state === "closed") return;
    this.state = "closed";
    this.port.inputs.handleLinkClosed(this.link, reason);
  }
}

export class Port implements HostNetwork {
  readonly number: number;
  /** Whom it tells what comes. */
  readonly inputs: NetworkInputs;
  readonly #network: PortNetwork;
  readonly #ends: Map<LinkId, End>;
  readonly #sockets: Map<string, TrackerSocket>;
  /** When the node's uplink is free again. */
  #freeAt: number;
  /** Nothing leaves it any more, not even what was sent before. */
  isSilent: boolean;

  constructor(network: PortNetwork, number: number, inputs: NetworkInputs) {
    this.number = number;
    this.inputs = inputs;
    this.#network = network;
    this.#ends = new Map();
    this.#sockets = new Map();
    this.#freeAt = 0;
    this.isSilent = false;
  }

  /** Ends that are not closed. */
  get ends(): End[] {
    return [...this.#ends.values()].filter(({ state }) => state !== "closed");
  }

  end(link: LinkId): End {
    let end = this.#ends.get(link);
    if (end === undefined) {
      end = new End(this, link);
      this.#ends.set(link, end);
    }
    return end;
  }

  // --- connections ---

  createOffer(link: LinkId): void {
    const end = this.end(link);
    this.#later(() => {
      if (end.state !== "closed") this.inputs.handleOffer(link, this.#describe(link));
    });
  }

  createAnswer(link: LinkId, sdp: string): void {
    const end = this.end(link);
    end.other = this.#described(sdp);
    this.#later(() => {
      if (end.state !== "closed") this.inputs.handleAnswer(link, this.#describe(link));
    });
    // Nobody accepts the answer: the attempt is given up.
    this.#network.clock.after(CONNECT_TIMEOUT, () => {
      if (end.state === "dialing") end.fail("connect-timeout");
    });
  }

  acceptAnswer(link: LinkId, sdp: string): void {
    const end = this.end(link);
    const other = this.#described(sdp);
    end.other = other;
    this.#later(() => {
      const isGivenUp = end.state === "closed" || other.state === "closed";
      for (const each of [end, other]) {
        if (isGivenUp) each.fail("connect-failed");
        else each.open();
      }
    }, 4);
  }

  #describe(link: LinkId): string {
    return `${this.number}/${link}`;
  }

  /** The end that made a description. */
  #described(sdp: string): End {
    const [node, link] = sdp.split("/").map(Number);
    return this.#network.port(node!).end(link!);
  }

  /** After as many ways through the net. */
  #later(happen: () => void, ways = 1): void {
    this.#network.clock.after(ways * this.#network.lines.delay, happen);
  }

  send(link: LinkId, bytes: Uint8Array, block: Uint8Array | null): void {
    const end = this.end(link);
    if (end.state !== "open") throw new Error(`link ${link} is not open and is sent on`);
    const message = new Uint8Array(Buffer.concat(block === null ? [bytes] : [bytes, block]));
    const { length } = message;
    end.buffered += length;
    end.low = Math.max(CHANNEL_LOW_WATER, end.buffered / 2);
    if (end.freeAt === Infinity) return;
    const { clock, lines } = this.#network;
    end.freeAt = Math.max(end.freeAt, clock.now) + length / lines.rate;
    this.#freeAt = Math.max(end.freeAt, this.#freeAt + length / lines.uplink);
    clock.at(end.freeAt, () => {
      const before = end.buffered;
      end.buffered -= length;
      if (end.state === "open" && before > end.low && end.buffered <= end.low)
        this.inputs.handleDrained(link);
    });
    const { other } = end;
    clock.at(this.#freeAt + lines.delay, () => {
      if (!this.isSilent && other!.state === "open") other!.port.inputs.handleBytes(other!.link, message);
    });
  }

  buffered(link: LinkId): number {
    return this.end(link).buffered;
  }

  closeLink(link: LinkId): void {
    const end = this.end(link);
    const { other, state, freeAt } = end;
    end.state = "closed";
    if (state !== "open") return;
    const { now } = this.#network.clock;
    const left = freeAt === Infinity ? 0 : Math.max(0, freeAt - now);
    this.#network.clock.after(left + this.#network.lines.delay, () => other!.fail("remote-closed"));
  }

  // --- trackers ---

  openTracker(url: string): void {
    this.#socket(url).open();
  }

  sendTracker(url: string, text: string): void {
    this.#socket(url).send(text);
  }

  closeTracker(url: string): void {
    this.#socket(url).close();
  }

  /** The host's socket to a tracker. */
  #socket(url: string): TrackerSocket {
    let socket = this.#sockets.get(url);
    if (socket === undefined) {
      const { clock, lines } = this.#network;
      const tracker = this.#network.tracker(url);
      socket = new TrackerSocket(clock, { url, delay: lines.delay }, this.inputs, (word, time) =>
        clock.at(time, () => tracker.hear(this.number, word)),
      );
      this.#sockets.set(url, socket);
    }
    return socket;
  }

  /** A tracker says something. */
  hear(url: string, word: TrackerWord): void {
    this.#socket(url).hear(word);
  }
}

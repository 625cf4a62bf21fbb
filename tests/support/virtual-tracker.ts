/**
 * A tracker in virtual time, and hosts' sockets to it: the server's own swarm state behind sockets that are only delays.
 * A word of an end carries the time at which the other hears it; how it gets there is left to the network.
 */
import type { TrackerMessage } from "../../app/engine/discovery/tracker-messages.ts";
import { defaultLimits } from "../../signaling/constants.ts";
import { parseClientMessage } from "../../signaling/protocol.ts";
import { SwarmState } from "../../signaling/swarm-state.ts";
import type { Outcome } from "../../signaling/swarms.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Milliseconds between the tracker and the middle of the net, one way. */
export const TRACKER_DELAY = 10;

/** A word of one end of a socket to the other. A host that opens one says in `text` how far it is from the middle, ms. */
export interface TrackerWord {
  readonly kind: "open" | "text" | "close";
  readonly text: string;
}

/** One host's socket, as the tracker knows it. */
interface Socket {
  readonly host: number;
  /** Milliseconds from the host to the middle of the net. */
  readonly delay: number;
}

export class VirtualTracker {
  readonly #clock: VirtualClock;
  readonly #tell: (host: number, word: TrackerWord, time: number) => void;
  readonly #swarms: SwarmState<Socket>;
  /** By host: those that are open. */
  readonly #open: Map<number, Socket>;
  #up: boolean;

  /** `tell`: has a host hear a word at a time. */
  constructor(
    clock: VirtualClock,
    random: () => number,
    tell: (host: number, word: TrackerWord, time: number) => void,
  ) {
    this.#clock = clock;
    this.#tell = tell;
    this.#open = new Map();
    this.#swarms = new SwarmState<Socket>({
      limits: defaultLimits,
      random,
      acceptsOffers: (socket) => this.#isOpen(socket),
    });
    this.#up = true;
  }

  /** Peers in its swarms. */
  get announced(): number {
    return this.#swarms.connectionCount;
  }

  /** Swarms that have peers. */
  get swarmCount(): number {
    return this.#swarms.swarmCount;
  }

  /** Goes down with all its sockets, or comes back. */
  setUp(up: boolean): void {
    this.#up = up;
    if (up) return;
    for (const socket of [...this.#open.values()]) {
      this.#handleClose(socket);
      this.#say(socket, "close");
    }
  }

  /** Hears what a host said. */
  hear(host: number, { kind, text }: TrackerWord): void {
    if (kind === "open") this.#handleOpen({ host, delay: Number(text) });
    const socket = this.#open.get(host);
    if (socket === undefined) return;
    if (kind === "text") this.#handleText(socket, text);
    else if (kind === "close") this.#handleClose(socket);
  }

  #isOpen(socket: Socket): boolean {
    return this.#open.get(socket.host) === socket;
  }

  #handleOpen(socket: Socket): void {
    if (this.#up) this.#open.set(socket.host, socket);
    this.#say(socket, this.#up ? "open" : "close");
  }

  #handleClose(socket: Socket): void {
    this.#open.delete(socket.host);
    this.#swarms.handleLeave(socket, this.#clock.now);
  }

  #handleText(socket: Socket, text: string): void {
    for (const { to, message } of this.#apply(socket, text).deliveries) this.#deliver(to, message);
  }

  #apply(socket: Socket, text: string): Outcome<Socket> {
    const { now } = this.#clock;
    const message = parseClientMessage(text, defaultLimits);
    switch (message.kind) {
      case "announce":
        return this.#swarms.handleAnnounce(socket, message, now);
      case "answer":
        return this.#swarms.handleAnswer(socket, message, now);
      case "signal":
        return this.#swarms.handleSignal(socket, message, now);
      default:
        // The engine says nothing else.
        throw new Error(`the tracker was sent ${text.slice(0, 200)}`);
    }
  }

  #deliver(to: Socket, message: TrackerMessage): void {
    this.#say(to, "text", JSON.stringify(message));
  }

  #say({ host, delay }: Socket, kind: TrackerWord["kind"], text = ""): void {
    this.#tell(host, { kind, text }, this.#clock.now + delay + TRACKER_DELAY);
  }
}

/** The engine's inputs from its tracker. */
export interface TrackerInputs {
  handleTrackerOpened(url: string): void;
  handleTrackerMessage(url: string, text: string): void;
  handleTrackerClosed(url: string): void;
}

/** A host's end of its socket to a tracker. */
export class TrackerSocket {
  readonly #clock: VirtualClock;
  readonly #url: string;
  readonly #delay: number;
  readonly #inputs: TrackerInputs;
  readonly #tell: (word: TrackerWord, time: number) => void;
  #state: "closed" | "opening" | "open";

  /** `delay`: milliseconds from the host to the middle of the net. `tell`: has the tracker hear a word at a time. */
  constructor(
    clock: VirtualClock,
    { url, delay }: { url: string; delay: number },
    inputs: TrackerInputs,
    tell: (word: TrackerWord, time: number) => void,
  ) {
    this.#clock = clock;
    this.#url = url;
    this.#delay = delay;
    this.#inputs = inputs;
    this.#tell = tell;
    this.#state = "closed";
  }

  open(): void {
    this.#state = "opening";
    this.#say("open", String(this.#delay));
  }

  send(text: string): void {
    this.#say("text", text);
  }

  /** Words sent before still reach the tracker. Its own are heard no more. */
  close(): void {
    this.#state = "closed";
    this.#say("close");
  }

  hear({ kind, text }: TrackerWord): void {
    if (this.#state === "closed") return;
    if (kind === "open") {
      this.#state = "open";
      this.#inputs.handleTrackerOpened(this.#url);
    } else if (kind === "close") {
      this.#state = "closed";
      this.#inputs.handleTrackerClosed(this.#url);
    } else if (this.#state === "open") {
      this.#inputs.handleTrackerMessage(this.#url, text);
    }
  }

  #say(kind: TrackerWord["kind"], text = ""): void {
    this.#tell({ kind, text }, this.#clock.now + this.#delay + TRACKER_DELAY);
  }
}

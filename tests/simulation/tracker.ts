/** The tracker of a simulated net: the server's own swarm state behind sockets that are only delays. */
import type { TrackerMessage } from "../../app/engine/discovery/tracker-messages.ts";
import { defaultLimits } from "../../signaling/constants.ts";
import { parseClientMessage } from "../../signaling/protocol.ts";
import { type Outcome, SwarmState } from "../../signaling/swarm-state.ts";
import type { Random } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import type { Net } from "./attachment.ts";
import { TRACKER_DELAY } from "./constants.ts";
import { type Packet, PacketKind, packet, TRACKER_NUMBER } from "./packet.ts";

/** One host's socket, as the tracker knows it. */
interface Socket {
  readonly host: number;
  /** Milliseconds, one way. */
  readonly delay: number;
}

export class SimulatedTracker {
  readonly clock: VirtualClock;
  readonly #net: Net;
  readonly #swarms: SwarmState<Socket>;
  /** By host: those that are open. */
  readonly #open: Map<number, Socket>;
  #dead: boolean;

  constructor(net: Net, random: Random) {
    this.clock = new VirtualClock();
    this.#net = net;
    this.#open = new Map();
    this.#swarms = new SwarmState<Socket>({
      limits: defaultLimits,
      random: () => random.next(),
      acceptsOffers: (socket) => this.#isOpen(socket),
    });
    this.#dead = false;
  }

  take(packet: Packet): void {
    this.clock.at(packet.time, () => this.#handle(packet), packet.from);
  }

  #isOpen(socket: Socket): boolean {
    return this.#open.get(socket.host) === socket;
  }

  #handle({ kind, from, text }: Packet): void {
    if (kind === PacketKind.trackerOpen) this.#handleOpen({ host: from, delay: Number(text) });
    const socket = this.#open.get(from);
    if (socket === undefined) return;
    if (kind === PacketKind.trackerText) this.#handleText(socket, text);
    else if (kind === PacketKind.trackerClose) this.#handleClose(socket);
  }

  #handleOpen(socket: Socket): void {
    if (this.#dead) {
      this.#send(PacketKind.trackerClose, socket);
      return;
    }
    this.#open.set(socket.host, socket);
    this.#send(PacketKind.trackerOpen, socket);
  }

  #handleClose(socket: Socket): void {
    this.#open.delete(socket.host);
    this.#swarms.handleLeave(socket, this.clock.now);
  }

  /** Goes down for good, with all sockets. */
  die(): void {
    this.#dead = true;
    for (const socket of [...this.#open.values()]) {
      this.#handleClose(socket);
      this.#send(PacketKind.trackerClose, socket);
    }
  }

  #handleText(socket: Socket, text: string): void {
    const message = parseClientMessage(text, defaultLimits);
    if (message.kind === "bad") {
      this.#deliver(socket, message.failure);
      return;
    }
    const outcome = this.#apply(socket, message);
    for (const { to, message: delivered } of outcome.deliveries) this.#deliver(to, delivered);
  }

  #apply(
    socket: Socket,
    message: Exclude<ReturnType<typeof parseClientMessage>, { kind: "bad" }>,
  ): Outcome<Socket> {
    const { now } = this.clock;
    switch (message.kind) {
      case "announce":
        return this.#swarms.handleAnnounce(socket, message, now);
      case "answer":
        return this.#swarms.handleAnswer(socket, message, now);
      case "signal":
        return this.#swarms.handleSignal(socket, message, now);
      case "scrape":
        return this.#swarms.handleScrape(socket, message);
    }
  }

  #deliver(to: Socket, message: TrackerMessage): void {
    this.#send(PacketKind.trackerText, to, JSON.stringify(message));
  }

  #send(kind: PacketKind, { host, delay }: Socket, text = ""): void {
    const time = this.clock.now + delay + TRACKER_DELAY;
    this.#net.deliver(packet({ kind, from: TRACKER_NUMBER, to: host, time, text }));
  }
}

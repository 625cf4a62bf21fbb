/** The tracker of a simulated net: the server's own swarm state behind sockets that are only delays. */
import type { TrackerMessage } from "../../app/engine/discovery/tracker-messages.ts";
import { defaultLimits } from "../../signaling/constants.ts";
import { parseClientMessage } from "../../signaling/protocol.ts";
import { type Outcome, SwarmState } from "../../signaling/swarm-state.ts";
import { TRACKER_DELAY } from "./constants.ts";
import type { EventQueue } from "./event-queue.ts";
import type { Random } from "./random.ts";

/** One host's socket, and what it is told. */
export interface TrackerClientSocket {
  /** Milliseconds. */
  readonly delay: number;
  handleTrackerOpened(): void;
  handleTrackerMessage(text: string): void;
  handleTrackerClosed(): void;
}

export class SimulatedTracker {
  readonly #events: EventQueue;
  readonly #swarms: SwarmState<TrackerClientSocket>;
  readonly #open: Set<TrackerClientSocket>;
  #dead: boolean;

  constructor(events: EventQueue, random: Random) {
    this.#events = events;
    this.#open = new Set();
    this.#swarms = new SwarmState<TrackerClientSocket>({
      limits: defaultLimits,
      random: () => random.next(),
      acceptsOffers: (socket) => this.#open.has(socket),
    });
    this.#dead = false;
  }

  open(socket: TrackerClientSocket): void {
    this.#events.after(2 * (socket.delay + TRACKER_DELAY), () => {
      if (this.#dead) {
        socket.handleTrackerClosed();
        return;
      }
      this.#open.add(socket);
      socket.handleTrackerOpened();
    });
  }

  send(socket: TrackerClientSocket, text: string): void {
    this.#events.after(socket.delay + TRACKER_DELAY, () => this.#handleText(socket, text));
  }

  close(socket: TrackerClientSocket): void {
    // Behind what was sent before.
    this.#events.after(socket.delay + TRACKER_DELAY, () => {
      this.#open.delete(socket);
      this.#swarms.handleLeave(socket, this.#events.now);
    });
  }

  /** Goes down for good, with all sockets. */
  die(): void {
    this.#dead = true;
    for (const socket of this.#open) {
      this.#swarms.handleLeave(socket, this.#events.now);
      this.#events.after(socket.delay, () => socket.handleTrackerClosed());
    }
    this.#open.clear();
  }

  #handleText(socket: TrackerClientSocket, text: string): void {
    if (!this.#open.has(socket)) return;
    const message = parseClientMessage(text, defaultLimits);
    if (message.kind === "bad") {
      this.#deliver(socket, message.failure);
      return;
    }
    const outcome = this.#apply(socket, message);
    for (const { to, message: delivered } of outcome.deliveries) this.#deliver(to, delivered);
  }

  #apply(
    socket: TrackerClientSocket,
    message: Exclude<ReturnType<typeof parseClientMessage>, { kind: "bad" }>,
  ): Outcome<TrackerClientSocket> {
    const { now } = this.#events;
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

  #deliver(to: TrackerClientSocket, message: TrackerMessage): void {
    const text = JSON.stringify(message);
    this.#events.after(to.delay + TRACKER_DELAY, () => {
      if (this.#open.has(to)) to.handleTrackerMessage(text);
    });
  }
}

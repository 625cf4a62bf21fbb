/**
 * The tracker takes WebSocket upgrades, hands clients' messages to the swarms, and delivers what follows from them.
 * It keeps all open sockets, and one timer that looks after them.
 */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import { type WebSocket, WebSocketServer } from "ws";
import type { TrustedProxies } from "./client-address.ts";
import { CLOSE_TIMEOUT, CloseCode, type Limits, MAX_BUFFERED_CHUNKS, MAX_FRAGMENTS } from "./constants.ts";
import { type Address, AddressLimits, addressKey } from "./limits.ts";
import { failure } from "./protocol.ts";
import { SwarmState } from "./swarm-state.ts";
import type { Outcome, SwarmOptions, Swarms } from "./swarms.ts";
import { type GoodMessage, TrackerSocket } from "./tracker-socket.ts";

/** Where clients find the tracker. WebTorrent clients are often pointed at a bare host. */
const paths: ReadonlySet<string> = new Set(["/", "/announce"]);

/** Makes what keeps the swarms. */
export type MakeSwarms = (options: SwarmOptions<TrackerSocket>) => Swarms<TrackerSocket>;

export interface TrackerOptions {
  readonly limits: Limits;
  readonly trustedProxies: TrustedProxies;
  readonly log: FastifyBaseLogger;
  /** Left out: they are kept in this process. */
  readonly makeSwarms?: MakeSwarms | undefined;
}

export class Tracker {
  readonly #limits: Limits;
  readonly #trustedProxies: TrustedProxies;
  readonly #log: FastifyBaseLogger;
  readonly #server: WebSocketServer;
  readonly #sockets: Set<TrackerSocket>;
  readonly #swarms: Swarms<TrackerSocket>;
  readonly #addresses: AddressLimits;
  readonly #sweeper: NodeJS.Timeout;
  #closing: boolean;
  #whenEmpty: (() => void) | null;

  constructor({ limits, trustedProxies, log, makeSwarms }: TrackerOptions) {
    this.#limits = limits;
    this.#trustedProxies = trustedProxies;
    this.#log = log;
    const serverOptions = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.messageBytes,
      maxFragments: MAX_FRAGMENTS,
      maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    };
    this.#server = new WebSocketServer(serverOptions);
    this.#sockets = new Set();
    const swarmOptions: SwarmOptions<TrackerSocket> = {
      limits,
      random: Math.random,
      acceptsOffers: (socket) => socket.acceptsOffers,
    };
    this.#swarms = makeSwarms?.(swarmOptions) ?? new SwarmState(swarmOptions);
    this.#addresses = new AddressLimits(limits);
    this.#sweeper = setInterval(() => this.#sweep(), limits.sweep);
    this.#sweeper.unref();
    this.#closing = false;
    this.#whenEmpty = null;
  }

  /** How much it holds. All zero after everybody left. */
  get counts(): { sockets: number; peers: number; swarms: number; addresses: number } {
    return {
      sockets: this.#sockets.size,
      peers: this.#swarms.connectionCount,
      swarms: this.#swarms.swarmCount,
      addresses: this.#addresses.size,
    };
  }

  /** Handles an HTTP server's `upgrade` event. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const key = addressKey(this.#trustedProxies.clientAddress(request));
    const refusal = this.#whyRefused(request);
    const address = refusal ?? this.#addresses.enter(key, performance.now()) ?? 429;
    if (typeof address === "number") {
      socket.end(emptyResponse(address));
      return;
    }
    socket.once("close", () => this.#addresses.leave(key));
    this.#server.handleUpgrade(request, socket, head, (client) => this.#open(client, address));
  }

  /** Takes leave of all clients; resolved when all sockets are closed. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#sweeper);
    if (this.#sockets.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
    for (const socket of this.#sockets) socket.close(CloseCode.restart, "the server is stopping");
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.terminate();
    }, CLOSE_TIMEOUT);
    await empty;
    clearTimeout(cut);
  }

  /** The HTTP status that refuses an upgrade, from whichever address; null for none. */
  #whyRefused(request: IncomingMessage): 404 | 503 | null {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (this.#closing) return 503;
    return paths.has(path) ? null : 404;
  }

  #open(client: WebSocket, address: Address): void {
    const socket = new TrackerSocket(client, address, this.#limits, performance.now(), {
      message: (message) => this.#handle(socket, message),
      failed: (error) => this.#noteFailed(error),
    });
    this.#sockets.add(socket);
    client.on("message", (data, isBinary) => socket.handleFrame(data, isBinary, performance.now()));
    client.on("error", (error) => this.#log.debug({ reason: error.message }, "a client's socket failed"));
    client.on("close", () => {
      this.#sockets.delete(socket);
      // Not before what is being handled: an announce that ends after its connection would leave a peer behind.
      socket.handleClosed(() => this.#leave(socket));
      if (this.#sockets.size === 0) this.#whenEmpty?.();
    });
  }

  #handle(socket: TrackerSocket, message: GoodMessage): void | Promise<void> {
    const outcome = this.#apply(socket, message, performance.now());
    if (outcome instanceof Promise) return outcome.then((settled) => this.#carryOut(message, settled));
    this.#carryOut(message, outcome);
  }

  #apply(
    socket: TrackerSocket,
    message: GoodMessage,
    now: number,
  ): Outcome<TrackerSocket> | Promise<Outcome<TrackerSocket>> {
    switch (message.kind) {
      case "announce": {
        const reason = message.event === "stopped" ? null : socket.whyNotIn(message.infoHash);
        if (reason === null) return this.#swarms.handleAnnounce(socket, message, now);
        return { deliveries: [{ to: socket, message: failure(reason, "announce", message.infoHash) }] };
      }
      case "answer":
        return this.#swarms.handleAnswer(socket, message, now);
      case "signal":
        return this.#swarms.handleSignal(socket, message, now);
      case "scrape":
        return this.#swarms.handleScrape(socket, message);
    }
  }

  #carryOut(message: GoodMessage, { deliveries, contested, joined, left }: Outcome<TrackerSocket>): void {
    for (const { to, message: delivered } of deliveries) to.send(delivered);
    contested?.contest(performance.now());
    if (message.kind !== "announce") return;
    left?.handleLeft(message.infoHash);
    joined?.handleJoined(message.infoHash);
  }

  #leave(socket: TrackerSocket): void {
    const leaving = this.#swarms.handleLeave(socket, performance.now());
    leaving?.catch((error: unknown) => this.#noteFailed(error));
  }

  #noteFailed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#log.error({ reason }, "the swarms failed to handle an input");
  }

  #sweep(): void {
    const now = performance.now();
    for (const socket of this.#sockets) socket.sweep(now);
    this.#addresses.sweep(now);
  }
}

function emptyResponse(status: 404 | 429 | 503): string {
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}

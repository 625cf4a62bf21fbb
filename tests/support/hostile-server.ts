/**
 * A server that serves Shoal and introduces people honestly, until it is told to put somebody else in a peer's place:
 * a real signaling server behind a go-between that reads what passes, keeps some of it back, and adds its own. For two
 * people: the second who comes offers, the first answers. The one who takes somebody's place is in impostor.ts.
 */
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { startServer, type TestServer } from "./server.ts";

/** A message between a client and its tracker, as far as it is read here. */
interface Message {
  action?: string;
  info_hash?: string;
  peer_id?: string;
  to_peer_id?: string;
  offer_id?: string;
  offers?: unknown[];
  answer?: unknown;
  signal?: string;
}

/** A word between two windows about their connection, as far as it is read here. */
interface Signal {
  type: string;
  sdp?: string;
  candidates?: RTCIceCandidateInit[];
}

/** The offer by which the victim and its peer met. */
interface Meeting {
  readonly infoHash: string;
  readonly offerId: string;
  readonly offerer: string;
  readonly answerer: string;
}

export class HostileServer {
  /** The app's address. */
  readonly url: string;
  /** The kinds of what the two told each other through the tracker, in order. */
  readonly signals: string[];
  readonly #honest: TestServer;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #victim: "offerer" | "answerer";
  readonly #clients: Map<string, WebSocket>;
  #first: string | null;
  #meeting: Meeting | null;
  /** Takes what the victim tells its peer, once nothing is passed on any more. */
  #impostor: ((signal: Signal) => void) | null;

  private constructor(honest: TestServer, server: Server, victim: "offerer" | "answerer") {
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}/`;
    this.signals = [];
    this.#honest = honest;
    this.#server = server;
    this.#victim = victim;
    this.#clients = new Map();
    this.#first = null;
    this.#meeting = null;
    this.#impostor = null;
    this.#sockets = new WebSocketServer({ server });
    this.#sockets.on("connection", (client) => this.#join(client));
    server.on("request", (asked, reply) => {
      const { method, url: path = "/", headers } = asked;
      const onward = request(new URL(path, honest.url), { method, headers }, (answer) => {
        reply.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(reply);
      });
      onward.on("error", () => reply.destroy());
      asked.pipe(onward);
    });
  }

  /** `victim`: which end of the connection is to be given another's. */
  static async start(victim: "offerer" | "answerer"): Promise<HostileServer> {
    const honest = await startServer();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new HostileServer(honest, server, victim);
  }

  /** Tells whoever offered, in the other's name, to offer anew. */
  askForRestart(): void {
    const { offerer, answerer } = this.#meeting!;
    this.#tell(offerer, answerer, { type: "restart" });
  }

  /** From now on the victim hears only what is said here, and only `impostor` hears it. */
  comeBetween(impostor: (signal: Signal) => void): void {
    this.#impostor = impostor;
  }

  /** Tells the victim something in its peer's name. */
  lie(signal: Signal): void {
    const { offerer, answerer } = this.#meeting!;
    if (this.#victim === "offerer") this.#tell(offerer, answerer, signal);
    else this.#tell(answerer, offerer, signal);
  }

  async close(): Promise<void> {
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.#honest.close();
  }

  #tell(to: string, from: string, signal: Signal): void {
    const { infoHash, offerId } = this.#meeting!;
    const head = { action: "signal", info_hash: infoHash, peer_id: from, offer_id: offerId };
    this.#clients.get(to)!.send(JSON.stringify({ ...head, signal: JSON.stringify(signal) }));
  }

  #join(client: WebSocket): void {
    const tracker = new WebSocket(this.#honest.tracker);
    const waiting: string[] = [];
    tracker.on("open", () => {
      for (const text of waiting.splice(0)) tracker.send(text);
    });
    client.on("message", (data: RawData) => {
      const text = this.#passOn(client, JSON.parse(String(data)));
      if (text === null) return;
      if (tracker.readyState === WebSocket.OPEN) tracker.send(text);
      else waiting.push(text);
    });
    tracker.on("message", (data: RawData) => {
      if (this.#impostor === null) client.send(String(data));
    });
    client.on("close", () => tracker.close());
    tracker.on("close", () => client.close());
    client.on("error", () => {});
    tracker.on("error", () => {});
  }

  /** The part of a client's message that the honest tracker is given; null for nothing. */
  #passOn(client: WebSocket, message: Message): string | null {
    const { peer_id: peerId = "" } = message;
    if (peerId !== "") this.#clients.set(peerId, client);
    this.#first ??= peerId;
    const signal: Signal | null = message.signal === undefined ? null : JSON.parse(message.signal);
    if (this.#impostor !== null) {
      if (signal !== null && peerId === this.#meeting?.[this.#victim]) this.#impostor(signal);
      return null;
    }
    if (signal !== null) this.signals.push(signal.type);
    if (message.answer !== undefined)
      this.#meeting = {
        infoHash: message.info_hash!,
        offerId: message.offer_id!,
        offerer: message.to_peer_id!,
        answerer: peerId,
      };
    if (message.offers !== undefined && peerId === this.#first) {
      const { offers, ...rest } = message;
      return JSON.stringify({ ...rest, numwant: 0 });
    }
    return JSON.stringify(message);
  }
}

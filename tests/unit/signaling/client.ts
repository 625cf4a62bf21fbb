/** A tracker in this process on a port of its own, and plain clients that say anything and hear everything. */
import { connect } from "node:net";
import { onTestFinished } from "vitest";
import WebSocket from "ws";
import { build } from "../../../signaling/build.ts";
import type { Limits } from "../../../signaling/constants.ts";
import type { MakeSwarms, Tracker } from "../../../signaling/tracker.ts";

export const id = (name: string) => name.padEnd(20, "_");

export interface RunningTracker {
  readonly tracker: Tracker;
  readonly port: number;
  /** Opens a socket; rejects with "HTTP <status>" when the upgrade is refused. */
  open(path?: string, headers?: Record<string, string>): Promise<Client>;
  close(): Promise<void>;
}

/** Closed when the test ends. */
export async function startTracker(
  limits: Partial<Limits> = {},
  trustedProxies: string[] = [],
  makeSwarms?: MakeSwarms,
): Promise<RunningTracker> {
  const app = await build({ iceServers: [], limits, trustedProxies, ...(makeSwarms && { makeSwarms }) });
  onTestFinished(() => app.close());
  const port = Number(new URL(await app.listen({ host: "127.0.0.1", port: 0 })).port);
  return {
    tracker: app.tracker,
    port,
    open: (path = "/announce", headers = {}) => openClient(port, path, headers),
    close: () => app.close(),
  };
}

export class Client {
  readonly socket: WebSocket;
  /** Resolved with "code reason" when the server has closed. */
  readonly closed: Promise<string>;
  readonly #received: unknown[];
  readonly #waiting: ((message: unknown) => void)[];

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.#received = [];
    this.#waiting = [];
    socket.on("message", (data) => {
      const message: unknown = JSON.parse(data.toString());
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#received.push(message);
      else waiting(message);
    });
    socket.on("error", () => socket.terminate());
    this.closed = new Promise((resolve) => {
      socket.once("close", (code, reason) => resolve(`${code} ${reason.toString()}`.trim()));
    });
  }

  /** The messages that came and were not asked for. */
  get unread(): readonly unknown[] {
    return this.#received;
  }

  /** A string goes out as it is, anything else as JSON. */
  send(message: unknown): void {
    this.socket.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next message that was not asked for yet. */
  next(): Promise<unknown> {
    const received = this.#received.shift();
    if (received !== undefined) return Promise.resolve(received);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Sends, and waits for what comes next. */
  ask(message: unknown): Promise<unknown> {
    this.send(message);
    return this.next();
  }

  announce(peer: string, fields: Record<string, unknown> = {}): Promise<unknown> {
    return this.ask({ action: "announce", info_hash: id("film"), peer_id: id(peer), left: 1, ...fields });
  }
}

export function offers(...names: string[]) {
  return names.map((name) => ({ offer_id: id(name), offer: { type: "offer", sdp: `sdp of ${name}` } }));
}

/** Writes bytes on a bare TCP connection; resolved with all that came back once the server has closed it. */
export function exchangeBytes(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    let received = "";
    socket.setEncoding("latin1");
    socket.on("data", (text) => {
      received += text;
    });
    socket.once("error", reject);
    socket.once("close", () => resolve(received));
  });
}

function openClient(port: number, path: string, headers: Record<string, string>): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(new Client(socket)));
    socket.once("unexpected-response", (_request, response) => {
      response.resume();
      reject(new Error(`HTTP ${response.statusCode}`));
    });
    socket.once("error", reject);
  });
}

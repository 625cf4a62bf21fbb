/**
 * The connections are those that this window hosts for the worker, by link. simple-peer and the ICE servers are
 * loaded when the first connection is needed, and signals for a connection wait meanwhile. The engine is told how
 * many connections it may ask for. Connections beyond MAX_CONNECTIONS are refused. The life of one connection is left
 * to connection.ts.
 */

import type { ConnectionCommand, ConnectionEvent } from "../bridge/connections.ts";
import type { LinkEnd, LinkId } from "../engine/link.ts";
import { Connection, type ConnectionOptions, type PeerConstructor } from "./connection.ts";
import { MAX_CONNECTIONS, MAX_EARLY_SIGNALS } from "./constants.ts";
import type { IceServers } from "./ice-servers.ts";
import { errorKind, log } from "./log.ts";

/** Whether this browser makes connections at all: settings and extensions remove or break the constructor. */
export function webrtcAvailable(): boolean {
  try {
    new RTCPeerConnection().close();
    return true;
  } catch {
    return false;
  }
}

async function loadPeer(): Promise<PeerConstructor> {
  return (await import("simple-peer")).default;
}

export class Connections {
  readonly #post: (event: ConnectionEvent, transfer?: Transferable[]) => void;
  readonly #iceServers: IceServers;
  /** Each connection, or the signals that came for it while what it needs is being loaded. */
  readonly #connections: Map<LinkId, Connection | string[]>;

  constructor(post: (event: ConnectionEvent, transfer?: Transferable[]) => void, iceServers: IceServers) {
    this.#post = post;
    this.#iceServers = iceServers;
    this.#connections = new Map();
  }

  /** Live connections, those being made included. */
  get size(): number {
    return this.#connections.size;
  }

  /** Does what the worker says. */
  handle(command: ConnectionCommand): void {
    switch (command.type) {
      case "create-offer":
        void this.#create(command.link, null, command.trickle);
        break;
      case "create-answer":
        void this.#create(command.link, command, command.trickle);
        break;
      case "accept-answer":
        this.#made(command.link)?.accept(command.sdp, command);
        break;
      case "signal":
        this.#passSignal(command.link, command.signal);
        break;
      case "mend":
        this.#made(command.link)?.mend();
        break;
      case "relay-send":
        this.#made(command.link)?.relay(command.data);
        break;
      case "close":
        this.#close(command.link);
        break;
    }
  }

  /** The device is on another network, or back on one. */
  handleNetworkChanged(): void {
    for (const link of this.#connections.keys()) this.#made(link)?.mend();
  }

  /** Closes all, as when the worker is gone. */
  close(): void {
    for (const link of [...this.#connections.keys()]) this.#close(link);
  }

  async #create(link: LinkId, offer: ConnectionOptions["offer"], trickle: boolean): Promise<void> {
    if (this.#connections.size >= MAX_CONNECTIONS) {
      this.#refuse(link, "no-room", "");
      return;
    }
    const signals: string[] = [];
    this.#connections.set(link, signals);
    try {
      const [Peer, iceServers] = await Promise.all([loadPeer(), this.#iceServers.get()]);
      if (!this.#connections.has(link)) return;
      const ended = () => this.#connections.delete(link);
      const connection = new Connection({ link, offer, trickle, iceServers, Peer, post: this.#post, ended });
      if (connection.state === "closed") return;
      this.#connections.set(link, connection);
      for (const signal of signals) connection.handleSignal(signal);
    } catch (error) {
      this.#connections.delete(link);
      this.#refuse(link, webrtcAvailable() ? "connect-failed" : "webrtc-unavailable", errorKind(error));
    }
  }

  #made(link: LinkId): Connection | null {
    const connection = this.#connections.get(link);
    return connection instanceof Connection ? connection : null;
  }

  /**
   * Passes a signal on, or keeps it for a connection that is being made: candidates may come right after their offer.
   */
  #passSignal(link: LinkId, signal: string): void {
    const connection = this.#connections.get(link);
    if (connection instanceof Connection) connection.handleSignal(signal);
    else if (connection !== undefined && connection.length < MAX_EARLY_SIGNALS) connection.push(signal);
  }

  #refuse(link: LinkId, reason: LinkEnd, error: string): void {
    log("connection-not-made", { link, reason, error });
    this.#post({ type: "closed", link, reason });
  }

  #close(link: LinkId): void {
    this.#made(link)?.close();
    this.#connections.delete(link);
  }
}

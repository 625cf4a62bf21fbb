/**
 * The connections that this window hosts for the worker, by link. Loads simple-peer and the ICE servers when the
 * first one is needed, and refuses more than the browser bears: the engine is told how many, and asks for no more. One
 * connection's life is connection.ts.
 */

import type { ConnectionCommand, ConnectionEvent } from "../bridge/connections.ts";
import type { LinkEnd, LinkId } from "../engine/host.ts";
import { Connection, type ConnectionOptions, type PeerConstructor } from "./connection.ts";
import { MAX_CONNECTIONS } from "./constants.ts";
import type { IceServers } from "./ice-servers.ts";
import { log } from "./log.ts";

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
  /** Null while what a connection needs is being loaded. */
  readonly #connections: Map<LinkId, Connection | null>;

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
        this.#connections.get(command.link)?.accept(command.sdp, command);
        break;
      case "signal":
        this.#connections.get(command.link)?.handleSignal(command.signal);
        break;
      case "mend":
        this.#connections.get(command.link)?.mend();
        break;
      case "relay-send":
        this.#connections.get(command.link)?.relay(command.data);
        break;
      case "close":
        this.#close(command.link);
        break;
    }
  }

  /** The device is on another network, or back on one. */
  handleNetworkChanged(): void {
    for (const connection of this.#connections.values()) connection?.mend();
  }

  /** Closes all, as when the worker is gone. */
  close(): void {
    for (const link of [...this.#connections.keys()]) this.#close(link);
  }

  async #create(link: LinkId, offer: ConnectionOptions["offer"], trickle: boolean): Promise<void> {
    if (this.#connections.size >= MAX_CONNECTIONS) {
      this.#refuse(link, "no-room", `${MAX_CONNECTIONS} connections are live`);
      return;
    }
    this.#connections.set(link, null);
    try {
      const [Peer, iceServers] = await Promise.all([loadPeer(), this.#iceServers.get()]);
      if (!this.#connections.has(link)) return;
      const ended = () => this.#connections.delete(link);
      const connection = new Connection({ link, offer, trickle, iceServers, Peer, post: this.#post, ended });
      if (connection.state !== "closed") this.#connections.set(link, connection);
    } catch (error) {
      this.#connections.delete(link);
      this.#refuse(link, webrtcAvailable() ? "connect-failed" : "webrtc-unavailable", String(error));
    }
  }

  #refuse(link: LinkId, reason: LinkEnd, error: string): void {
    log("warn", "connection", "not made", { link, reason, error });
    this.#post({ type: "closed", link, reason });
  }

  #close(link: LinkId): void {
    this.#connections.get(link)?.close();
    this.#connections.delete(link);
  }
}

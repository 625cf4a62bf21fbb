/**
 * One peer connection, from its first description to its end: simple-peer negotiates, the bulk channel goes to the
 * worker in the task that creates it, and simple-peer's own channel is relayed. Keeps the state and the timeouts;
 * which connections there are is left to connections.ts, what the bytes mean to the worker.
 */

import type SimplePeer from "simple-peer";
import type { ConnectionEvent } from "../bridge/connections.ts";
import type { LinkEnd, LinkId } from "../engine/host.ts";
import {
  BULK_CHANNEL_ID,
  CONNECT_TIMEOUT,
  DISCONNECTED_LIMIT,
  RELAY_LOW_WATER,
  RELAY_MESSAGE_LENGTH,
} from "./constants.ts";
import { awaitDescription } from "./description.ts";
import { log } from "./log.ts";
import { readRoute } from "./route.ts";

export type ConnectionState =
  /** Making the description. */
  | "gathering"
  /** The offer is out; nobody has answered it yet. */
  | "offered"
  /** Both descriptions are known. */
  | "connecting"
  | "connected"
  | "closed";

/** simple-peer's class, loaded when the first connection is made. */
export type PeerConstructor = new (options: SimplePeer.Options) => SimplePeer.Instance;

/** What simple-peer 9.11.1 keeps to itself and is needed here. */
interface PeerInternals {
  /** Missing when the browser refused to make a connection. */
  readonly _pc?: RTCPeerConnection | null;
  readonly _channel: RTCDataChannel | null;
}
type Peer = SimplePeer.Instance & PeerInternals;

export interface ConnectionOptions {
  readonly link: LinkId;
  /** The remote offer to answer; null to make an offer. */
  readonly offer: string | null;
  /** Whether to make the bulk channel: always when offering, as nobody knows yet who will answer. */
  readonly bulk: boolean;
  readonly iceServers: RTCIceServer[];
  readonly Peer: PeerConstructor;
  readonly post: (event: ConnectionEvent, transfer?: Transferable[]) => void;
  /** The connection is over, for whatever reason. */
  readonly ended: () => void;
}

export class Connection {
  readonly #link: LinkId;
  readonly #peer: Peer;
  readonly #post: ConnectionOptions["post"];
  readonly #ended: () => void;
  #state: ConnectionState;
  #timeout: ReturnType<typeof setTimeout> | undefined;
  #disconnected: ReturnType<typeof setTimeout> | undefined;
  #stopDescribing: () => void;
  /** Messages given to simple-peer's channel. */
  #relayed: number;

  constructor(options: ConnectionOptions) {
    const { link, offer, bulk, iceServers, Peer, post } = options;
    this.#link = link;
    this.#post = post;
    this.#ended = options.ended;
    this.#state = "gathering";
    this.#stopDescribing = () => {};
    this.#relayed = 0;
    this.#peer = new Peer({ initiator: offer === null, trickle: true, config: { iceServers } }) as Peer;
    this.#peer.on("connect", () => this.#handleConnect());
    this.#peer.on("error", (error) => this.#handleError(error));
    this.#peer.on("close", () => this.#end(this.#state === "connected" ? "remote-closed" : "connect-failed"));
    this.#setTimeout();
    const connection = this.#peer._pc;
    if (!connection) return;
    if (bulk) this.#handOverBulkChannel(connection);
    connection.addEventListener("iceconnectionstatechange", () => this.#handleIceState(connection));
    this.#stopDescribing = awaitDescription(connection, (sdp) =>
      this.#handleDescription(sdp, offer === null),
    );
    if (offer !== null) this.#peer.signal({ type: "offer", sdp: offer });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Completes an offered connection. An answer to an offer that was answered already changes nothing. */
  accept(sdp: string): void {
    if (this.#state !== "offered") return;
    this.#become("connecting");
    this.#setTimeout();
    this.#peer.signal({ type: "answer", sdp });
  }

  /** Sends one message on simple-peer's own channel. */
  relay(data: ArrayBuffer): void {
    const channel = this.#peer._channel;
    if (this.#state !== "connected" || !channel) return;
    try {
      channel.send(data);
    } catch (error) {
      this.#peer.destroy(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#relayed++;
    this.#tellBuffered(channel);
  }

  /** Closes it because the worker said so: no event follows. */
  close(): void {
    if (this.#state === "closed") return;
    this.#finish("closed by the worker");
  }

  /** A channel can be transferred only in the task that created it, and before it sent anything. */
  #handOverBulkChannel(connection: RTCPeerConnection): void {
    const channel = connection.createDataChannel("bulk", { negotiated: true, id: BULK_CHANNEL_ID });
    try {
      this.#post({ type: "channel", link: this.#link, channel }, [channel as unknown as Transferable]);
    } catch (error) {
      this.#peer.destroy(new Error(`this browser cannot transfer a data channel: ${error}`));
    }
  }

  #handleDescription(sdp: string, initiator: boolean): void {
    if (initiator) {
      clearTimeout(this.#timeout);
      this.#become("offered");
      this.#post({ type: "offer", link: this.#link, sdp });
    } else {
      this.#become("connecting");
      this.#setTimeout();
      this.#post({ type: "answer", link: this.#link, sdp });
    }
  }

  #handleConnect(): void {
    const { _pc: connection, _channel: channel } = this.#peer;
    if (this.#state === "closed" || !connection || !channel) return;
    clearTimeout(this.#timeout);
    this.#become("connected");
    const limit = connection.sctp?.maxMessageSize ?? RELAY_MESSAGE_LENGTH;
    const maxMessageLength = Math.min(limit, RELAY_MESSAGE_LENGTH);
    this.#post({ type: "relay-open", link: this.#link, maxMessageLength });
    this.#peer.on("data", (data: Uint8Array) => this.#handleData(data));
    channel.bufferedAmountLowThreshold = RELAY_LOW_WATER;
    channel.addEventListener("bufferedamountlow", () => this.#tellBuffered(channel));
    void this.#tellRoute(connection);
  }

  /** Hands a relayed message's bytes over; copies them only when simple-peer gave a part of a larger buffer. */
  #handleData(bytes: Uint8Array): void {
    if (this.#state !== "connected") return;
    const whole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
    const data = (whole ? bytes.buffer : bytes.slice().buffer) as ArrayBuffer;
    this.#post({ type: "relay-data", link: this.#link, data }, [data]);
  }

  #tellBuffered(channel: RTCDataChannel): void {
    if (this.#state !== "connected") return;
    this.#post({
      type: "relay-buffered",
      link: this.#link,
      bytes: channel.bufferedAmount,
      taken: this.#relayed,
    });
  }

  async #tellRoute(connection: RTCPeerConnection): Promise<void> {
    const route = await readRoute(connection).catch(() => "unknown" as const);
    if (this.#state !== "connected") return;
    log("debug", "connection", "route", { link: this.#link, route });
    this.#post({ type: "route", link: this.#link, route });
  }

  /** A peer whose device vanished says nothing: ICE notices, and may yet recover. */
  #handleIceState(connection: RTCPeerConnection): void {
    clearTimeout(this.#disconnected);
    if (connection.iceConnectionState !== "disconnected") return;
    this.#disconnected = setTimeout(() => this.#end("remote-closed"), DISCONNECTED_LIMIT);
  }

  #handleError(error: Error): void {
    log("debug", "connection", "error", { link: this.#link, error: error.message });
  }

  #setTimeout(): void {
    clearTimeout(this.#timeout);
    this.#timeout = setTimeout(() => this.#end("connect-timeout"), CONNECT_TIMEOUT);
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    log("debug", "connection", state, { link: this.#link });
  }

  #end(reason: LinkEnd): void {
    if (this.#state === "closed") return;
    this.#finish(reason);
    this.#post({ type: "closed", link: this.#link, reason });
  }

  #finish(reason: string): void {
    this.#state = "closed";
    log("debug", "connection", "closed", { link: this.#link, reason });
    clearTimeout(this.#timeout);
    clearTimeout(this.#disconnected);
    this.#stopDescribing();
    this.#peer.destroy();
    this.#ended();
  }
}

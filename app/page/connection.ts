/**
 * A connection is one RTCPeerConnection, from its first description to its end. simple-peer negotiates it. Its bulk
 * channel goes to the worker in the task that creates it. Messages of simple-peer's own channel are relayed to and
 * from the worker.
 *
 * | state | begins | ends |
 * | --- | --- | --- |
 * | gathering | when the connection is made | when its description is handed out |
 * | offered | when our offer is out | with the first answer |
 * | connecting | when both descriptions are known | when simple-peer's channel is open |
 * | connected | when that channel is open | when an end closes it, or its path is lost and no other is found |
 * | closed | with the end | |
 *
 * *Gathering* and *connecting* may take CONNECT_TIMEOUT each. Then the connection has failed.
 *
 * If signals can reach the other end, a description leaves at once, and candidates follow as signals. Otherwise, a
 * description is handed out once it has the candidates that can be expected (session-description.ts).
 *
 * When a connected path breaks, and signals can reach the other end, another path is looked for (ice-restart.ts).
 * Without signals, the connection ends after DISCONNECTED_LIMIT.
 *
 * connections.ts keeps the list of connections. The worker knows what the bytes mean.
 */

import type SimplePeer from "simple-peer";
import type { ConnectionEvent, Route } from "../bridge/connections.ts";
import type { LinkEnd, LinkId, OtherEnd } from "../engine/link.ts";
import { Candidates } from "./candidates.ts";
import {
  BULK_CHANNEL_ID,
  CONNECT_TIMEOUT,
  DISCONNECTED_LIMIT,
  RELAY_LOW_WATER,
  RELAY_MESSAGE_LENGTH,
} from "./constants.ts";
import { PinnedFingerprint } from "./fingerprints.ts";
import { IceRestart, type NegotiatingPeer } from "./ice-restart.ts";
import { hasRelay } from "./ice-servers.ts";
import { errorKind, log } from "./log.ts";
import { guardRelay } from "./relay-guard.ts";
import { RouteWatch } from "./route-watch.ts";
import { awaitDescription } from "./session-description.ts";
import { decodeSignal, encodeSignal, type Signal } from "./signal.ts";

export type ConnectionState =
  /** Making the description. */
  | "gathering"
  /** The offer is out, and nobody has answered it yet. */
  | "offered"
  /** Both descriptions are known. */
  | "connecting"
  | "connected"
  | "closed";

/** simple-peer's class, which is loaded when the first connection is made. */
export type PeerConstructor = new (options: SimplePeer.Options) => SimplePeer.Instance;

/** Fields that simple-peer 9.11.1 keeps to itself, and that are needed here. */
interface PeerInternals {
  /** Missing when the browser refused to make a connection. */
  readonly _pc?: RTCPeerConnection | null;
  readonly _channel: RTCDataChannel | null;
}
type Peer = NegotiatingPeer & PeerInternals;

export interface ConnectionOptions {
  readonly link: LinkId;
  /** The remote offer to answer; null to make an offer. */
  readonly offer: { readonly sdp: string; readonly shoal: boolean } | null;
  /** The peer that gets the description can be told more as soon as it has it. */
  readonly trickle: boolean;
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
  readonly #iceServers: readonly RTCIceServer[];
  readonly #candidates: Candidates;
  readonly #ended: () => void;
  readonly #trickle: boolean;
  readonly #fingerprint: PinnedFingerprint;
  #state: ConnectionState;
  #timeout: ReturnType<typeof setTimeout> | undefined;
  #disconnected: ReturnType<typeof setTimeout> | undefined;
  /** Null until it is connected. */
  #routeWatch: RouteWatch | null;
  /** ICE has no path at the moment. */
  #pathLost: boolean;
  /** Null while the other end cannot be told anything. */
  #restart: IceRestart | null;
  #stopDescribing: () => void;
  /** Messages given to simple-peer's channel. */
  #relayed: number;

  constructor(options: ConnectionOptions) {
    const { link, offer, trickle, iceServers, Peer, post } = options;
    this.#link = link;
    this.#post = post;
    this.#iceServers = iceServers;
    this.#ended = options.ended;
    this.#trickle = trickle;
    this.#fingerprint = new PinnedFingerprint();
    this.#state = "gathering";
    this.#stopDescribing = () => {};
    this.#relayed = 0;
    this.#routeWatch = null;
    this.#pathLost = false;
    this.#restart = null;
    this.#candidates = new Candidates((candidates) => this.#tell({ type: "candidates", candidates }));
    this.#peer = new Peer({ initiator: offer === null, trickle: true, config: { iceServers } }) as Peer;
    this.#peer.on("connect", () => this.#handleConnect());
    this.#peer.on("error", (error) => this.#handleError(error));
    this.#peer.on("close", () => this.#handleClose());
    this.#setTimeout();
    const connection = this.#peer._pc;
    if (!connection) return;
    // An offering end always has the channel, as nobody knows yet who will answer.
    if (offer === null || offer.shoal) this.#handOverBulkChannel(connection);
    guardRelay(connection, this.#peer._channel, () => this.#end("protocol-error"));
    connection.addEventListener("iceconnectionstatechange", () => this.#handleIceState(connection));
    this.#peer.on("signal", (signal) => this.#handleSignal(signal));
    if (!trickle)
      this.#stopDescribing = awaitDescription(connection, iceServers, (sdp) =>
        this.#handleDescription(sdp, offer === null ? "offer" : "answer"),
      );
    if (offer === null) return;
    if (trickle) this.#restart = this.#makeRestart(connection, false);
    if (this.#isGood(offer.sdp)) this.#peer.signal({ type: "offer", sdp: offer.sdp });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Completes an offered connection. An answer to an offer that was answered already changes nothing. */
  accept(sdp: string, { trickle }: OtherEnd): void {
    const { _pc: connection } = this.#peer;
    if (this.#state !== "offered" || !connection) return;
    if (!this.#isGood(sdp)) return;
    this.#stopDescribing();
    this.#become("connecting");
    this.#setTimeout();
    this.#tellBound(connection.localDescription?.sdp ?? "");
    this.#peer.signal({ type: "answer", sdp });
    if (!trickle) return;
    this.#restart = this.#makeRestart(connection, true);
    this.#candidates.start();
  }

  /** Handles a signal of the other end's: a stranger's text. */
  handleSignal(text: string): void {
    const signal = decodeSignal(text);
    const { _pc: connection } = this.#peer;
    if (signal === null || !connection || !this.#restart) return;
    this.#routeWatch?.expectChange();
    if (signal.type !== "candidates") {
      if (signal.type === "restart" || this.#isGood(signal.sdp)) this.#restart.handleSignal(signal);
      return;
    }
    for (const candidate of signal.candidates) {
      connection
        .addIceCandidate(candidate)
        .catch((error) => log("connection-candidate-refused", { link: this.#link, error: errorKind(error) }));
    }
    this.#restart.handleCandidates();
  }

  /** Looks for another path, if the other end can be told: the path may be gone before ICE notices. */
  mend(): void {
    if (this.#state !== "connected") return;
    this.#restart?.begin();
    this.#routeWatch?.expectChange();
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

  /** Closes the connection because the worker said so. No event follows. */
  close(): void {
    if (this.#state === "closed") return;
    this.#finish("given-up");
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

  /** Whether a description of the other end's may be used. If not, the connection ends. */
  #isGood(sdp: string): boolean {
    const verdict = this.#fingerprint.check(sdp);
    if (verdict === "another") this.#end("not-trusted");
    if (verdict === "malformed") this.#end(this.#state === "connected" ? "protocol-error" : "connect-failed");
    return verdict === "good";
  }

  #makeRestart(connection: RTCPeerConnection, initiator: boolean): IceRestart {
    return new IceRestart({
      peer: this.#peer,
      connection,
      initiator,
      candidates: this.#candidates,
      tell: (signal) => this.#tell(signal),
    });
  }

  /** `sdp`: our own description. */
  #tellBound(sdp: string): void {
    this.#post({ type: "bound", link: this.#link, fingerprints: this.#fingerprint.withOwn(sdp) });
  }

  #tell(signal: Signal): void {
    this.#post({ type: "signal", link: this.#link, signal: encodeSignal(signal) });
  }

  /**
   * Handles what simple-peer wants the other end to be told. Its first description is left to awaitDescription,
   * unless it leaves at once.
   */
  #handleSignal(signal: SimplePeer.SignalData): void {
    if (signal.type === "candidate") {
      // The two declarations of the same dictionary differ in name only.
      this.#candidates.add(signal.candidate as RTCIceCandidateInit);
    } else if (signal.type === "offer" || signal.type === "answer") {
      if (this.#state === "connecting" || this.#state === "connected")
        this.#restart?.handleDescription(signal.type, signal.sdp!);
      else if (this.#trickle) this.#handleDescription(signal.sdp!, signal.type);
    }
  }

  #handleDescription(sdp: string, type: "offer" | "answer"): void {
    if (this.#state === "gathering") {
      this.#become(type === "offer" ? "offered" : "connecting");
      if (type === "offer") clearTimeout(this.#timeout);
      else this.#setTimeout();
    }
    this.#candidates.clear();
    // The other end can send nothing before it has our answer.
    if (type === "answer") this.#tellBound(sdp);
    this.#post({ type, link: this.#link, sdp });
    if (this.#trickle) this.#candidates.start();
  }

  #handleConnect(): void {
    const { _pc: connection, _channel: channel } = this.#peer;
    if (this.#state === "closed" || !connection || !channel) return;
    // The other end's description sets the limit, even to 1 or -1. A peer that cannot take a block cannot take part.
    const limit = connection.sctp?.maxMessageSize ?? RELAY_MESSAGE_LENGTH;
    if (!(limit >= RELAY_MESSAGE_LENGTH)) {
      this.#end("protocol-error");
      return;
    }
    clearTimeout(this.#timeout);
    this.#become("connected");
    this.#post({ type: "relay-open", link: this.#link, maxMessageLength: RELAY_MESSAGE_LENGTH });
    this.#peer.on("data", (data: Uint8Array) => this.#handleData(data));
    channel.bufferedAmountLowThreshold = RELAY_LOW_WATER;
    channel.addEventListener("bufferedamountlow", () => this.#tellBuffered(channel));
    this.#routeWatch = new RouteWatch(connection, (route) => this.#tellRoute(route));
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

  #tellRoute(route: Route): void {
    log("connection-route", { link: this.#link, route });
    this.#post({ type: "route", link: this.#link, route });
  }

  /**
   * Handles a change of ICE. A peer whose device vanished says nothing, but ICE notices. ICE may recover by itself,
   * or be helped to.
   */
  #handleIceState(connection: RTCPeerConnection): void {
    clearTimeout(this.#disconnected);
    const ice = connection.iceConnectionState;
    log("connection-ice", { link: this.#link, state: ice });
    this.#pathLost = ice === "disconnected";
    if (ice === "connected" || ice === "completed") {
      this.#restart?.stop();
      this.#routeWatch?.handleChange();
    }
    if (ice !== "disconnected" || this.#state !== "connected") return;
    if (this.#restart) this.#restart.begin();
    else this.#disconnected = setTimeout(() => this.#end("lost"), DISCONNECTED_LIMIT);
  }

  #handleClose(): void {
    if (this.#state === "connected") this.#end(this.#pathLost ? "lost" : "remote-closed");
    else this.#end(this.#pathLost ? this.#whyNotConnected("connect-failed") : "connect-failed");
  }

  /**
   * Why the connection was not made: if both ends were there and no relay is known, their networks let nothing
   * through.
   */
  #whyNotConnected(reason: "connect-failed" | "connect-timeout"): LinkEnd {
    return this.#state === "connecting" && !hasRelay(this.#iceServers) ? "no-route" : reason;
  }

  /** Notes a failure of ICE. simple-peer hears of it first, and then closes the connection. */
  #handleError(error: Error & { readonly code?: string }): void {
    if (error.code === "ERR_ICE_CONNECTION_FAILURE" || error.code === "ERR_CONNECTION_FAILURE")
      this.#pathLost = true;
    log("connection-error", { link: this.#link, error: errorKind(error) });
  }

  #setTimeout(): void {
    clearTimeout(this.#timeout);
    this.#timeout = setTimeout(() => this.#end(this.#whyNotConnected("connect-timeout")), CONNECT_TIMEOUT);
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    log("connection-state", { link: this.#link, state });
  }

  #end(reason: LinkEnd): void {
    if (this.#state === "closed") return;
    this.#finish(reason);
    this.#post({ type: "closed", link: this.#link, reason });
  }

  #finish(reason: LinkEnd | "given-up"): void {
    this.#state = "closed";
    log("connection-closed", { link: this.#link, reason });
    clearTimeout(this.#timeout);
    clearTimeout(this.#disconnected);
    this.#routeWatch?.stop();
    this.#restart?.stop();
    this.#candidates.stop();
    this.#stopDescribing();
    this.#peer.destroy();
    this.#ended();
  }
}

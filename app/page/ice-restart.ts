/**
 * Moves a connection that lost its path to another one: a new offer and answer for the same connection, as after a
 * change of networks. Keeps whether that is under way. Only who made the first offer offers again; the other end asks
 * it to. Anything of it may be lost on the way, so it is said again until the connection is back.
 *
 * The offering end tells its new addresses only once it was told the other's. Checks that come from where it knows of
 * nobody make a path of low priority, which Chromium 156 never tried, as its statistics showed, beside an old path
 * that still answered; Firefox as the other end waited for just that path, and nothing flowed.
 */

import type SimplePeer from "simple-peer";
import type { Candidates } from "./candidates.ts";
import { RESTART_RETRY } from "./constants.ts";
import type { Signal } from "./signal.ts";

/** Its declarations lack a method of simple-peer's documented interface. */
export type NegotiatingPeer = SimplePeer.Instance & { negotiate(): void };

export interface RestartContext {
  readonly peer: NegotiatingPeer;
  readonly connection: RTCPeerConnection;
  readonly initiator: boolean;
  /** What is found for the descriptions made here. */
  readonly candidates: Candidates;
  /** Tells the other end, if it can be told. */
  readonly tell: (signal: Signal) => void;
}

export class IceRestart {
  readonly #context: RestartContext;
  #retry: ReturnType<typeof setInterval> | undefined;
  /** Ours that is out: its first answer will be taken. */
  #offer: string | null;
  /** It was answered, and the other end's new addresses are to come. */
  #awaitsCandidates: boolean;
  /** An offer of theirs is being answered. */
  #answers: boolean;

  constructor(context: RestartContext) {
    this.#context = context;
    this.#retry = undefined;
    this.#offer = null;
    this.#awaitsCandidates = false;
    this.#answers = false;
  }

  /** The path is lost, or may be: asks until both have said where they are reached now. ICE does the rest. */
  begin(): void {
    if (this.#retry !== undefined) return;
    this.#retry = setInterval(() => this.#try(), RESTART_RETRY);
    this.#try();
  }

  /** The connection works, or is over. */
  stop(): void {
    clearInterval(this.#retry);
    this.#retry = undefined;
  }

  /** What the other end says about it. */
  handleSignal(signal: Exclude<Signal, { type: "candidates" }>): void {
    const { peer, connection, initiator, candidates } = this.#context;
    const isStable = connection.signalingState === "stable";
    if (signal.type === "restart") {
      if (initiator) this.begin();
    } else if (signal.type === "offer") {
      if (initiator || this.#answers || !isStable) return;
      this.#answers = true;
      candidates.clear();
      peer.signal({ type: "offer", sdp: signal.sdp });
    } else {
      if (!initiator || this.#offer === null) return;
      this.#offer = null;
      this.#awaitsCandidates = true;
      this.stop();
      peer.signal({ type: "answer", sdp: signal.sdp });
    }
  }

  /** Addresses of the other end's were taken. */
  handleCandidates(): void {
    if (!this.#awaitsCandidates) return;
    this.#awaitsCandidates = false;
    this.#context.candidates.start();
  }

  /** simple-peer made a description. */
  handleDescription(type: "offer" | "answer", sdp: string): void {
    if (type === "offer") {
      this.#offer = sdp;
    } else {
      this.#answers = false;
      this.stop();
    }
    this.#context.tell({ type, sdp });
  }

  #try(): void {
    const { peer, connection, initiator, candidates, tell } = this.#context;
    if (!initiator) {
      tell({ type: "restart" });
    } else if (this.#offer !== null) {
      tell({ type: "offer", sdp: this.#offer });
    } else if (connection.signalingState === "stable") {
      candidates.stop();
      candidates.clear();
      this.#awaitsCandidates = false;
      connection.restartIce();
      peer.negotiate();
    }
  }
}

/**
 * An ICE restart moves a connection that lost its path to another path, as after a change of networks: by a new offer
 * and a new answer for the same connection. Only the end that made the first offer offers again, so offers never
 * cross.
 *
 * | step | the end that offered first | the end that answered first |
 * | --- | --- | --- |
 * | 1 | | asks for an offer (`restart`), if it lost the path |
 * | 2 | offers, if it lost the path or was asked | |
 * | 3 | | answers, and tells its candidates |
 * | 4 | takes the answer | |
 * | 5 | tells its own candidates after the first of the other end's | |
 *
 * Signals may be lost. So `restart` and the offer are told again every RESTART_RETRY, until the next step comes or
 * the connection is back.
 *
 * Step 5 is late for a reason. If the other end had the candidates of the offering end earlier, it would start its
 * checks at once. Checks that come from addresses unknown to the offering end make a path of low priority. Chromium
 * 156 never tried such a path while the old path still answered, as its statistics showed. Firefox, as the other end,
 * waited for just that path, and nothing flowed.
 */

import type SimplePeer from "simple-peer";
import type { Candidates } from "./candidates.ts";
import { RESTART_RETRY } from "./constants.ts";
import type { Signal } from "./signal.ts";

/** simple-peer's instance, with a method of its documented interface that its declarations lack. */
export type NegotiatingPeer = SimplePeer.Instance & { negotiate(): void };

export interface RestartContext {
  readonly peer: NegotiatingPeer;
  readonly connection: RTCPeerConnection;
  readonly initiator: boolean;
  /** The candidates that are found for the descriptions made here. */
  readonly candidates: Candidates;
  /** Tells the other end, if it can be told. */
  readonly tell: (signal: Signal) => void;
}

export class IceRestart {
  readonly #context: RestartContext;
  #retry: ReturnType<typeof setInterval> | undefined;
  /** Our offer while it is out: its first answer will be taken. */
  #offer: string | null;
  /** Our offer was answered, and the first of the other end's new candidates is to come. */
  #awaitsCandidates: boolean;
  /** An offer of the other end's is being answered. */
  #answers: boolean;

  constructor(context: RestartContext) {
    this.#context = context;
    this.#retry = undefined;
    this.#offer = null;
    this.#awaitsCandidates = false;
    this.#answers = false;
  }

  /** Begins, as the path is lost or may be. ICE does the rest once the descriptions are exchanged. */
  begin(): void {
    if (this.#retry !== undefined) return;
    this.#retry = setInterval(() => this.#try(), RESTART_RETRY);
    this.#try();
  }

  /** Stops telling: the next step came, or the connection works again or is over. */
  stop(): void {
    clearInterval(this.#retry);
    this.#retry = undefined;
  }

  /** Handles a signal of the other end's that is about the restart. */
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

  /** Candidates of the other end's were taken. */
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

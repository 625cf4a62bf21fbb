/**
 * An introducer brings two peers together. It passes on the offer of one and the answer of the other. Afterwards it
 * passes on their signals, if it can. Trackers are the only introducers so far.
 */
import type { BinaryString } from "./tracker-messages.ts";

/** Names one introduction: an offer and its other end. */
export interface Introduction {
  readonly infoHash: BinaryString;
  /** The peer at the other end. */
  readonly peerId: BinaryString;
  readonly offerId: BinaryString;
}

export interface Introducer {
  /** Differs among the introducers of a node. A tracker's is its URL. */
  readonly id: string;
  /** Whether it passes signals on. Only Shoal's own trackers do. Others are never sent one. */
  readonly passesSignals: boolean;
  /** Sends our answer to the peer that made the offer. False when the introducer cannot be reached now. */
  sendAnswer(answer: Introduction & { readonly sdp: string }): boolean;
  /** Sends a signal to the other end of an answered offer, if it can be reached. */
  sendSignal(to: Introduction & { readonly signal: string }): void;
}

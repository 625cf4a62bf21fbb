/**
 * Whoever introduces two peers to each other: a tracker, and later others. It hands descriptions on before there is a
 * link, and where it can, signals afterwards.
 */
import type { BinaryString } from "./tracker-messages.ts";

/** The introduction that a message is about. */
export interface Introduction {
  readonly infoHash: BinaryString;
  /** The other end. */
  readonly peerId: BinaryString;
  readonly offerId: BinaryString;
}

export interface Introducer {
  /** Its own among a node's introducers: a tracker's URL. */
  readonly id: string;
  /** It hands signals on. Only Shoal's own trackers do, and no other is ever sent one. */
  readonly passesSignals: boolean;
  /** Hands our answer to the peer that made the offer. False when it cannot be reached now. */
  sendAnswer(answer: Introduction & { readonly sdp: string }): boolean;
  /** Tells the other end of an answered offer something, if it can be reached. */
  sendSignal(to: Introduction & { readonly signal: string }): void;
}

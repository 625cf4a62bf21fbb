/**
 * Peers of whom nothing good is known yet: newcomers, and those who had a part in a piece that failed and are neither
 * convicted nor cleared. Such a peer is asked for one piece only until that has been verified, so that who sends
 * rubbish is found out with the first piece of it. libtorrent has this as parole, after a failure; here it begins with
 * the link. It costs a good peer one round trip, once. Keeps no state; it is the peer's.
 */

import type { Peer } from "../peers/peer.ts";
import type { Pieces } from "../pieces/pieces.ts";
import { TRIAL_ALONE } from "./constants.ts";

/** The only piece that may be asked of a peer on probation; null when it may be asked for any. */
export function trialOf(peer: Peer, pieces: Pieces): number | null {
  if (peer.trial.proven || peer.trial.piece === null) return null;
  const partial = pieces.partials.get(peer.trial.piece) ?? pieces.received.get(peer.trial.piece);
  // Over without a verdict: nothing of it is the peer's, and nothing is to come.
  if (partial === undefined || !(partial.blocksOf(peer.link).length > 0 || owes(peer, peer.trial.piece))) {
    peer.trial.piece = null;
  }
  return peer.trial.piece;
}

/** A peer is asked for a piece: on probation, it is tried by that one. */
export function tryWith({ trial }: Peer, piece: number): void {
  if (!trial.proven) trial.piece = piece;
}

/** Whether a peer on probation is left alone with its piece: a failure then has one culprit. */
export function isTriedAlone(peer: Peer, pieces: Pieces): boolean {
  return !peer.trial.proven && pieces.info.pieceLength <= TRIAL_ALONE;
}

/** A piece failed that several had a part in: each is on probation until it is known who it was. */
export function suspect(peer: Peer, piece: number): void {
  peer.trial.proven = false;
  peer.trial.piece = piece;
}

/** What the peer sent was found good. True when it was on probation until now. */
export function clear(peer: Peer): boolean {
  if (peer.trial.proven) return false;
  peer.trial.proven = true;
  peer.trial.piece = null;
  peer.asked.isExhausted = false;
  return true;
}

function owes(peer: Peer, piece: number): boolean {
  for (const request of peer.asked.requests.values()) if (request.piece === piece) return true;
  return false;
}

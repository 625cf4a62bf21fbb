/**
 * Probation: a peer of which nothing good is known is asked for one piece at a time, until a piece with blocks of the
 * peer is verified. A peer that sends bad blocks therefore spoils one piece only.
 *
 * | a peer | when |
 * | --- | --- |
 * | begins its probation | its link opens; or a piece fails that it and other peers sent |
 * | ends it | a piece with its blocks is verified; or blame finds its blocks good |
 * | is banned | blame finds a bad block of the peer |
 *
 * libtorrent has this as parole, after a failed piece. Here probation begins with the link. It costs a good peer one
 * round trip, once. The state is kept with the peer (trial.ts).
 */

import type { Peer } from "../peers/peer.ts";
import type { Pieces } from "../pieces/pieces.ts";
import { TRIAL_ALONE } from "./constants.ts";

/** The only piece that may be requested from a peer on probation. Null when any piece may be requested. */
export function trialOf(peer: Peer, pieces: Pieces): number | null {
  if (peer.trial.proven || peer.trial.piece === null) return null;
  const partial = pieces.partials.get(peer.trial.piece) ?? pieces.received.get(peer.trial.piece);
  // The trial ended without a verdict: the piece has no block of the peer, and none is under way.
  if (partial === undefined || !(partial.blocksOf(peer.link).length > 0 || owes(peer, peer.trial.piece))) {
    peer.trial.piece = null;
  }
  return peer.trial.piece;
}

/** A piece is requested from a peer. On probation, the peer is tried by this piece. */
export function tryWith({ trial }: Peer, piece: number): void {
  if (!trial.proven) trial.piece = piece;
}

/** Whether a peer is on probation and its piece is left to it alone, so that a failure has one culprit. */
export function isTriedAlone(peer: Peer, pieces: Pieces): boolean {
  return !peer.trial.proven && pieces.info.pieceLength <= TRIAL_ALONE;
}

/** A piece failed that this peer and others sent. The peer goes on probation. */
export function suspect(peer: Peer, piece: number): void {
  peer.trial.proven = false;
  peer.trial.piece = piece;
}

/** The peer's blocks were found good. Returns true when the peer was on probation until now. */
export function clear(peer: Peer): boolean {
  if (peer.trial.proven) return false;
  peer.trial.proven = true;
  peer.trial.piece = null;
  peer.mayHaveMore();
  return true;
}

function owes(peer: Peer, piece: number): boolean {
  for (const request of peer.asked.requests.values()) if (request.piece === piece) return true;
  return false;
}

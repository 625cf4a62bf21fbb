/**
 * Which blocks to ask a peer for next. Keeps no state: it reads the torrent's pieces and the peer. In order:
 * what has a deadline (urgent-picker.ts); the piece the peer is busy with; what the peer suggests; other pieces in
 * progress; a new piece (random for the first few, then the rarest; the most common for a snubbed peer); and when
 * nothing is left to ask for, a block that another peer owes us (endgame).
 */
import { BLOCK_LENGTH } from "../../constants.ts";
import type { Peer } from "../peers/peer.ts";
import type { PieceSet } from "../pieces/availability.ts";
import type { PartialPiece } from "../pieces/partial-piece.ts";
import type { Pieces } from "../pieces/pieces.ts";
import {
  CONTIGUOUS_BYTES,
  CONTIGUOUS_TIME,
  PARTIAL_BYTES,
  PARTIALS_PER_PEER,
  RANDOM_FIRST_PIECES,
  WHOLE_PIECE_TIME,
} from "./constants.ts";
import type { Pick, PickContext } from "./pick.ts";
import { isTriedAlone, trialOf } from "./probation.ts";
import { lateBlock, pickUrgent } from "./urgent-picker.ts";

/** The next run of blocks for `peer`, at most `mostBytes` long; null when there is nothing it could send us. */
export function pickBlocks(context: PickContext, peer: Peer, mostBytes: number): Pick | null {
  const most = Math.max(1, Math.floor(mostBytes / BLOCK_LENGTH));
  const askable = peer.said.peerChoking ? fastOf(peer) : peer.has!;
  const trial = trialOf(peer, context.pieces);
  if (trial !== null) return pickTried(context.pieces, trial, most, askable);
  return (
    pickUrgent(context, peer, most, askable) ??
    pickInProgress(context, peer, most, askable) ??
    pickNew(context, peer, most, askable) ??
    pickOwned(context, peer, most, askable) ??
    pickEndgame(context, peer, askable)
  );
}

/** What may be asked of a peer that chokes us. */
function fastOf({ has, said: { allowedFast } }: Peer): PieceSet {
  return { has: (piece) => allowedFast.has(piece) && has!.has(piece) };
}

/** What is left of the piece by which a peer is tried. */
function pickTried(pieces: Pieces, piece: number, most: number, askable: PieceSet): Pick | null {
  const partial = pieces.partials.get(piece);
  if (partial === undefined || partial.freeCount === 0 || !askable.has(piece)) return null;
  return runOf(partial, most);
}

/** Whether the peer is fast enough to be left alone with a piece. */
function takesWholePieces(peer: Peer, pieceLength: number, now: number): boolean {
  return !peer.asked.snubbed && (peer.asked.down.rate(now) * WHOLE_PIECE_TIME) / 1000 >= pieceLength;
}

function pickInProgress(context: PickContext, peer: Peer, most: number, askable: PieceSet): Pick | null {
  let other: PartialPiece | null = null;
  for (const partial of context.pieces.withFreeBlocks) {
    if (!askable.has(partial.piece)) continue;
    if (partial.owner === peer.link) return runOf(partial, most);
    if (other === null && isUpForGrabs(context, partial)) other = partial;
  }
  if (isTriedAlone(peer, context.pieces)) return null;
  // A snubbed peer would only hold up pieces that others are about to finish.
  if (other === null || peer.asked.snubbed) return null;
  // Others have what was begun, or will: a lone seed that is asked for it sends twice, and what only it has once less.
  if (nextSuggested(context.pieces, peer, askable) !== null) return null;
  context.pieces.adopt(other, peer.link);
  return runOf(other, most);
}

/** A piece in progress without an owner, or whose owner is gone, stalls or does not send any more. */
function isUpForGrabs(context: PickContext, partial: PartialPiece): boolean {
  if (partial.owner === null) return true;
  const owner = context.peers.get(partial.owner);
  return owner === undefined || owner.asked.snubbed || owner.said.peerChoking;
}

function pickNew(context: PickContext, peer: Peer, most: number, askable: PieceSet): Pick | null {
  const { pieces, peers, now } = context;
  if (pieces.availability.openCount === 0) return null;
  const bytes = pieces.partials.size * pieces.info.pieceLength;
  if (pieces.withFreeBlocks.size > PARTIALS_PER_PEER * peers.size || bytes > PARTIAL_BYTES) {
    const grabbed = pickOwned(context, peer, most, askable);
    if (grabbed !== null) return grabbed;
    // All in progress are asked for, or this peer has none of them; those whose sources have left make room.
    if (bytes > 2 * PARTIAL_BYTES && !pieces.evictIdle()) return null;
  }
  const piece = pickPiece(context, peer, askable);
  if (piece === null) return null;
  const whole = isTriedAlone(peer, pieces) || takesWholePieces(peer, pieces.info.pieceLength, now);
  return runOf(pieces.begin(piece, peer.link, whole), most);
}

/** The piece to begin: one that the peer suggests, a random one for the first few, then the rarest. */
function pickPiece({ pieces, policy, now }: PickContext, peer: Peer, askable: PieceSet): number | null {
  const { availability } = pieces;
  if (policy.picking === "sequential") return availability.first(askable);
  if (peer.asked.snubbed) return availability.commonest(askable, peer.countedAsSeed);
  const suggested = nextSuggested(pieces, peer, askable);
  if (suggested !== null) return suggested;
  if (pieces.have.count < RANDOM_FIRST_PIECES) return availability.any(askable);
  return pickNext(pieces, peer, now, askable) ?? pickRarest(pieces, peer, askable);
}

/** The first piece that the peer suggests and that may be begun; those before it are forgotten. */
function nextSuggested(
  { availability }: Pieces,
  { said: { suggested } }: Peer,
  askable: PieceSet,
): number | null {
  for (let piece = suggested[0]; piece !== undefined; piece = suggested[0]) {
    if (availability.isOpen(piece) && askable.has(piece)) return piece;
    suggested.shift();
  }
  return null;
}

/**
 * The piece after the one that a fast peer began last, if it is no less rare: what is asked for in sequence is read
 * and written in larger parts, at both ends. For as long as a run takes no more than CONTIGUOUS_TIME, so that slower
 * peers, and swarms in which pieces differ, spread what they fetch. libtorrent: piece_extent_affinity.
 */
function pickNext({ availability, info }: Pieces, peer: Peer, now: number, askable: PieceSet): number | null {
  const {
    asked: { run },
  } = peer;
  if (run === null) return null;
  const next = run.last + 1;
  const bytes = (next + 1 - run.first) * info.pieceLength;
  if (next >= info.pieceCount || bytes > CONTIGUOUS_BYTES) return null;
  if (bytes > (peer.asked.down.rate(now) * CONTIGUOUS_TIME) / 1000) return null;
  if (!availability.isOpen(next) || !askable.has(next)) return null;
  if (availability.count(next) > availability.count(run.last)) return null;
  run.last = next;
  return next;
}

function pickRarest({ availability }: Pieces, peer: Peer, askable: PieceSet): number | null {
  const piece = availability.rarest(askable, peer.countedAsSeed);
  if (piece !== null) peer.asked.run = { first: piece, last: piece };
  return piece;
}

/** Free blocks of a piece in progress, even one left to a fast peer; never of one that must have one sender. */
function pickOwned(context: PickContext, peer: Peer, most: number, askable: PieceSet): Pick | null {
  const { pieces } = context;
  for (const partial of pieces.withFreeBlocks) {
    if (!askable.has(partial.piece)) continue;
    if (pieces.alone.has(partial.piece) && !isUpForGrabs(context, partial)) continue;
    pieces.adopt(partial, peer.link);
    return runOf(partial, most);
  }
  return null;
}

/**
 * Strict endgame, as in libtorrent: only when every wanted block is asked for, only for a peer that owes us
 * nothing, one block at a time, and each block at no more than two peers. And only blocks that are late by then:
 * the others are on their way.
 */
function pickEndgame(context: PickContext, peer: Peer, askable: PieceSet): Pick | null {
  const { pieces } = context;
  if (!pieces.isEndgame || peer.asked.requests.size > 0 || peer.asked.snubbed) return null;
  for (const partial of pieces.partials.values()) {
    if (!askable.has(partial.piece) || pieces.alone.has(partial.piece)) continue;
    const late = lateBlock(context, peer, partial);
    if (late !== null) return { partial, first: late, count: 1 };
  }
  return null;
}

function runOf(partial: PartialPiece, most: number): Pick {
  const run = partial.freeRun(most)!;
  return { partial, first: run.first, count: run.count };
}

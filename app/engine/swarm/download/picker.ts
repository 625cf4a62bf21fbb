/**
 * The picker: chooses the blocks to request next from a peer. It keeps no state: it reads the torrent's pieces and
 * the peer. The first step that finds blocks ends the search:
 *
 * | step | blocks |
 * | --- | --- |
 * | probation | only blocks of the piece that the peer is tried by (probation.ts) |
 * | deadline | urgent blocks (urgent-picker.ts) |
 * | in progress | the peer's own piece; else a piece left to no other peer, unless the peer suggests a new one |
 * | new piece | a suggested one; else a random one until 4 are stored; else the next of a run; else the rarest |
 * | left to others | free blocks of a piece that is left to another peer |
 * | endgame | a late block of another peer |
 *
 * When too many pieces are in progress (PARTIALS_PER_PEER, PARTIAL_BYTES), blocks that are left to others come before
 * a new piece. A snubbed peer begins the most common piece instead of the rarest. It gets no urgent blocks, and no
 * blocks in endgame.
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

/**
 * The next run of blocks for `peer`, at most `mostBytes` long and at least one block. Null when the peer has none
 * that we need.
 */
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

/** Pieces that may be requested from a peer that chokes us. BEP 6. */
function fastOf({ has, said: { allowedFast } }: Peer): PieceSet {
  return { has: (piece) => allowedFast.has(piece) && has!.has(piece) };
}

/** Free blocks of the piece by which the peer is tried. */
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
  // A snubbed peer would hold up a piece that other peers are about to finish.
  if (other === null || peer.asked.snubbed) return null;
  // A piece in progress is at other peers already, or will be soon. A lone seed would send it twice, and would send
  // its suggestion, which only the seed has, once less.
  if (nextSuggested(context.pieces, peer, askable) !== null) return null;
  context.pieces.adopt(other, peer.link);
  return runOf(other, most);
}

/** Whether a piece in progress has no owner, or an owner that is gone, is snubbed or chokes us. */
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
    // All blocks in progress are requested, or this peer has none of them. Pieces whose senders have left make room.
    if (bytes > 2 * PARTIAL_BYTES && !pieces.evictIdle()) return null;
  }
  const piece = pickPiece(context, peer, askable);
  if (piece === null) return null;
  const whole = isTriedAlone(peer, pieces) || takesWholePieces(peer, pieces.info.pieceLength, now);
  return runOf(pieces.begin(piece, peer.link, whole), most);
}

/** The piece to begin: a suggested one, a random one for the first few, the next of a run, or the rarest. */
function pickPiece({ pieces, policy, now }: PickContext, peer: Peer, askable: PieceSet): number | null {
  const { availability } = pieces;
  if (policy.picking === "sequential") return availability.first(askable);
  if (peer.asked.snubbed) return availability.commonest(askable, peer.countedAsSeed);
  const suggested = nextSuggested(pieces, peer, askable);
  if (suggested !== null) return suggested;
  if (pieces.have.count < RANDOM_FIRST_PIECES) return availability.any(askable);
  return pickNext(pieces, peer, now, askable) ?? pickRarest(pieces, peer, askable);
}

/** The first suggested piece that may be begun. Suggestions before it are forgotten. */
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
 * The piece after the one that the peer began last, if it is at least as rare. Consecutive pieces are read and
 * written in larger parts at both ends. A run takes CONTIGUOUS_TIME at most, so that slow peers, and swarms in which
 * pieces are not equally rare, spread what they fetch. Example: at 2 MB/s a run has three pieces of 512 KiB.
 * libtorrent: piece_extent_affinity.
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

/**
 * Free blocks of a piece in progress, even of one that is left to another peer. A piece in `alone` is taken only when
 * its owner is gone, is snubbed or chokes us; it then begins anew.
 */
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
 * Strict endgame, as in libtorrent. It begins when no block is free, and only for a peer without requests under way.
 * It requests one block at a time, and each block from two peers at most. Only late blocks are requested, because the
 * other ones are on their way.
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

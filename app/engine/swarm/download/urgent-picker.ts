/**
 * Which block of the pieces with a deadline to ask a peer for. Keeps no state. The most urgent piece goes first, to
 * whoever would bring it soonest: the slowest peers and those with a long queue are left out, and a block that is
 * late with one peer is asked of a second; only a piece that must have one sender is left to that one. After
 * libtorrent's time-critical pieces.
 */
import { BLOCK_LENGTH } from "../../constants.ts";
import type { Peer } from "../peers/peer.ts";
import type { PieceSet } from "../pieces/availability.ts";
import type { PartialPiece } from "../pieces/partial-piece.ts";
import { URGENT_QUEUE, URGENT_SLOWEST } from "./constants.ts";
import type { Pick, PickContext } from "./pick.ts";

/** The next run of urgent blocks for `peer`; null when nothing urgent is to be had from it, or better from others. */
export function pickUrgent(context: PickContext, peer: Peer, most: number, askable: PieceSet): Pick | null {
  const { pieces } = context;
  if (pieces.deadlines.isEmpty || peer.asked.snubbed) return null;
  if (drainTime(peer, context.now) > URGENT_QUEUE || isAmongSlowest(context, peer)) return null;
  for (const piece of pieces.deadlines.pieces()) {
    if (!askable.has(piece)) continue;
    if (pieces.availability.isOpen(piece)) pieces.begin(piece, peer.link, false);
    const partial = pieces.partials.get(piece);
    const alone = pieces.alone.has(piece);
    if (partial === undefined || (alone && partial.owner !== peer.link)) continue;
    const run = partial.freeRun(most);
    if (run !== null) return { partial, ...run };
    if (alone) continue;
    const late = lateBlock(context, peer, partial);
    if (late !== null) return { partial, first: late, count: 1 };
  }
  return null;
}

/** Milliseconds until the peer would have sent what it owes us; 0 while nothing is known of its rate. */
export function drainTime({ asked: { bytesUnderWay, window, down } }: Peer, now: number): number {
  const rate = down.rate(now);
  if (bytesUnderWay === 0 || window.blockTime === null || down.isUnknown) return 0;
  return (bytesUnderWay * 1000) / Math.max(1, rate);
}

/**
 * Whether it is one of the few that would take longest to bring a block: outliers, so there are none below ten, and
 * none among equals. Peers not known yet are neither ranked nor left out. libtorrent ranks by the same time.
 */
function isAmongSlowest({ peers, now }: PickContext, peer: Peer): boolean {
  const own = timeToBring(peer, now);
  if (own === null) return false;
  const times: number[] = [];
  for (const each of peers.values()) {
    const time = each.isReady && !each.said.peerChoking ? timeToBring(each, now) : null;
    if (time !== null) times.push(time);
  }
  return times.filter((time) => time >= own).length <= Math.floor(times.length * URGENT_SLOWEST);
}

/**
 * Milliseconds until one more block would be here; null while nothing is known of the peer. The rate of one that owes
 * us nothing, or whose first blocks are just coming, says nothing about it: what its blocks took does.
 */
function timeToBring(peer: Peer, now: number): number | null {
  const { bytesUnderWay, window, down } = peer.asked;
  const rate = down.rate(now);
  if (window.blockTime === null || bytesUnderWay === 0 || down.isUnknown) return window.blockTime;
  return drainTime(peer, now) + (BLOCK_LENGTH * 1000) / Math.max(1, rate);
}

/** A block that another peer should have sent by now, mean and half a deviation after it was asked. */
export function lateBlock(context: PickContext, peer: Peer, partial: PartialPiece): number | null {
  for (const other of context.peers.values()) {
    if (other === peer) continue;
    const expected = (other.asked.window.blockTime ?? 0) + other.asked.window.deviation / 2;
    for (const request of other.asked.requests.values()) {
      if (request.piece !== partial.piece || context.now - request.sentAt <= expected) continue;
      const end = (request.begin + request.length) / BLOCK_LENGTH;
      for (let block = request.begin / BLOCK_LENGTH; block < end; block++) {
        if (!partial.isReceived(block) && partial.timesAsked(block) === 1) return block;
      }
    }
  }
  return null;
}

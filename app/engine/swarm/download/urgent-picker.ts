/**
 * The urgent picker: chooses, among the pieces with a deadline, the block to request next from a peer. libtorrent
 * does the same for time-critical pieces. The urgent picker keeps no state.
 *
 * Pieces are searched by deadline, the earliest first. In each piece a free block is picked first. When none is free,
 * a block that is late at one peer is picked for a second peer. A piece that is fetched from one peer alone
 * (`pieces.alone`) is left to that peer, even when its blocks are late.
 *
 * Urgent blocks go to peers that bring them soon. A peer gets none when it is snubbed, when its blocks under way take
 * longer than 2 s (URGENT_QUEUE), or when it is among the slowest.
 */
import { BLOCK_LENGTH } from "../../constants.ts";
import type { Peer } from "../peers/peer.ts";
import type { PieceSet } from "../pieces/availability.ts";
import type { PartialPiece } from "../pieces/partial-piece.ts";
import { URGENT_QUEUE, URGENT_SLOWEST } from "./constants.ts";
import type { Pick, PickContext } from "./pick.ts";

/** The next run of urgent blocks for `peer`. Null when it has none, or when other peers would bring them sooner. */
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

/** Milliseconds until the peer will have sent the blocks under way; 0 while its rate is unknown. */
export function drainTime({ asked: { bytesUnderWay, window, down } }: Peer, now: number): number {
  const rate = down.rate(now);
  if (bytesUnderWay === 0 || window.blockTime === null || down.isUnknown) return 0;
  return (bytesUnderWay * 1000) / Math.max(1, rate);
}

/**
 * Whether the peer is in the slowest tenth, ranked by the time to bring one more block. Ranked peers that are equal,
 * or fewer than ten, have no slowest tenth. Peers whose times are unknown are neither ranked nor left out. Peers that
 * choke us are not ranked, and count as slowest when they are slower than all ranked peers. libtorrent ranks by the
 * same time.
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
 * Milliseconds until one more block would be here; null while nothing is known of the peer. The rate tells nothing of a
 * peer without requests under way, nor of one whose first blocks are just coming, so the mean block time is taken.
 */
function timeToBring(peer: Peer, now: number): number | null {
  const { bytesUnderWay, window, down } = peer.asked;
  const rate = down.rate(now);
  if (window.blockTime === null || bytesUnderWay === 0 || down.isUnknown) return window.blockTime;
  return drainTime(peer, now) + (BLOCK_LENGTH * 1000) / Math.max(1, rate);
}

/**
 * A block of the piece that is late at another peer and has no second request; null when there is none. A block is
 * late when the mean and half a deviation of the other peer's block times have passed since its request.
 */
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

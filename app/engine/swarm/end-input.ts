/**
 * The end of an input gives every touched peer of a torrent its turn, and then sends everything. The touched peers
 * are `links.dirty`. If blocks became free, all peers count as touched. A turn goes like this:
 *
 * 1. The peer is told whether we are interested, if that changed.
 * 2. Blocks are requested, as many as the peer's window allows.
 * 3. A peer that asked for it is told at once which of its blocks came (sh_received).
 *
 * Messages wait in each peer's outbox until all turns are over. Example: an input brings several blocks of one peer,
 * and the requests that follow leave as one channel message.
 *
 * Turns are in the order in which peers were touched. If pieces have deadlines, the peers whose blocks under way will
 * have come soonest go first, because they bring a further block soonest.
 */
import type { Host } from "../host.ts";
import { encodeInterested, encodeNotInterested } from "../wire/encode.ts";
import type { Downloads } from "./download/downloads.ts";
import { drainTime } from "./download/urgent-picker.ts";
import type { Links } from "./peers/links.ts";
import type { Peer } from "./peers/peer.ts";
import type { Pieces } from "./pieces/pieces.ts";

/** The part of the torrent that the end of an input needs. */
export interface InputContext {
  readonly host: Host;
  readonly links: Links;
  readonly downloads: Downloads;
  readonly pieces: Pieces | null;
  /** Whether the person wants the content, and the torrent is online and without an error. */
  readonly isFetching: boolean;
}

export function endInput(torrent: InputContext): void {
  const { links, downloads, pieces } = torrent;
  const { dirty } = links;
  if (downloads.takeFreed()) {
    for (const peer of links.peers.values()) {
      peer.mayHaveMore();
      dirty.add(peer);
    }
  }
  if (dirty.list.length === 0) return;
  const turns = (pieces?.deadlines.isEmpty ?? true) ? dirty.list : byQueue(torrent);
  for (let at = 0; at < turns.length; at++) {
    const peer = turns[at];
    if (!peer?.isReady) continue;
    tellInterest(torrent, peer);
    downloads.fill(peer);
    if (peer.said.tellsAtOnce) peer.tellReceived();
  }
  // All dirty peers, also those that had no turn.
  for (let at = 0; at < dirty.list.length; at++) dirty.list[at]?.flushDue();
  dirty.clear();
}

/** The touched peers, by the time until each has sent the blocks that it owes us. */
function byQueue({ links, host }: InputContext): Peer[] {
  const now = host.now();
  const peers = links.dirty.list.filter((peer) => peer !== null);
  return peers.sort((a, b) => drainTime(a, now) - drainTime(b, now));
}

function tellInterest(torrent: InputContext, peer: Peer): void {
  const interested = torrent.isFetching && peer.interesting > 0;
  if (interested && peer.roundTrip === Infinity) torrent.links.liveness.measure(peer);
  if (interested === peer.amInterested) return;
  peer.amInterested = interested;
  peer.send(interested ? encodeInterested() : encodeNotInterested());
}

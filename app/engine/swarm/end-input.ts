/**
 * What ends every input: peers that were touched are told whether we want anything of them, asked for as much as
 * their windows allow, and everything said leaves, in as few channel messages as it fits.
 */
import { encodeInterested, encodeNotInterested } from "../wire/encode.ts";
import { drainTime } from "./download/urgent-picker.ts";
import type { Peer } from "./peers/peer.ts";
import type { Torrent } from "./torrent.ts";

export function endInput(torrent: Torrent): void {
  const { links, downloads, pieces } = torrent;
  const { dirty } = links;
  if (downloads.takeFreed()) {
    for (const peer of links.peers.values()) {
      peer.exhausted = false;
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
    if (peer.tellsAtOnce) peer.tellReceived();
  }
  // Also those that others' turns brought to speak: endgame cancels at one what another sent.
  for (let at = 0; at < dirty.list.length; at++) dirty.list[at]?.flushDue();
  dirty.clear();
}

/** Touched peers, those first that have the least to send before: something is urgent. */
function byQueue({ links, host }: Torrent): Peer[] {
  const now = host.now();
  const peers = links.dirty.list.filter((peer) => peer !== null);
  return peers.sort((a, b) => drainTime(a, now) - drainTime(b, now));
}

function tellInterest(torrent: Torrent, peer: Peer): void {
  const interested = torrent.isFetching && peer.interesting > 0;
  if (interested && peer.roundTrip === Infinity) torrent.links.liveness.measure(peer);
  if (interested === peer.amInterested) return;
  peer.amInterested = interested;
  peer.send(interested ? encodeInterested() : encodeNotInterested());
}

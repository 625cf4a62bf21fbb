/**
 * What ends every input: peers that were touched are told whether we want anything of them, asked for as much as
 * their windows allow, and everything said leaves, in as few channel messages as it fits.
 */
import { encodeInterested, encodeNotInterested } from "../wire/encode.ts";
import type { Peer } from "./peer.ts";
import type { Torrent } from "./torrent.ts";
import { drainTime } from "./urgent-picker.ts";

export function endInput(torrent: Torrent): void {
  const { links, downloads } = torrent;
  if (downloads.takeFreed()) {
    for (const peer of links.peers.values()) {
      peer.exhausted = false;
      links.dirty.add(peer);
    }
  }
  for (const peer of inTurn(torrent)) {
    if (!peer.isReady) continue;
    tellInterest(torrent, peer);
    downloads.fill(peer);
  }
  // Also those that others' turns brought to speak: endgame cancels at one what another sent.
  for (const peer of links.dirty) peer.flushDue();
  links.dirty.clear();
}

/** Touched peers; while something is urgent, those first that have the least to send before. */
function inTurn({ links, pieces, host }: Torrent): Iterable<Peer> {
  if (pieces?.deadlines.isEmpty ?? true) return links.dirty;
  const now = host.now();
  return [...links.dirty].sort((a, b) => drainTime(a, now) - drainTime(b, now));
}

function tellInterest(torrent: Torrent, peer: Peer): void {
  const interested = torrent.isFetching && peer.interesting > 0;
  if (interested === peer.amInterested) return;
  peer.amInterested = interested;
  peer.send(interested ? encodeInterested() : encodeNotInterested());
}

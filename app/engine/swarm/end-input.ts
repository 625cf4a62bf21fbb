/**
 * What ends every input: peers that were touched are told whether we want anything of them, asked for as much as
 * their windows allow, and everything said leaves, in as few channel messages as it fits.
 */
import type { Host } from "../host.ts";
import { encodeInterested, encodeNotInterested } from "../wire/encode.ts";
import type { Downloads } from "./download/downloads.ts";
import { drainTime } from "./download/urgent-picker.ts";
import type { Links } from "./peers/links.ts";
import type { Peer } from "./peers/peer.ts";
import type { Pieces } from "./pieces/pieces.ts";

/** What ending an input needs of its torrent. */
export interface InputContext {
  readonly host: Host;
  readonly links: Links;
  readonly downloads: Downloads;
  readonly pieces: Pieces | null;
  /** The person asked for the content, and nothing stops it. */
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
  // Also those that others' turns brought to speak: endgame cancels at one what another sent.
  for (let at = 0; at < dirty.list.length; at++) dirty.list[at]?.flushDue();
  dirty.clear();
}

/** Touched peers, those first that have the least to send before: something is urgent. */
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

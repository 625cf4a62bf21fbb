/**
 * `tellHave` tells peers that a piece is new here. With fifty links, nearly all messages of a swarm are haves. A
 * channel message costs both ends far more than the nine bytes of a have. So only peers that might ask for blocks at
 * once are told at once. The others are told with the next message to them, at the latest with the next tick. It
 * keeps no state.
 */
import type { Host } from "../../host.ts";
import { encodeHave } from "../../wire/encode.ts";
import type { Peer } from "./peer.ts";

export function tellHave(peers: Iterable<Peer>, piece: number, host: Host): void {
  const message = encodeHave(piece);
  for (const peer of peers) {
    if (!peer.isReady) continue;
    if (waitsFor(peer, piece, host)) peer.send(message);
    else peer.sendLater(message);
  }
}

/**
 * Whether the news could make a peer ask now: it lacks the piece, and is not interested or is idle while unchoked.
 */
function waitsFor(peer: Peer, piece: number, host: Host): boolean {
  if (peer.has?.has(piece)) return false;
  if (!peer.said.peerInterested) return true;
  return !peer.slot.amChoking && peer.served.incoming.length === 0 && host.buffered(peer.link) === 0;
}

/**
 * Tells peers that a piece is new here. Keeps no state. With fifty links nearly all messages of a swarm are haves, and
 * a channel message costs both ends far more than its nine bytes: only those who might ask at once are told at once,
 * the others with whatever is sent to them next, at the latest with the next tick.
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

/** Whether the news could make the peer ask now: it lacks the piece, and is not interested yet or has run dry. */
function waitsFor(peer: Peer, piece: number, host: Host): boolean {
  if (peer.has?.has(piece)) return false;
  if (!peer.said.peerInterested) return true;
  return !peer.slot.amChoking && peer.served.incoming.length === 0 && host.buffered(peer.link) === 0;
}

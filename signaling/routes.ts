/**
 * A route lets the two ends of an answered offer signal to each other, until one of them leaves for good. Each peer
 * keeps its routes, with how much it may still say on each. swarm-state.ts decides whether a peer may answer an
 * offer.
 */
import type { BinaryString } from "../app/engine/discovery/tracker-messages.ts";
import type { Limits } from "./constants.ts";
import { TokenBucket } from "./limits.ts";

/** One peer's routes by the other end's peer id and the offer's id; oldest first. Null until the first. */
export interface Routed<Peer> {
  readonly peerId: BinaryString;
  routes: Map<string, Route<Peer>> | null;
}

interface Route<Peer> {
  readonly to: Peer;
  readonly signals: TokenBucket;
}

export type RouteLimits = Pick<Limits, "routesPerPeer" | "signalsPerSecond" | "signalBurst">;

/** Both ids have 20 characters, so that their concatenation is unambiguous. */
export function offerKey(peerId: BinaryString, offerId: BinaryString): string {
  return peerId + offerId;
}

/** An answer passed: from now on both ends may signal to each other about this offer. */
export function openRoute<Peer extends Routed<Peer>>(
  one: Peer,
  other: Peer,
  offerId: BinaryString,
  limits: RouteLimits,
  now: number,
): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.routes ??= new Map();
    const key = offerKey(to.peerId, offerId);
    // Set anew, so that the map stays in order of time.
    from.routes.delete(key);
    from.routes.set(key, {
      to,
      signals: new TokenBucket(limits.signalsPerSecond, limits.signalBurst, now),
    });
    for (const [oldest, route] of from.routes) {
      if (from.routes.size <= limits.routesPerPeer) break;
      from.routes.delete(oldest);
      route.to.routes?.delete(offerKey(from.peerId, oldest.slice(to.peerId.length)));
    }
  }
}

/** The other end, or why nothing passes. */
export function takeRoute<Peer extends Routed<Peer>>(
  from: Peer,
  toPeerId: BinaryString,
  offerId: BinaryString,
  now: number,
): Peer | string {
  const route = from.routes?.get(offerKey(toPeerId, offerId));
  if (route === undefined) return "no answered offer leads to this peer";
  return route.signals.take(now) ? route.to : "too many signals to this peer";
}

/** The peer left: nobody signals to it any more, and nothing keeps it in memory. */
export function closeRoutes<Peer extends Routed<Peer>>(peer: Peer): void {
  for (const [key, { to }] of peer.routes ?? []) {
    to.routes?.delete(offerKey(peer.peerId, key.slice(to.peerId.length)));
  }
  peer.routes = null;
}

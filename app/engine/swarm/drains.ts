/**
 * Makes those who share a line let its queue run empty at the same time, so that each sees what the path takes by
 * itself (request-window.ts): a single one would still see the others' queue. Who downloads from several shares its
 * own downlink among them; who uploads to several shares its uplink, and tells them when. Keeps when that was.
 */
import { DRAIN_INTERVAL, DRAIN_NEWCOMER } from "../constants.ts";
import type { LinkId } from "../host.ts";
import type { Peer } from "./peer.ts";
import type { PeerProtocol } from "./peer-protocol.ts";

/** What drains need of their torrent. */
export interface DrainContext {
  readonly peers: ReadonlyMap<LinkId, Peer>;
  readonly protocol: Pick<PeerProtocol, "sayLane">;
}

export class Drains {
  readonly #torrent: DrainContext;
  #toldAt: number;
  /** Peers that we upload to, and since when. */
  readonly #served: Map<Peer, number>;

  constructor(torrent: DrainContext) {
    this.#torrent = torrent;
    this.#toldAt = -Infinity;
    this.#served = new Map();
  }

  handleTick(now: number): void {
    const { peers } = this.#torrent;
    if (this.#anyWantsDrain(now)) for (const { window } of peers.values()) window.drain(now);
    this.#count(now);
    if (this.#served.size < 2 || !this.#isDue(now)) return;
    this.#toldAt = now;
    for (const peer of this.#served.keys()) this.#torrent.protocol.sayLane(peer, { kind: "drain" });
  }

  #anyWantsDrain(now: number): boolean {
    for (const { window } of this.#torrent.peers.values()) if (window.wantsDrain(now)) return true;
    return false;
  }

  #count(now: number): void {
    const { peers } = this.#torrent;
    for (const peer of this.#served.keys()) if (peer.isGone) this.#served.delete(peer);
    for (const peer of peers.values()) {
      if (peer.amChoking || peer.up.rate(now) === 0) this.#served.delete(peer);
      else if (!this.#served.has(peer)) this.#served.set(peer, now);
    }
  }

  /** Every so often, and soon after somebody joined, who took the others' queue for the path. */
  #isDue(now: number): boolean {
    if (now - this.#toldAt >= DRAIN_INTERVAL) return true;
    for (const since of this.#served.values())
      if (since > this.#toldAt && now - since >= DRAIN_NEWCOMER) return true;
    return false;
  }
}

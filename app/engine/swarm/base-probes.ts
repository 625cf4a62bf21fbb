/**
 * Makes those who share a line let its queue run empty at the same time, so that each sees what the path takes by
 * itself (request-window.ts): a single one would still see the others' queue. Who downloads from several shares its
 * own downlink among them; who uploads to several shares its uplink, and tells them when. The line is the node's, so
 * this goes for the peers of all its torrents. Keeps when it was.
 */
import type { LinkId } from "../link.ts";
import { BASE_PROBE_INTERVAL, BASE_PROBE_NEWCOMER } from "./constants.ts";
import type { Peer } from "./peers/peer.ts";

/** What drains need of a torrent. */
export interface BaseProbeContext {
  readonly peers: ReadonlyMap<LinkId, Peer>;
}

export class BaseProbes {
  /** Peers that we upload to, and since when. */
  readonly #served: Map<Peer, number>;
  #toldAt: number;

  constructor() {
    this.#served = new Map();
    this.#toldAt = -Infinity;
  }

  /** `torrents`: all of the node. */
  handleTick(torrents: readonly BaseProbeContext[], now: number): void {
    if (anyWantsDrain(torrents, now))
      for (const { peers } of torrents)
        for (const {
          asked: { window },
        } of peers.values())
          window.probeBase(now);
    for (const peer of this.#served.keys()) if (peer.isGone) this.#served.delete(peer);
    for (const { peers } of torrents) for (const peer of peers.values()) this.#count(peer, now);
    if (this.#served.size < 2 || !this.#isDue(now)) return;
    this.#toldAt = now;
    for (const { peers } of torrents)
      for (const peer of peers.values()) if (this.#served.has(peer)) peer.sayLane({ kind: "drain" });
  }

  #count(peer: Peer, now: number): void {
    if (peer.slot.amChoking || peer.served.up.rate(now) === 0) this.#served.delete(peer);
    else if (!this.#served.has(peer)) this.#served.set(peer, now);
  }

  /** Every so often, and soon after somebody joined, who took the others' queue for the path. */
  #isDue(now: number): boolean {
    if (now - this.#toldAt >= BASE_PROBE_INTERVAL) return true;
    for (const since of this.#served.values())
      if (since > this.#toldAt && now - since >= BASE_PROBE_NEWCOMER) return true;
    return false;
  }
}

function anyWantsDrain(torrents: readonly BaseProbeContext[], now: number): boolean {
  let sources = 0;
  for (const { peers } of torrents)
    for (const {
      asked: { requests },
    } of peers.values())
      if (requests.size > 0) sources++;
  // Beside another's blocks a ping met the same queue as ours, and tells nothing of the path.
  const isAlone = sources < 2;
  for (const { peers } of torrents)
    for (const {
      roundTrip,
      asked: { window },
    } of peers.values())
      if (window.wantsBaseProbe(now, isAlone ? roundTrip : Infinity)) return true;
  return false;
}

/**
 * `BaseProbes` makes all request windows that share a line probe for the base at the same time (request-window.ts). A
 * window that probed alone would measure the queue of the others. The line is the node's, so the windows of all its
 * torrents probe together. A node has two directions:
 *
 * | direction | line | a probe begins | what probes |
 * | --- | --- | --- | --- |
 * | download | the downlink | when any window wants a probe | the windows of all peers |
 * | upload | the uplink | every few seconds, and soon after a peer joined | the peers served, told by `drain` |
 *
 * Example: a node serves A and B for 5 s, when C joins. The queue of A and B is part of every delay that C measures.
 * 1.5 s later, the node tells all three to probe. A node that serves one peer tells it nothing, because that peer's
 * window probes by itself. The window of the uplink has its own probes (uplink.ts).
 */
import type { LinkId } from "../link.ts";
import { BASE_PROBE_INTERVAL, BASE_PROBE_NEWCOMER } from "./constants.ts";
import type { Peer } from "./peers/peer.ts";

/** The part of a torrent that base probes need. */
export interface BaseProbeContext {
  readonly peers: ReadonlyMap<LinkId, Peer>;
}

export class BaseProbes {
  /** The peers served, and since when each is. */
  readonly #served: Map<Peer, number>;
  /** When the peers served were last told. */
  #toldAt: number;

  constructor() {
    this.#served = new Map();
    this.#toldAt = -Infinity;
  }

  /** `torrents`: all torrents of the node. */
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

  /** Notes whether a peer is served now. */
  #count(peer: Peer, now: number): void {
    if (peer.slot.amChoking || peer.served.up.rate(now) === 0) this.#served.delete(peer);
    else if (!this.#served.has(peer)) this.#served.set(peer, now);
  }

  /** Whether to tell the peers served: at regular times, and soon after one joined. */
  #isDue(now: number): boolean {
    if (now - this.#toldAt >= BASE_PROBE_INTERVAL) return true;
    for (const since of this.#served.values())
      if (since > this.#toldAt && now - since >= BASE_PROBE_NEWCOMER) return true;
    return false;
  }
}

/** Whether the window of any peer of any torrent wants a probe. */
function anyWantsDrain(torrents: readonly BaseProbeContext[], now: number): boolean {
  let sources = 0;
  for (const { peers } of torrents)
    for (const {
      asked: { requests },
    } of peers.values())
      if (requests.size > 0) sources++;
  // Where several peers send, a ping may have waited behind another peer's blocks, and says nothing of the path.
  const isAlone = sources < 2;
  for (const { peers } of torrents)
    for (const {
      roundTrip,
      asked: { window },
    } of peers.values())
      if (window.wantsBaseProbe(now, isAlone ? roundTrip : Infinity)) return true;
  return false;
}

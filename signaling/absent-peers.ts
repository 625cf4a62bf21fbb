/**
 * Absent peers are peers whose socket broke off and that may be back on another one at once, as after a change of
 * networks. A peer that is back with its key finds its routes again. Absent peers are kept for a while, oldest first.
 * After that, their routes are closed.
 */
import type { BinaryString } from "../app/engine/discovery/tracker-messages.ts";
import { MAX_ABSENT_PEERS } from "./constants.ts";
import { closeRoutes, type Routed } from "./routes.ts";

/** `key`: proves that a peer is the same; null: nothing does. */
interface Keyed {
  readonly key: BinaryString | null;
}

export class AbsentPeers<Peer extends Routed<Peer> & Keyed> {
  /** Milliseconds. */
  readonly #patience: number;
  readonly #absent: Map<string, { readonly peer: Peer; readonly until: number }>;

  constructor(patience: number) {
    this.#patience = patience;
    this.#absent = new Map();
  }

  /** Keeps a peer's place. A peer that cannot come back, or has nothing to come back to, is forgotten at once. */
  keep(infoHash: BinaryString, peer: Peer, now: number): void {
    this.#forgetOld(now);
    if (peer.key === null || !peer.routes?.size) {
      closeRoutes(peer);
      return;
    }
    this.#absent.set(infoHash + peer.peerId, { peer, until: now + this.#patience });
  }

  /** The peer that is back; null for all others. */
  take(infoHash: BinaryString, peerId: BinaryString, key: BinaryString | null, now: number): Peer | null {
    this.#forgetOld(now);
    const peer = this.#absent.get(infoHash + peerId)?.peer;
    if (peer === undefined || peer.key !== key) return null;
    this.#absent.delete(infoHash + peerId);
    return peer;
  }

  #forgetOld(now: number): void {
    for (const [name, { peer, until }] of this.#absent) {
      if (until > now && this.#absent.size <= MAX_ABSENT_PEERS) break;
      this.#absent.delete(name);
      closeRoutes(peer);
    }
  }
}

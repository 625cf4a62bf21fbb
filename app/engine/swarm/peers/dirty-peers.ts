/**
 * The peers whose state changed or that have something to send since the last input ended, in the order in which they
 * came to. Most inputs touch one: a list, and a mark at each peer, cost a fraction of what a set does.
 */
import type { Peer } from "./peer.ts";

export class DirtyPeers {
  /** Null where one is gone. */
  readonly #peers: (Peer | null)[];

  constructor() {
    this.#peers = [];
  }

  /** It may grow while it is read. */
  get list(): readonly (Peer | null)[] {
    return this.#peers;
  }

  add(peer: Peer): void {
    if (peer.isDirty) return;
    peer.isDirty = true;
    this.#peers.push(peer);
  }

  delete(peer: Peer): void {
    if (!peer.isDirty) return;
    peer.isDirty = false;
    this.#peers[this.#peers.indexOf(peer)] = null;
  }

  clear(): void {
    while (this.#peers.length > 0) {
      const peer = this.#peers.pop()!;
      if (peer !== null) peer.isDirty = false;
    }
  }
}

/**
 * The dirty peers are those that the current input has touched: their state changed, or something is to be sent to
 * them. They are listed in the order in which they were touched. The end of the input goes through the list and
 * clears it (end-input.ts). Most inputs touch one peer. A list, with a mark at each listed peer, costs a fraction of
 * what a Set costs.
 */

/** A member carries the mark that it is in the list. */
interface Markable {
  isDirty: boolean;
}

export class DirtyPeers<Member extends Markable> {
  /** Null in the place of a peer that is gone. */
  readonly #peers: (Member | null)[];
  readonly #began: () => void;

  /** `began`: called when the first peer enters an empty list. */
  constructor(began: () => void) {
    this.#peers = [];
    this.#began = began;
  }

  /** The list may grow while it is read. */
  get list(): readonly (Member | null)[] {
    return this.#peers;
  }

  add(peer: Member): void {
    if (peer.isDirty) return;
    peer.isDirty = true;
    if (this.#peers.length === 0) this.#began();
    this.#peers.push(peer);
  }

  delete(peer: Member): void {
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

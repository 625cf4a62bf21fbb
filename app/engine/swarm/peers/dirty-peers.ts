/**
 * The peers whose state changed or that have something to send since the last input ended, in the order in which they
 * came to. Most inputs touch one: a list, and a mark at each peer, cost a fraction of what a set does.
 */

/** What is kept here marks itself, so that it is found in a step. */
interface Markable {
  isDirty: boolean;
}

export class DirtyPeers<Member extends Markable> {
  /** Null where one is gone. */
  readonly #peers: (Member | null)[];
  readonly #began: () => void;

  /** `began`: called for the first peer after the list was cleared. */
  constructor(began: () => void) {
    this.#peers = [];
    this.#began = began;
  }

  /** It may grow while it is read. */
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

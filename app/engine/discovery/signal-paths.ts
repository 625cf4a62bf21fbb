/**
 * A signal path is the way for signals between the two ends of one connection. It leads through the introducer that
 * brought the two ends together, if that introducer passes signals on. The introducer knows the connection by the id
 * of its offer. A connection has one path at most, from its introduction to its end. The pages at both ends write and
 * read the signals.
 */
import type { LinkId } from "../link.ts";
import type { Introducer, Introduction } from "./introducer.ts";
import type { BinaryString } from "./tracker-messages.ts";

export interface SignalPath extends Introduction {
  readonly introducer: Introducer;
}

export class SignalPaths {
  readonly #paths: Map<LinkId, SignalPath>;

  constructor() {
    this.#paths = new Map();
  }

  set(link: LinkId, path: SignalPath): void {
    this.#paths.set(link, path);
  }

  /** The path of a connection; null when it has none. */
  of(link: LinkId): SignalPath | null {
    return this.#paths.get(link) ?? null;
  }

  /** The connection that a signal is for; null when the signal came by another path than the connection's. */
  linkOf(introducer: Introducer, from: { peerId: BinaryString; offerId: BinaryString }): LinkId | null {
    for (const [link, path] of this.#paths) {
      if (
        path.offerId === from.offerId &&
        path.peerId === from.peerId &&
        path.introducer.id === introducer.id
      )
        return link;
    }
    return null;
  }

  delete(link: LinkId): void {
    this.#paths.delete(link);
  }
}

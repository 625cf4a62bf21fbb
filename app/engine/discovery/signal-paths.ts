/**
 * The way by which the two ends of a connection can still tell each other something: through the introducer that brought
 * them together, if it passes signals on. The offer's id names the connection to it. Each link has one path at most, from
 * its introduction to its end. What the two ends say is a matter of their windows; nothing here looks into it.
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

  /** Where signals about a link go; null when they can go nowhere. */
  of(link: LinkId): SignalPath | null {
    return this.#paths.get(link) ?? null;
  }

  /** The link that a signal is about; null when it came another way than the link's own. */
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

/**
 * Which way the two ends of a connection can still tell each other something: through the tracker that introduced
 * them, where that passes signals on, named by the offer that brought them together. Keeps one path a link, from its
 * introduction to its end. What is said belongs to the two windows; nothing here looks into it.
 */
import type { LinkId } from "../link.ts";
import type { BinaryString } from "./tracker-messages.ts";

export interface SignalPath {
  /** URL. */
  readonly tracker: string;
  readonly infoHash: BinaryString;
  /** The other end. */
  readonly peerId: BinaryString;
  readonly offerId: BinaryString;
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
  linkOf(tracker: string, from: { peerId: BinaryString; offerId: BinaryString }): LinkId | null {
    for (const [link, path] of this.#paths) {
      if (path.offerId === from.offerId && path.peerId === from.peerId && path.tracker === tracker)
        return link;
    }
    return null;
  }

  delete(link: LinkId): void {
    this.#paths.delete(link);
  }
}

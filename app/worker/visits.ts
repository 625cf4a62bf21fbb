/**
 * The visits are the torrents that were opened and never started, and the tabs that show them. A visit is not kept: the
 * list of shares does not have it, nor does the database. When the last of its tabs leaves it, it ends, and the torrent
 * leaves its swarm. When something is started, it becomes a torrent like any other (library.ts).
 *
 * A tab says what it leaves. A tab that is closed cannot, so its lock is waited for (bridge/tab-lock.ts).
 */

import type { TorrentId } from "../engine/host.ts";

export class Visits {
  readonly #awaitEnd: (tab: string) => Promise<unknown>;
  readonly #ended: (tab: string) => void;
  readonly #tabs: Map<TorrentId, Set<string>>;
  /** Tabs whose end is waited for. */
  readonly #awaited: Set<string>;

  /** `awaitEnd`: settles when a tab is gone. `ended`: told of it. */
  constructor(awaitEnd: (tab: string) => Promise<unknown>, ended: (tab: string) => void) {
    this.#awaitEnd = awaitEnd;
    this.#ended = ended;
    this.#tabs = new Map();
    this.#awaited = new Set();
  }

  /** A tab shows a torrent from now on. */
  arrive(torrent: TorrentId, tab: string): void {
    this.#tabs.set(torrent, (this.#tabs.get(torrent) ?? new Set()).add(tab));
    if (this.#awaited.has(tab)) return;
    this.#awaited.add(tab);
    const end = () => {
      this.#awaited.delete(tab);
      this.#ended(tab);
    };
    this.#awaitEnd(tab).then(end, end);
  }

  /** A tab shows a torrent no more. True if no other tab does. */
  leave(torrent: TorrentId, tab: string): boolean {
    const tabs = this.#tabs.get(torrent);
    tabs?.delete(tab);
    if (tabs !== undefined && tabs.size > 0) return false;
    this.#tabs.delete(torrent);
    return true;
  }

  /** The torrents that a tab shows. */
  of(tab: string): TorrentId[] {
    return [...this.#tabs].flatMap(([torrent, tabs]) => (tabs.has(tab) ? [torrent] : []));
  }
}

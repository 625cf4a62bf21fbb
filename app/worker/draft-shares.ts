/**
 * The draft shares are shares that drafts have made and whose links nobody has been given. Each belongs to the drafts
 * that have become it, in any tab: the one that made it stands first. It is removed when the last of them is discarded or
 * becomes another share. It is released, and so belongs to no draft any more, when its link is passed on, when a tab
 * opens it, and when a tab that has one of its drafts is gone: from then on it is listed, and stays until the person
 * removes it.
 *
 * Whose it is is kept in the database, for the worker that takes over, and is written together with the share's record.
 */

import type { TorrentId } from "../engine/host.ts";
import type { DraftOwner, ShoalDatabase } from "../storage/schema.ts";

export class DraftShares {
  readonly #db: ShoalDatabase;
  readonly #track: (write: Promise<unknown>) => void;
  readonly #owners: Map<TorrentId, readonly DraftOwner[]>;
  #awaitTabEnd: ((tab: string) => Promise<unknown>) | null;
  /** Tabs whose end is waited for. */
  readonly #awaited: Set<string>;

  /** `track`: told of each write. */
  constructor(db: ShoalDatabase, track: (write: Promise<unknown>) => void) {
    this.#db = db;
    this.#track = track;
    this.#owners = new Map();
    this.#awaitTabEnd = null;
    this.#awaited = new Set();
  }

  /** Reads what was kept of these torrents. */
  async load(torrents: readonly TorrentId[]): Promise<void> {
    const [ids, rows] = await Promise.all([this.#db.getAllKeys("drafts"), this.#db.getAll("drafts")]);
    for (const [at, id] of ids.entries()) {
      const row: unknown = rows[at];
      // Rows may be damaged. A share of no draft is one like any other.
      if (!torrents.includes(id) || !Array.isArray(row) || !row.every(isOwner)) continue;
      this.#owners.set(id, row);
      for (const { tab } of row) this.#watch(tab);
    }
  }

  /** From now on, the shares of tabs that are gone are released. `awaitTabEnd` settles when a tab is gone. */
  followTabs(awaitTabEnd: (tab: string) => Promise<unknown>): void {
    this.#awaitTabEnd = awaitTabEnd;
    for (const owners of this.#owners.values()) for (const { tab } of owners) this.#watch(tab);
  }

  has(torrent: TorrentId): boolean {
    return this.#owners.has(torrent);
  }

  /** The drafts that a share belongs to, as they are kept; undefined for a share of no draft. */
  owners(torrent: TorrentId): readonly DraftOwner[] | undefined {
    return this.#owners.get(torrent);
  }

  /** Whether this draft made the share. */
  isMadeBy(torrent: TorrentId, draft: string): boolean {
    return this.#owners.get(torrent)?.[0]?.draft === draft;
  }

  /** The shares that belong to a draft. */
  of(draft: string): TorrentId[] {
    return [...this.#owners].flatMap(([torrent, owners]) =>
      owners.some((owner) => owner.draft === draft) ? [torrent] : [],
    );
  }

  /** A draft makes a share: its record is not written yet, and is written together with this. */
  make(torrent: TorrentId, owner: DraftOwner): void {
    this.#owners.set(torrent, [owner]);
    this.#watch(owner.tab);
  }

  /** Another draft becomes a share. Nothing changes if that belongs to no draft. */
  join(torrent: TorrentId, owner: DraftOwner): void {
    const owners = this.#owners.get(torrent);
    if (owners === undefined || owners.some(({ draft }) => draft === owner.draft)) return;
    this.#set(torrent, [...owners, owner]);
    this.#watch(owner.tab);
  }

  /** A draft gives a share up. True if it belongs to no other draft, so that it is to be removed. */
  leave(torrent: TorrentId, draft: string): boolean {
    const owners = this.#owners.get(torrent) ?? [];
    const others = owners.filter((owner) => owner.draft !== draft);
    if (others.length === owners.length) return false;
    if (others.length > 0) this.#set(torrent, others);
    return others.length === 0;
  }

  /** A share belongs to no draft any more, and stays. */
  release(torrent: TorrentId): void {
    if (this.#owners.delete(torrent)) this.#track(this.#db.delete("drafts", torrent));
  }

  /** A share was removed. */
  async delete(torrent: TorrentId): Promise<void> {
    this.#owners.delete(torrent);
    await this.#db.delete("drafts", torrent);
  }

  #set(torrent: TorrentId, owners: readonly DraftOwner[]): void {
    this.#owners.set(torrent, owners);
    this.#track(this.#db.put("drafts", owners, torrent));
  }

  #watch(tab: string): void {
    if (this.#awaitTabEnd === null || this.#awaited.has(tab)) return;
    this.#awaited.add(tab);
    const end = () => {
      this.#awaited.delete(tab);
      for (const [torrent, owners] of this.#owners)
        if (owners.some((owner) => owner.tab === tab)) this.release(torrent);
    };
    this.#awaitTabEnd(tab).then(end, end);
  }
}

function isOwner(value: unknown): value is DraftOwner {
  const { draft, tab } = (value ?? {}) as Partial<DraftOwner>;
  return typeof draft === "string" && typeof tab === "string";
}

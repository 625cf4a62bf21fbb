/**
 * The drafts are what people are about to share in any tab, by the id that the tab gave to each. They end with their tab.
 */

import type { DraftSnapshot } from "../bridge/commands.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import { RATE_MEMORY } from "./constants.ts";
import { Draft } from "./draft.ts";

interface Entry {
  readonly draft: Draft;
  readonly tab: string;
  /** Bytes a second, smoothed. */
  rate: number;
  hashed: number;
  measuredAt: number;
}

export class Drafts {
  readonly #awaitTabEnd: (tab: string) => Promise<unknown>;
  readonly #drafts: Map<string, Entry>;

  /** `awaitTabEnd`: resolves when a tab is gone. */
  constructor(awaitTabEnd: (tab: string) => Promise<unknown>) {
    this.#awaitTabEnd = awaitTabEnd;
    this.#drafts = new Map();
  }

  get(id: string): Draft | undefined {
    return this.#drafts.get(id)?.draft;
  }

  /** The draft of this id, which begins without files when there is none. `tab`: whose it is. */
  open(id: string, tab: string): Draft {
    let entry = this.#drafts.get(id);
    if (entry === undefined) {
      entry = { draft: new Draft(id), tab, rate: 0, hashed: 0, measuredAt: performance.now() };
      this.#drafts.set(id, entry);
      this.#awaitTabEnd(tab).then(
        () => this.delete(id),
        () => {},
      );
    }
    return entry.draft;
  }

  /**
   * A draft that has so many files.
   * @throws ShoalError share/unknown-draft when it has others
   */
  whole(id: string, fileCount: number): Draft {
    const draft = this.get(id);
    if (draft === undefined || draft.fileCount !== fileCount) throw new ShoalError("share/unknown-draft");
    return draft;
  }

  delete(id: string): void {
    this.get(id)?.cancel();
    this.#drafts.delete(id);
  }

  /** A share stays whatever becomes of the draft that made it. */
  release(torrent: TorrentId): void {
    for (const { draft } of this.#drafts.values()) if (draft.made === torrent) draft.made = null;
  }

  snapshots(): DraftSnapshot[] {
    const now = performance.now();
    return [...this.#drafts.values()].map((entry) => {
      const snapshot = entry.draft.snapshot(0);
      measure(entry, snapshot.hashed, now);
      return { ...snapshot, tab: entry.tab, rate: snapshot.working ? entry.rate : 0 };
    });
  }
}

/** Smooths the rate over the time that passed, however long that was. */
function measure(entry: Entry, hashed: number, now: number): void {
  const seconds = (now - entry.measuredAt) / 1000;
  if (seconds <= 0) return;
  // Work that begins anew has hashed less.
  const rate = Math.max(0, hashed - entry.hashed) / seconds;
  const memory = entry.rate === 0 ? 0 : RATE_MEMORY ** seconds;
  entry.rate = memory * entry.rate + (1 - memory) * rate;
  entry.hashed = hashed;
  entry.measuredAt = now;
}

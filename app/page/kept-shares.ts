/**
 * The kept shares are those of this device as a tab last saw them, noted outside the database: in local storage, which
 * Chromium does not delete with it. At a start, the first snapshot is compared with the note. A share that is not there
 * any more, or that is there without anything stored, was deleted by the browser. Such shares are *lost* until the
 * person has read of it.
 *
 * A share that a person removes leaves the note with the next snapshot, so it is never taken for lost. A node with a
 * fault may not see its shares: while there is one, nothing is compared and nothing noted. Where the browser deletes
 * local storage along with the rest (Firefox, and every browser when a person clears the site's data), the loss is not
 * noticed.
 */

import type { NodeSnapshot, ShareSnapshot } from "../bridge/commands.ts";
import type { TorrentId } from "../engine/host.ts";
import { MAX_LOST_SHARES } from "./constants.ts";

const KEY = "shoal-kept";

type KeptStorage = Pick<Storage, "getItem" | "setItem">;

interface KeptShare {
  readonly id: TorrentId;
  /** Unchecked; null while it was unknown. */
  readonly name: string | null;
  /** The share link; empty for a share without one. */
  readonly link: string;
  /** Something of it was in storage. */
  readonly stored: boolean;
}

export interface LostShare extends Omit<KeptShare, "stored"> {
  /** It is still in the list, and what was stored of it is gone. */
  readonly listed: boolean;
}

interface Note {
  readonly kept: readonly KeptShare[];
  readonly lost: readonly LostShare[];
}

const NOTHING: Note = { kept: [], lost: [] };

export class KeptShares {
  readonly #storage: () => KeptStorage;
  #note: Note;
  /** The part of the snapshot that was noted last, so that nothing is written twice. */
  #written: string;
  #compared: boolean;

  /** `storage`: may throw, as `localStorage` does where it is refused. */
  constructor(storage: () => KeptStorage) {
    this.#storage = storage;
    this.#note = NOTHING;
    this.#written = "";
    this.#compared = false;
  }

  /** Shares that the browser deleted, or what was stored of them; MAX_LOST_SHARES at most. */
  get lost(): readonly LostShare[] {
    return this.#note.lost;
  }

  /** Takes a snapshot. True if it shows that more shares are lost than were known. */
  handleSnapshot({ shares, fault }: NodeSnapshot): boolean {
    if (fault !== null) return false;
    const kept = shares.filter((share) => share.kept).map(keptShare);
    const text = JSON.stringify(kept);
    if (this.#compared && text === this.#written) return false;
    this.#read();
    const fresh = this.#compared ? [] : lostOf(this.#note.kept, shares);
    this.#compared = true;
    const known = this.#note.lost.filter(({ id }) => !fresh.some((share) => share.id === id));
    this.#write({ kept, lost: [...fresh, ...known].slice(0, MAX_LOST_SHARES) });
    this.#written = text;
    return fresh.length > 0;
  }

  /** The person removes a share now: no later snapshot may come here. */
  forget(id: TorrentId): void {
    this.#read();
    this.#write({ ...this.#note, kept: this.#note.kept.filter((share) => share.id !== id) });
    this.#written = "";
  }

  /** The person has read of the lost shares. */
  dismiss(): void {
    this.#read();
    this.#write({ ...this.#note, lost: [] });
  }

  #read(): void {
    try {
      const note: unknown = JSON.parse(this.#storage().getItem(KEY) ?? "null");
      if (isNote(note)) this.#note = note;
    } catch {
      // Refused, or written by something else: what this tab knows holds.
    }
  }

  #write(note: Note): void {
    this.#note = note;
    try {
      this.#storage().setItem(KEY, JSON.stringify(note));
    } catch {
      // Refused or full.
    }
  }
}

function keptShare(share: ShareSnapshot): KeptShare {
  const { id, title, name, link, storedBytes } = share;
  return { id, name: title ?? name, link, stored: !isElsewhere(share) && storedBytes > 0 };
}

/** Whether its bytes are in files of the person's: the browser does not delete those. */
function isElsewhere({ fromFiles, folder }: ShareSnapshot): boolean {
  return fromFiles || folder !== null;
}

function lostOf(kept: readonly KeptShare[], shares: readonly ShareSnapshot[]): LostShare[] {
  return kept.flatMap(({ id, name, link, stored }): LostShare[] => {
    const share = shares.find((each) => each.id === id);
    if (share === undefined) return [{ id, name, link, listed: false }];
    return stored && !keptShare(share).stored && !isElsewhere(share)
      ? [{ id, name, link, listed: true }]
      : [];
  });
}

function isNote(value: unknown): value is Note {
  if (typeof value !== "object" || value === null) return false;
  const { kept, lost } = value as Partial<Note>;
  return isListOfShares(kept) && isListOfShares(lost);
}

function isListOfShares(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (share: Partial<LostShare> | null) =>
        typeof share?.id === "string" &&
        typeof share.link === "string" &&
        (share.name === null || typeof share.name === "string"),
    )
  );
}

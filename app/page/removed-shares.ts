/**
 * The removed shares are those that a person removed from this device, by their codes (share-codes.ts). The browser's
 * history still has their addresses: going back to one must not bring the share online again. All tabs know them, as
 * they are kept in local storage; where that is refused, the tab that saw a share go knows it.
 */

import { MAX_REMOVED_SHARES } from "./constants.ts";
import { leadsTo } from "./share-codes.ts";

const KEY = "shoal-removed";

type RemovedStorage = Pick<Storage, "getItem" | "setItem">;

export class RemovedShares {
  readonly #storage: () => RemovedStorage;
  /** The codes of each, the latest last. */
  #removed: readonly (readonly string[])[];

  /** `storage`: may throw, as `localStorage` does where it is refused. */
  constructor(storage: () => RemovedStorage) {
    this.#storage = storage;
    this.#removed = [];
  }

  /** Whether a link leads to a share that was removed. */
  has(link: string): boolean {
    this.#read();
    return this.#removed.some((codes) => leadsTo(link, codes));
  }

  remember(codes: readonly string[]): void {
    this.#read();
    const others = this.#removed.filter((known) => !known.some((code) => codes.includes(code)));
    this.#write([...others, codes].slice(-MAX_REMOVED_SHARES));
  }

  /** The share that a link leads to was opened by a person: it is no longer a removed one. */
  forget(link: string): void {
    if (this.has(link)) this.#write(this.#removed.filter((codes) => !leadsTo(link, codes)));
  }

  #read(): void {
    try {
      const kept: unknown = JSON.parse(this.#storage().getItem(KEY) ?? "[]");
      if (isListOfLists(kept)) this.#removed = kept;
    } catch {
      // Refused, or written by something else: what this tab knows holds.
    }
  }

  #write(removed: readonly (readonly string[])[]): void {
    this.#removed = removed;
    try {
      this.#storage().setItem(KEY, JSON.stringify(removed));
    } catch {
      // Refused or full.
    }
  }
}

function isListOfLists(value: unknown): value is string[][] {
  const isList = (each: unknown) => Array.isArray(each) && each.every((code) => typeof code === "string");
  return Array.isArray(value) && value.every(isList);
}

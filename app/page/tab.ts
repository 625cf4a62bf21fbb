/**
 * A tab has an id of its own, by which the worker knows what it shows, and holds a lock for as long as it lives
 * (bridge/tab-lock.ts).
 */

import { tabLock } from "../bridge/tab-lock.ts";

/** A new id, also on pages that are not secure and have no `crypto.randomUUID`. */
export function newTabId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Takes the tab's lock, for good. Resolves when the tab has it. @throws DOMException where locks are refused */
export function holdTabLock(tab: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const hold = () => {
      resolve();
      return new Promise<never>(() => {});
    };
    navigator.locks.request(tabLock(tab), hold).catch(reject);
  });
}

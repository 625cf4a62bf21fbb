/**
 * The other tabs of this browser profile that have Shoal open, as the locks tell that each holds (bridge/tab-lock.ts).
 * Locks are told later, so what is known is as of the last look.
 */

import { tabLock } from "../bridge/tab-lock.ts";
import { OTHER_TABS_INTERVAL } from "./constants.ts";

export class OtherTabs {
  readonly #own: string;
  #some: boolean;
  #lookedAt: number;

  /** `tab`: the id of this one. */
  constructor(tab: string) {
    this.#own = tabLock(tab);
    this.#some = false;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
  }

  /** Whether there were others at the last look. */
  get some(): boolean {
    return this.#some;
  }

  /** Looks again, unless that was done within OTHER_TABS_INTERVAL. */
  look(): void {
    const now = performance.now();
    if (now - this.#lookedAt < OTHER_TABS_INTERVAL) return;
    this.#lookedAt = now;
    // Where locks are refused, no other tab could take over either.
    void navigator.locks?.query().then(
      ({ held = [] }) => {
        this.#some = held.some(({ name }) => name !== this.#own && name?.startsWith(tabLock("")));
      },
      () => {},
    );
  }
}

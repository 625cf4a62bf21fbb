/**
 * The storage budget knows how much storage the browser gives Shoal and how much of it is used, and refuses downloads
 * that do not fit. It asks the browser before each check, and whenever the latest answer is older than
 * ESTIMATE_INTERVAL.
 */

import { ShoalError } from "../engine/errors.ts";
import { ESTIMATE_INTERVAL } from "./constants.ts";

export interface StorageUse {
  /** Bytes. */
  readonly used: number;
  readonly quota: number;
  readonly persisted: boolean;
}

export class StorageBudget {
  #use: StorageUse | null;
  #askedAt: number;

  constructor() {
    this.#use = null;
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** The latest answer; null where the browser does not tell. */
  get use(): StorageUse | null {
    return this.#use;
  }

  /** Asks again when the latest answer is old. */
  refresh(): void {
    if (performance.now() - this.#askedAt >= ESTIMATE_INTERVAL) void this.#ask();
  }

  /**
   * Refuses what cannot fit. Everything fits where the browser does not tell.
   * @param needed bytes that are still to be stored, of every download under way
   * @throws ShoalError storage/too-large
   */
  async check(needed: number): Promise<void> {
    const use = await this.#ask();
    const missing = use ? needed - (use.quota - use.used) : 0;
    if (missing > 0) throw new ShoalError("storage/too-large", String(missing));
  }

  async #ask(): Promise<StorageUse | null> {
    this.#askedAt = performance.now();
    try {
      const { storage } = navigator;
      const [{ usage, quota }, persisted] = await Promise.all([storage.estimate(), storage.persisted()]);
      this.#use = usage === undefined || quota === undefined ? null : { used: usage, quota, persisted };
    } catch {
      this.#use = null;
    }
    return this.#use;
  }
}

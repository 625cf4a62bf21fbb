/**
 * The storage budget knows how much storage the browser gives Shoal and how much of it is used, and refuses downloads
 * that do not fit. It asks the browser before each check, and whenever the latest answer is older than
 * ESTIMATE_INTERVAL.
 *
 * Not every answer says how much is free:
 *
 * | answer | example | how much is free |
 * | --- | --- | --- |
 * | a quota that stays as it is | Firefox: 10 GiB, and half of the disk once the storage is persistent | the rest of it |
 * | what is used, and a round figure on top | Chromium from 138 on: 10 GiB, or the size of a smaller disk | unknown |
 * | none | a browser without estimates, or one that fails | unknown |
 *
 * The round figure is the same whether the disk has more or less room, and whether the window is private. The real
 * limit shows only when a write fails. So nothing is refused where it is unknown how much is free.
 */

import type { StorageSnapshot } from "../bridge/commands.ts";
import { ShoalError } from "../engine/errors.ts";
import { ESTIMATE_INTERVAL, ROUND_QUOTA_MAX, ROUND_QUOTA_STEP } from "./constants.ts";

/** Chromium's own part, which TypeScript does not know. */
interface Estimate extends StorageEstimate {
  readonly usageDetails?: object;
}

export class StorageBudget {
  #use: StorageSnapshot | null;
  #askedAt: number;

  constructor() {
    this.#use = null;
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** The latest answer; null where the browser does not tell. */
  get use(): StorageSnapshot | null {
    return this.#use;
  }

  /** Asks again when the latest answer is old. */
  refresh(): void {
    if (performance.now() - this.#askedAt >= ESTIMATE_INTERVAL) void this.ask();
  }

  /**
   * Refuses what cannot fit. Everything fits where it is unknown how much is free.
   * @param needed bytes that are still to be stored, of every download under way
   * @throws ShoalError storage/too-large
   */
  async check(needed: number): Promise<void> {
    const free = (await this.ask())?.free ?? null;
    if (free !== null && needed > free) throw new ShoalError("storage/too-large", String(needed - free));
  }

  /** Asks the browser now. */
  async ask(): Promise<StorageSnapshot | null> {
    this.#askedAt = performance.now();
    try {
      const { storage } = navigator;
      const [estimate, persisted] = await Promise.all([storage.estimate(), isPersisted(storage)]);
      this.#use = readEstimate(estimate, persisted);
    } catch {
      this.#use = null;
    }
    return this.#use;
  }
}

/** Storage counts as evictable where the browser does not tell. */
async function isPersisted(storage: StorageManager): Promise<boolean> {
  try {
    return await storage.persisted();
  } catch {
    return false;
  }
}

function readEstimate(estimate: Estimate, persisted: boolean): StorageSnapshot | null {
  const { usage: used, quota } = estimate;
  if (used === undefined || quota === undefined) return null;
  return { used, free: isRound(estimate, quota - used) ? null : Math.max(0, quota - used), persisted };
}

/**
 * Whether what is free is a round figure that stands for nothing. While nothing is used, a quota that is meant is as
 * round: only browsers that also tell what is used by what have the other one.
 */
function isRound({ usage, usageDetails }: Estimate, free: number): boolean {
  if (free <= 0 || free > ROUND_QUOTA_MAX || free % ROUND_QUOTA_STEP !== 0) return false;
  return usage !== 0 || usageDetails !== undefined;
}

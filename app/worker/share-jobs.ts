/**
 * The share jobs are the new shares whose files are being hashed, by the id that a tab gave to each. Their progress
 * is told to the tabs, and they can be cancelled.
 */

import type { HashingSnapshot } from "../bridge/commands.ts";
import { RATE_MEMORY } from "./constants.ts";
import { type HashedShare, type ShareInput, ShareJob } from "./share-job.ts";

interface Entry {
  readonly job: ShareJob;
  /** Bytes a second, smoothed. */
  rate: number;
  hashed: number;
  measuredAt: number;
}

export class ShareJobs {
  readonly #jobs: Map<string, Entry>;

  constructor() {
    this.#jobs = new Map();
  }

  /**
   * Hashes files. `job`: the id by which `cancel` and snapshots know the job.
   * @throws ShoalError as the job failed
   */
  async run(
    job: string,
    name: string,
    singleFile: boolean,
    files: readonly ShareInput[],
  ): Promise<HashedShare> {
    const shareJob = new ShareJob(name, singleFile, files);
    this.#jobs.set(job, { job: shareJob, rate: 0, hashed: 0, measuredAt: performance.now() });
    try {
      return await shareJob.run();
    } finally {
      this.#jobs.delete(job);
    }
  }

  cancel(job: string): void {
    this.#jobs.get(job)?.job.cancel();
  }

  snapshots(): HashingSnapshot[] {
    const now = performance.now();
    return [...this.#jobs].map(([job, entry]) => {
      measure(entry, now);
      const { name, otherEntries, hashed, size } = entry.job;
      return { job, name, otherEntries, hashed, size, rate: entry.rate };
    });
  }
}

/** Smooths the rate over the time that passed, however long that was. */
function measure(entry: Entry, now: number): void {
  const seconds = (now - entry.measuredAt) / 1000;
  if (seconds <= 0) return;
  const rate = (entry.job.hashed - entry.hashed) / seconds;
  const memory = entry.rate === 0 ? 0 : RATE_MEMORY ** seconds;
  entry.rate = memory * entry.rate + (1 - memory) * rate;
  entry.hashed = entry.job.hashed;
  entry.measuredAt = now;
}

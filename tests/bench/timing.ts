/** When a transfer began and ended, as the receiving page saw it. */
export interface Timing {
  /** Milliseconds since 1970, with fractions: browsers on one machine share the clock. */
  startedAt: number;
  finishedAt: number;
}

/** Megabytes (10⁶ bytes) a second. */
export function rateOf(bytes: number, { startedAt, finishedAt }: Timing): number {
  return bytes / 1e3 / (finishedAt - startedAt);
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** The value that so many percent of all do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)]!;
}

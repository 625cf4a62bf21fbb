/**
 * Milliseconds to wait after a number of failures in a row: doubling, never longer than `longest`. Full jitter keeps
 * those that failed together from coming back all at once.
 */
export function backoff(random: number, failures: number, first: number, longest: number): number {
  return Math.max(first / 2, Math.min(longest, first * 2 ** failures) * random);
}

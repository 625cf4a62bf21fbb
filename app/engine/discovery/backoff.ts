/**
 * Milliseconds until the next attempt, by exponential backoff with full jitter. The bound is `first`, doubled for
 * each earlier failure, and `longest` at most. The wait is a random share of the bound, and half of `first` at least.
 * Jitter keeps clients that failed together from coming back together. Example: with `first` = 500, the bounds are
 * 500, 1000, 2000 … ms, and each wait lies between 250 ms and its bound.
 *
 * `random`: uniform in [0, 1). `failures`: failures in a row before the latest one, so 0 after the first.
 */
export function backoff(random: number, failures: number, first: number, longest: number): number {
  return Math.max(first / 2, Math.min(longest, first * 2 ** failures) * random);
}

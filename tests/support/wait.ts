/**
 * Waiting for a condition instead of for time to pass. Every wait in the tests goes through here, so that a
 * failure always says what was awaited, for how long, and what was seen last.
 */

export interface WaitOptions {
  /** Milliseconds until the wait fails. */
  timeout?: number;
  /** What is awaited, as it should read after "waited 60 s for …"; a function is asked when the wait fails. */
  describe?: string | (() => string | Promise<string>);
  /** Milliseconds between two looks at the condition. */
  interval?: number;
}

/** A slow and busy computer takes many seconds for one of a quick and idle one. */
const defaultTimeout = 60_000;
const defaultInterval = 25;

/** Resolves after `milliseconds`. For polling, and for what is measured over a time: a test never waits for time alone. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A value as a failure message should show it: short, on one line. */
function show(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/**
 * Looks at `condition` until it gives something truthy, and returns that. A condition that throws counts as not
 * yet true; its last error is the cause of the failure.
 * @throws Error when the timeout passes first
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeout = defaultTimeout, describe = "a condition", interval = defaultInterval }: WaitOptions = {},
): Promise<NonNullable<T>> {
  const start = performance.now();
  for (;;) {
    let seen: unknown;
    let cause: unknown;
    try {
      const value = await condition();
      if (value) return value as NonNullable<T>;
      seen = value;
    } catch (error) {
      cause = error;
      seen = error instanceof Error ? error.message : error;
    }
    if (performance.now() - start >= timeout) {
      const what = typeof describe === "string" ? describe : await describe();
      throw new Error(`waited ${timeout / 1000} s for ${what}; last seen: ${show(seen)}`, { cause });
    }
    await pause(interval);
  }
}

/** Waiting where a test draws time itself: the event loop goes on, turn by turn, until a condition holds. */

/** Nanoseconds of real time until such a wait fails. */
const LIMIT = 15_000_000_000n;

/**
 * Resolves when `condition` holds. `step` is done before each turn, as to let drawn time pass.
 * @throws Error naming `what` was awaited
 */
export async function turnsUntil(
  condition: () => boolean,
  what: string | (() => string),
  step: () => void = () => {},
): Promise<void> {
  const start = process.hrtime.bigint();
  while (!condition()) {
    if (process.hrtime.bigint() - start > LIMIT)
      throw new Error(`waited in vain for ${typeof what === "string" ? what : what()}`);
    step();
    await new Promise(setImmediate);
  }
}

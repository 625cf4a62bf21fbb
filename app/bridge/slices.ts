/**
 * Slices keep long work from holding a thread up. The work is a generator that yields wherever it can pause. It runs
 * for SLICE_LENGTH at a time, and between two slices the thread does what else there is.
 */

import { SLICE_LENGTH } from "./constants.ts";

/** Runs the work to its end, in slices. Resolves with what it returns. */
export async function inSlices<Result>(work: Generator<undefined, Result, undefined>): Promise<Result> {
  for (;;) {
    const end = performance.now() + SLICE_LENGTH;
    do {
      const step = work.next();
      if (step.done) return step.value;
    } while (performance.now() < end);
    await turn();
  }
}

/** Resolves in a task of its own. A timer would wait for milliseconds, and for a second in a hidden tab. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

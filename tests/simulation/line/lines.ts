/**
 * The lines of the networks benchmark, from the sender's uplink to the receiver. What a busy computer carries bounds the
 * long one.
 */

import type { Shape } from "./link.ts";
import type { LineShape } from "./shared-line.ts";

/** Bytes a second. */
const mbit = 1e6 / 8;

function line(there: Partial<Shape>, roundTrip: number): LineShape {
  const plain = { rate: Infinity, queue: 100, delay: roundTrip / 2, loss: 0 };
  return { there: { ...plain, ...there }, back: plain };
}

export const lines = {
  home: line({ rate: 20 * mbit }, 40),
  fast: line({ rate: 100 * mbit }, 50),
  slow: line({ rate: 2 * mbit }, 40),
  far: line({ rate: 50 * mbit }, 200),
  long: line({ rate: 32 * mbit }, 100),
  loss: line({ rate: 100 * mbit, loss: 0.005 }, 50),
} as const satisfies Record<string, LineShape>;

export type LineName = keyof typeof lines;

/**
 * The lines of the networks benchmark, from the sender's uplink to the receiver. What a busy computer carries bounds the
 * long one.
 */

import type { Shape } from "./link.ts";
import type { LineShape } from "./shared-line.ts";

/** Bytes a second. */
const mbit = 1e6 / 8;

/** `roundTrip`: milliseconds. */
export function lineOf(there: Partial<Shape>, roundTrip: number): LineShape {
  const plain = { rate: Infinity, queue: 100, delay: roundTrip / 2, loss: 0 };
  return { there: { ...plain, ...there }, back: plain };
}

export const lines = {
  home: lineOf({ rate: 20 * mbit }, 40),
  fast: lineOf({ rate: 100 * mbit }, 50),
  slow: lineOf({ rate: 2 * mbit }, 40),
  far: lineOf({ rate: 50 * mbit }, 200),
  long: lineOf({ rate: 32 * mbit }, 100),
  loss: lineOf({ rate: 100 * mbit, loss: 0.005 }, 50),
} as const satisfies Record<string, LineShape>;

export type LineName = keyof typeof lines;

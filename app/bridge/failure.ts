/**
 * A failure is an error on its way to another thread: its code and its detail. ui/words/errors.ts makes a sentence of
 * them.
 */

import { type ErrorCode, ShoalError } from "../engine/errors.ts";

export interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** A ShoalError's code and detail; anything else counts as the worker's own failure. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ShoalError) return { code: error.code, detail: error.detail };
  return { code: "connection/worker-failed", detail: String(error) };
}

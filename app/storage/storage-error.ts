/** What the database refused, in the project's own words. */

import { ShoalError } from "../engine/errors.ts";

/** Wraps whatever a transaction failed with: storage/full when the browser gives no more room, else storage/failed. */
export function storageError(cause: unknown): ShoalError {
  if (cause instanceof ShoalError) return cause;
  const full = cause instanceof Error && cause.name === "QuotaExceededError";
  const detail = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new ShoalError(full ? "storage/full" : "storage/failed", detail, { cause });
}

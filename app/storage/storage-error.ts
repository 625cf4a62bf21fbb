/**
 * A storage error is a failure of the database, as a ShoalError. Some failures pass: the disk is full, or the browser
 * gave up a transaction. Others say that bytes are gone for good.
 */

import { ShoalError } from "../engine/errors.ts";

/**
 * Wraps what a transaction failed with: as storage/full when the browser gives no more room, else as storage/failed.
 * A ShoalError stays as it is.
 */
export function storageError(cause: unknown): ShoalError {
  if (cause instanceof ShoalError) return cause;
  const full = cause instanceof Error && cause.name === "QuotaExceededError";
  const detail = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new ShoalError(full ? "storage/full" : "storage/failed", detail, { cause });
}

/**
 * Whether a read failed because the bytes are gone: the browser's file of a Blob is missing (NotFoundError), or it is
 * not as long as it was (NotReadableError).
 */
export function isGone(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === "NotFoundError" || cause.name === "NotReadableError");
}

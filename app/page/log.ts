/** The window's log gives each entry its time and the epoch of the window's worker, and writes it to the console. */

import { logLine } from "../bridge/log-line.ts";
import { type LogCode, type LogData, logEntry } from "../engine/log.ts";

let epoch: string | null = null;

/** Gives this epoch to all entries from now on: the window started a worker. */
export function beginEpoch(started: string): void {
  epoch = started;
}

export function log<Code extends LogCode>(code: Code, data: LogData[Code]): void {
  const entry = logEntry(code, data, Date.now(), epoch);
  console[entry.level](logLine(entry));
}

/**
 * The kind of an error: its code or its name. The messages of errors about connections quote descriptions, and with
 * them addresses of peers.
 */
export function errorKind(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as Error & { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}

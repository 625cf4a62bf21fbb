/** The window's log: gives entries their time and the epoch of its worker, and puts them on the console. */

import { logLine } from "../bridge/log-line.ts";
import { type LogCode, type LogData, logEntry } from "../engine/log.ts";

let epoch: string | null = null;

/** What happens from now on happens beside the worker of that epoch. */
export function beginEpoch(started: string): void {
  epoch = started;
}

export function log<Code extends LogCode>(code: Code, data: LogData[Code]): void {
  const entry = logEntry(code, data, Date.now(), epoch);
  console[entry.level](logLine(entry));
}

/** What kind of error it is. Messages about connections quote descriptions, and with them addresses of peers. */
export function errorKind(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as Error & { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}

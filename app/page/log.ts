/** The window's log lines, on the console in the shape that the worker's have. */

import { logLine } from "../bridge/log-line.ts";
import type { LogArea, LogLevel } from "../engine/host.ts";

/** One line. `data` must be fit to be shown: no addresses of peers, no info-hashes. */
export function log(
  level: LogLevel,
  area: LogArea,
  message: string,
  data: Readonly<Record<string, string | number>> = {},
): void {
  console[level](logLine(area, message, data));
}

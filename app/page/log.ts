/** The window's log lines, on the console in the shape that the worker's have. */

import type { LogArea, LogLevel } from "../engine/host.ts";

/** One line. `data` must be fit to be shown: no addresses of peers, no info-hashes. */
export function log(
  level: LogLevel,
  area: LogArea,
  message: string,
  data: Readonly<Record<string, string | number>> = {},
): void {
  const details = Object.entries(data).map(([name, value]) => ` ${name}=${value}`);
  console[level](`[${area}] ${message}${details.join("")}`);
}

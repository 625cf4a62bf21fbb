/** The shape of a log line on the console, the same from every thread. */

import type { LogArea } from "../engine/host.ts";

/** `data` must be fit to be shown: no addresses of peers. */
export function logLine(
  area: LogArea,
  message: string,
  data: Readonly<Record<string, string | number>>,
): string {
  const details = Object.entries(data).map(([name, value]) => ` ${name}=${value}`);
  return `[${area}] ${message}${details.join("")}`;
}

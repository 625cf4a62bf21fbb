/** A log line is a log entry as it is written to the console, by the page and by the worker alike. */

import type { LogEntry } from "../engine/log.ts";

/**
 * An entry in one line, whatever its data: "2026-01-02T03:04:05.678Z [peer] link-closed link=3 reason=idle
 * epoch=1b9d6bcd".
 */
export function logLine({ code, area, data, time, epoch }: LogEntry): string {
  const details = Object.entries({ ...data, ...(epoch !== null && { epoch: epoch.slice(0, 8) }) });
  const shown = details.map(([name, value]) => ` ${name}=${shownValue(value)}`);
  return `${new Date(time).toISOString()} [${area}] ${code}${shown.join("")}`;
}

/**
 * A word or a number as it is, everything else in quotes. Characters that cannot be seen or that reorder a line are
 * shown as their codes.
 */
function shownValue(value: string | number): string {
  const text = String(value);
  if (/^[\w.:/@+-]+$/.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

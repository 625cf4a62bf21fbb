/** The shape of a log entry on the console, the same from every thread. */

import type { LogEntry } from "../engine/log.ts";

/** "2026-01-02T03:04:05.678Z [peer] link-closed link=3 reason=idle epoch=1b9d6bcd", in one line whatever the data. */
export function logLine({ code, area, data, time, epoch }: LogEntry): string {
  const details = Object.entries({ ...data, ...(epoch !== null && { epoch: epoch.slice(0, 8) }) });
  const shown = details.map(([name, value]) => ` ${name}=${shownValue(value)}`);
  return `${new Date(time).toISOString()} [${area}] ${code}${shown.join("")}`;
}

/** Bare where it is a word or a number, else in quotes, what cannot be seen or reorders a line as its code. */
function shownValue(value: string | number): string {
  const text = String(value);
  if (/^[\w.:/@+-]+$/.test(text)) return text;
  return JSON.stringify(text).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** The words of quantities are sizes, rates, durations and counts, the same on every screen. Pure. */

/** A no-break space keeps a number and its unit on one line. */
const NBSP = "\u00a0";
const SIZE_UNITS = ["bytes", "KB", "MB", "GB", "TB", "PB"] as const;
const THOUSANDS = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A whole number with thousands separators. */
export function countInWords(count: number): string {
  return THOUSANDS.format(count);
}

/** `count` and the noun that agrees with it: "1 file", "12 files". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countInWords(count)}${NBSP}${count === 1 ? one : many}`;
}

/** Bytes in decimal units, three digits at most after the unit is chosen: "0 bytes", "1.25 MB", "512 GB". */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return plural(Math.round(bytes), "byte");
  let value = bytes;
  let unit = 0;
  while (unit < SIZE_UNITS.length - 1 && Number(value.toPrecision(3)) >= 1000) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))}${NBSP}${SIZE_UNITS[unit]}`;
}

/** Bytes a second: "3.2 MB/s"; below one byte a second "nothing". */
export function rateInWords(bytesPerSecond: number): string {
  if (bytesPerSecond < 1) return "nothing";
  if (bytesPerSecond < 1000) return `${Math.round(bytesPerSecond)}${NBSP}bytes/s`;
  return `${sizeInWords(bytesPerSecond)}/s`;
}

/** Seconds left, rounded to what a person cares about: "a few seconds left", "about 2 minutes left". */
export function timeLeftInWords(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds)) return "";
  if (seconds < 5) return "a few seconds left";
  if (seconds < 55) return `about ${plural(Math.ceil(seconds / 5) * 5, "second")} left`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${plural(minutes, "minute")} left`;
  const tenMinutes = Math.round(seconds / 600) * 10;
  const hours = Math.floor(tenMinutes / 60);
  if (hours >= 48) return `about ${plural(Math.round(hours / 24), "day")} left`;
  const rest = hours < 6 ? tenMinutes % 60 : 0;
  return `about ${plural(hours, "hour")}${rest === 0 ? "" : ` ${plural(rest, "minute")}`} left`;
}

/** Several clauses on one line, empty ones left out. */
export function joinClauses(clauses: readonly string[]): string {
  return clauses.filter((clause) => clause !== "").join(" · ");
}

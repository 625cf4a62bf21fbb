/**
 * The zip time is the time of an entry in a zip. Zips keep it as local time, in steps of two seconds, from 1980 to
 * 2107. Another time would become one that has nothing to do with it.
 */

const EARLIEST = new Date(1980, 0, 1);
const LATEST = new Date(2107, 11, 31, 23, 59, 58);

/** `modified`: milliseconds since 1970; null where it is not known, so that `otherwise` is taken. */
export function zipTime(modified: number | null, otherwise: number): Date {
  const time = modified ?? otherwise;
  if (time < EARLIEST.getTime()) return EARLIEST;
  return time > LATEST.getTime() ? LATEST : new Date(time);
}

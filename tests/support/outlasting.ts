/**
 * The pace of a download in which something is to happen. A condition that holds only while it runs could be missed
 * otherwise: a quick computer has everything before anybody looks, and a slow one looks late.
 */

/** Seconds; no test has as many. */
const longerThanAnyTest = 150;

/** Bytes a second at which a transfer of so many bytes is not over while its test runs. */
export function outlasting(bytes: number): number {
  return Math.floor(bytes / longerThanAnyTest);
}

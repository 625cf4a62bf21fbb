/** Names as text. Not every name on a disk is: Windows takes half a surrogate pair, Linux any bytes. */

/** Stands for a name that the browser does not tell, and for each character of one that it cannot. */
export const UNKNOWN_NAME = "\uFFFD";

/** The text with U+FFFD for each half of a surrogate pair. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, UNKNOWN_NAME);
}

/** A name as it is shared and shown. Chromium tells none where the bytes are no UTF-8. */
export function shownName(name: string): string {
  return name === "" ? UNKNOWN_NAME : wellFormed(name);
}

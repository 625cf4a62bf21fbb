/**
 * Names as they are shared. Not every name on a disk is text: Windows takes half a surrogate pair, Linux any bytes. And a
 * backslash, which Linux and macOS take, parts folders for clients on Windows; whoever opens a torrent with one gets `_`.
 */

/** Stands for a name that the browser does not tell, and for each character of one that it cannot. */
export const UNKNOWN_NAME = "\uFFFD";

/** The text with U+FFFD for each half of a surrogate pair. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, UNKNOWN_NAME);
}

/** The name under which a file or folder is shared. Chromium tells none where the bytes are no UTF-8. */
export function sharedName(name: string): string {
  return name === "" ? UNKNOWN_NAME : wellFormed(name).replaceAll("\\", "_");
}

/**
 * Visible text is text of strangers in which nothing works unseen. Characters that turn the direction of what follows
 * (a name that ends in "gpj.exe" and is shown as one that ends in "exe.jpg"), and other controls, are written out.
 * Pure.
 */

/** Controls of direction, and all control characters but tab and line break. */
const HIDDEN = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** The text with each hidden character as its number: "[U+202E]". Line breaks stay. */
export function visibleText(text: string): string {
  return text.replace(
    HIDDEN,
    (character) => `[U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`,
  );
}

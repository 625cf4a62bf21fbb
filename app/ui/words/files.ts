/** The words of a list of files: how much of it is selected, and how much a search found. Pure. */

import { countInWords, plural, sizeInWords } from "./quantities.ts";

/** `bytes`: of the selected files. */
export function selectionSentence(selected: number, fileCount: number, bytes: number): string {
  if (selected === fileCount) return fileCount === 1 ? "" : "All selected";
  if (selected === 0) return "Nothing selected";
  return `${plural(selected, "file")} of ${countInWords(fileCount)} selected, ${sizeInWords(bytes)}`;
}

const TIMES = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** When a file was last changed, as its sender says; "" where that is not known. `modified`: as in ShareRow. */
export function modifiedSentence(modified: number | null): string {
  return modified === null ? "" : `Last changed ${TIMES.format(modified)}`;
}

/** How many names a search found. */
export function foundSentence(found: number): string {
  return found === 0 ? "Nothing found." : `${countInWords(found)} found.`;
}

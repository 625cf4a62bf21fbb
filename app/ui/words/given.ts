/**
 * The words of files that are given to a share again: how what a person has differs from what was shared, file by
 * file. Pure.
 */

import type { FilesGiven, MissingFile, NamedPaths, ShareDifference } from "../../bridge/commands.ts";
import { countInWords, plural } from "./quantities.ts";
import { visiblePath } from "./visible-name.ts";

/** Paths that a sentence names; the rest is counted. */
const PATHS_SAID = 3;

/** “a.jpg”, “b.jpg” and 4 more. */
export function pathsInWords({ count, first }: NamedPaths): string {
  const said = first.slice(0, PATHS_SAID).map((path) => `“${visiblePath(path)}”`);
  const others = count - said.length;
  if (others > 0) return `${said.join(", ")} and ${countInWords(others)} more`;
  return said.length < 2 ? said.join() : `${said.slice(0, -1).join(", ")} and ${said.at(-1)}`;
}

export function resemblanceTitle(name: string): string {
  return `This looks like “${name}”, which waits for its files.`;
}

/** How a draft differs from a share that waits: "2 of 3 files are the same; “b.jpg” has another size here." */
export function differenceSentence({ same, sameTimes, missing, changed, extra }: ShareDifference): string {
  const total = same + missing.count + changed.count;
  const isWhole = same === total && extra.count === 0;
  // The content is compared only once the files are given.
  const [isAlike, areAlike] =
    sameTimes === same
      ? ["is the same", "are the same"]
      : ["has the same size", "have the same names and sizes"];
  if (isWhole && total === 1) return sameTimes === same ? "It is the same file." : `The file ${isAlike}.`;
  if (isWhole) return `All ${countInWords(total)} files ${areAlike}.`;
  const clauses = [`${countInWords(same)} of ${plural(total, "file")} ${same === 1 ? isAlike : areAlike}`];
  if (changed.count > 0)
    clauses.push(`${pathsInWords(changed)} ${has(changed.count)} another size than what was shared`);
  if (missing.count > 0) clauses.push(`${pathsInWords(missing)} ${is(missing.count)} not here`);
  if (extra.count > 0) clauses.push(`${pathsInWords(extra)} ${is(extra.count)} not in it`);
  return `${clauses.join("; ")}.`;
}

const missingReasons: Readonly<Record<MissingFile["reason"], string>> = {
  gone: "is not where it was",
  changed: "has changed since it was shared",
  "not-given": "is to be chosen again",
  "not-allowed": "waits until you let this browser read it",
};

/** Told when the person did not let the browser read the files, or the browser did not ask. */
export const notAllowedSentence =
  "The files may not be read, so they are not shared. Press Go on sharing and allow it, or choose the files again.";

export function missingReason({ reason }: Pick<MissingFile, "reason">): string {
  return missingReasons[reason];
}

/** The outcome for files that were given: a sentence each for those that were taken, and for those that were not. */
export function givenSentences({ taken, changed, missing, extra }: FilesGiven): readonly string[] {
  const sentences: string[] = [];
  if (taken.count > 0)
    sentences.push(
      missing.count + changed.count === 0
        ? "All files are here again, and shared under the same link."
        : `${taken.count === 1 ? pathsInWords(taken) : plural(taken.count, "file")} ${is(taken.count)} shared again.`,
    );
  if (changed.count > 0)
    sentences.push(
      `${pathsInWords(changed)} ${changed.count === 1 ? "is" : "are"} not what was shared, so ${
        changed.count === 1 ? "it is" : "they are"
      } not sent under this link.`,
    );
  if (extra.count > 0) sentences.push(`${pathsInWords(extra)} ${is(extra.count)} not part of this share.`);
  return sentences;
}

function is(count: number): string {
  return count === 1 ? "is" : "are";
}

function has(count: number): string {
  return count === 1 ? "has" : "have";
}

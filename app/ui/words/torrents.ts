/** The words of .torrent files that were dropped or picked: which were opened, and which were not. Pure. */

import { plural } from "./quantities.ts";
import { visibleName } from "./visible-name.ts";

/** Torrents that a notice names with what is wrong with them; the rest is counted. */
const BAD_SAID = 3;

export interface BadTorrent {
  readonly name: string;
  /** Why it was not opened. */
  readonly sentence: string;
}

/** `opened`: how many were. */
export function openedSentence(opened: number, bad: readonly BadTorrent[]): string {
  const clauses: string[] = [];
  if (opened > 0) clauses.push(`${plural(opened, "torrent")} ${opened === 1 ? "was" : "were"} opened.`);
  if (opened === 0 && bad.length === 1) return `“${visibleName(bad[0]!.name)}”: ${bad[0]!.sentence}`;
  for (const { name, sentence } of bad.slice(0, BAD_SAID)) {
    // Others were added.
    const why = opened > 0 ? sentence.replace(" Nothing was added.", "") : sentence;
    clauses.push(`“${visibleName(name)}” was not: ${why}`);
  }
  const others = bad.length - BAD_SAID;
  if (others > 0) clauses.push(`${plural(others, "other")} ${others === 1 ? "was" : "were"} not.`);
  return clauses.join(" ");
}

export function sendInsteadLabel(count: number): string {
  return count === 1 ? "Send the .torrent file itself instead" : "Send the .torrent files themselves instead";
}

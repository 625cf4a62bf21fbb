/** The words of what is left out of a share: each thing with its reason. Pure. */

import type { LeftOut, LeftOutReason } from "../../page/intake/left-out.ts";
import { isSystemName } from "../../page/intake/system-files.ts";
import { countInWords, plural } from "./quantities.ts";

/** Names of system files that are said; the rest is counted. */
const NAMES_SAID = 3;

/** The things that a list of one reason holds. A folder may be unreadable as well as a file. */
const nouns: Readonly<Record<LeftOutReason, string>> = {
  system: "system file",
  unreadable: "thing",
  name: "thing",
  "too-deep": "thing",
  "empty-folder": "empty folder",
};

const reasons: Readonly<Record<LeftOutReason, string>> = {
  system: "a file that a system keeps for itself",
  unreadable: "cannot be read on this device",
  name: "has a name that this browser cannot read",
  "too-deep": "lies in too many folders",
  "empty-folder": "is an empty folder, and only files are shared",
};

/** How much is left out: "5 system files are left out", "8 things are left out". */
export function leftOutTitle(entries: readonly LeftOut[]): string {
  const [first, ...others] = new Set(entries.map(({ reason }) => reason));
  const noun = others.length === 0 ? nouns[first!] : "thing";
  return `${plural(entries.length, noun)} ${entries.length === 1 ? "is" : "are"} left out`;
}

/** Why one is left out, as the end of a sentence that begins with its path. */
export function reasonInWords({ reason }: LeftOut): string {
  return reasons[reason];
}

/**
 * The system files that there are: ".DS_Store, Thumbs.db, desktop.ini and 2 more". Each name is said once. Files in a
 * system's folder are said by the folder's name.
 */
export function systemNames(entries: readonly LeftOut[]): string {
  const names = [...new Set(entries.map(({ path }) => path.find(isSystemName) ?? path.at(-1)!))];
  const said = names.slice(0, NAMES_SAID);
  const others = names.length - said.length;
  if (others > 0) return `${said.join(", ")} and ${countInWords(others)} more`;
  return said.length < 2 ? said.join() : `${said.slice(0, -1).join(", ")} and ${said.at(-1)}`;
}

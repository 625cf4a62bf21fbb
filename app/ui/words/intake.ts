/** The words of an intake: how far it is, and the names of what has none of its own. Pure. */

import type { IntakeProgress } from "../../page/intake/pace.ts";
import { countInWords, plural } from "./quantities.ts";
import { visibleName } from "./visible-name.ts";

/** How far dropped or picked folders are walked: first names are found, then files are opened. */
export function gatheringInWords({ found, opened }: IntakeProgress): string {
  const doing = "Looking through what you chose…";
  if (found === 0) return doing;
  if (opened === 0) return `${doing} ${plural(found, "file")}`;
  return `${doing} ${countInWords(opened)} of ${plural(found, "file")}`;
}

/** That files of a draft are members-only .torrent files. `names`: of at least one. */
export function membersOnlyFilesSentence(names: readonly string[]): string {
  const [first] = names;
  const [which, are, them] =
    names.length === 1
      ? [`“${visibleName(first!)}” is`, "It", "it"]
      : [`${plural(names.length, "file")} here are`, "They", "them"];
  const kind = names.length === 1 ? "a torrent" : "torrents";
  return `${which} ${kind} for the members of a tracker only. ${are} may hold your own key there: whoever gets ${them} can use it in your name.`;
}

/** The name of an image from the clipboard: "Pasted image 2026-11-29 10.22.31.png". */
export function pastedImageName(at: Date, extension: string): string {
  const digits = (value: number) => String(value).padStart(2, "0");
  const day = [at.getFullYear(), digits(at.getMonth() + 1), digits(at.getDate())].join("-");
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(digits).join(".");
  return `Pasted image ${day} ${time}.${extension}`;
}

/** Told when a folder picker ends without a folder: the person closed it, or the browser gives none such. */
export const noFolderSentence =
  "No folder was chosen. Some folders, such as Downloads, this browser opens another way only.";

export const otherWayLabel = "Choose another way";

/** Told of a folder that was chosen with a picker. */
export const mayLackSentence =
  "In a folder that is chosen, this browser hides files with unusual names from Shoal, such as “12:30.txt” and those with joined emoji. Drop the folder here to have all of it.";

/** The words of an intake: how far it is, and the names of what has none of its own. Pure. */

import type { IntakeProgress } from "../../page/intake/pace.ts";
import { countInWords, plural } from "./quantities.ts";

/** How far dropped or picked folders are walked: first names are found, then files are opened. */
export function gatheringInWords({ found, opened }: IntakeProgress): string {
  const doing = "Looking through what you dropped…";
  if (found === 0) return doing;
  if (opened === 0) return `${doing} ${plural(found, "file")}`;
  return `${doing} ${countInWords(opened)} of ${plural(found, "file")}`;
}

/** The name of an image from the clipboard: "Pasted image 2026-11-29 10.22.31.png". */
export function pastedImageName(at: Date, extension: string): string {
  const digits = (value: number) => String(value).padStart(2, "0");
  const day = [at.getFullYear(), digits(at.getMonth() + 1), digits(at.getDate())].join("-");
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(digits).join(".");
  return `Pasted image ${day} ${time}.${extension}`;
}

/**
 * A text file holds what a person typed or pasted, to be shared as a note: UTF-8, and a name that every system takes.
 */

import { MAX_NOTE_NAME } from "../constants.ts";
import { wellFormed } from "./names.ts";

/** Characters that no system takes in a name, and controls that would show a name other than it is. */
const UNFIT = /[<>:"/\\|?*]|[\p{Cc}\p{Zl}\p{Zp}]|[\u200E\u200F\u202A-\u202E\u2066-\u2069\u2800]/gu;

/** Characters that nobody sees. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;
/** Those of them that shape nothing. Emoji and some scripts are made with joiners, variation selectors and tags. */
const SHAPELESS =
  /(?![\u034F\p{Variation_Selector}\p{Join_Control}\u{E0020}-\u{E007F}])\p{Default_Ignorable_Code_Point}/gu;

/** Device names of Windows. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * The text as `name`.txt. `name` may be anything that a person typed; when nothing is left of it, the file is called
 * `otherwise`.
 */
export function textFile(text: string, name: string, otherwise: string): File {
  const stem = fitName(name.trim().replace(/\.txt$/i, "")) || otherwise;
  // A File made of text is UTF-8; half a surrogate pair is replaced.
  return new File([text], `${RESERVED.test(stem) ? `_${stem}` : stem}.txt`, { type: "text/plain" });
}

/** Empty when nothing of the name can be seen. */
function fitName(name: string): string {
  const fit = wellFormed(name).replace(UNFIT, " ").replace(SHAPELESS, "").replace(/\s+/g, " ").trim();
  const cut = [...fit]
    .slice(0, MAX_NOTE_NAME)
    .join("")
    .replace(/(?<![. ])[. ]+$/, "");
  return cut.replace(UNSEEN, "").trim() === "" ? "" : cut;
}

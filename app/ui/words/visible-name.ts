/**
 * A visible name is a name of a file, folder or share as it is shown: nothing in it is hidden, and nothing in it changes
 * how the rest is read. Strangers choose names, and `holiday\u202egpj.exe` would be shown as `holidayexe.jpg`, because
 * U+202E turns the direction of what follows. Every place that shows a name shows it so.
 *
 * | in the name | is shown as |
 * | --- | --- |
 * | line feeds, tabs and other control characters below U+0020 | their pictures, such as ␊ |
 * | controls of direction, and other characters that nobody sees | the replacement character |
 * | joiners within emoji, and within scripts whose letters join | themselves |
 */

/** Scripts in which a joiner (U+200D) or non-joiner (U+200C) between two letters is good spelling. */
const JOINING = [
  "Arabic",
  "Syriac",
  "Nko",
  "Mongolian",
  "Devanagari",
  "Bengali",
  "Gurmukhi",
  "Gujarati",
  "Oriya",
  "Tamil",
  "Telugu",
  "Kannada",
  "Malayalam",
  "Sinhala",
  "Myanmar",
  "Khmer",
  "Tibetan",
];

/** A character beside which a joiner means something. Marks belong to letters, U+FE0F and the modifiers to emoji. */
const JOINABLE = `[${JOINING.map((script) => `\\p{Script=${script}}`).join("")}\\p{M}\\p{Extended_Pictographic}\\p{Emoji_Modifier}]`;

/** The flags of England, Scotland and others: a black flag, tags, and an end. */
const FLAG = "\\u{1f3f4}[\\u{e0020}-\\u{e007e}]+\\u{e007f}";

const UNSEEN = [
  // Control characters, lone surrogates, separators of lines.
  "[\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]",
  "\\p{Surrogate}",
  // Directions.
  "[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]",
  // Characters without width or form.
  "[\\u00ad\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u2060-\\u2065\\u206a-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb]",
  "[\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}]",
  // Joiners where nothing is joined.
  `(?<!${JOINABLE})[\\u200c\\u200d]`,
  `[\\u200c\\u200d](?!${JOINABLE})`,
].join("|");

const FOUND = new RegExp(`(${FLAG})|${UNSEEN}`, "gu");

/** A name as it is shown. */
export function visibleName(name: string): string {
  return name.replace(FOUND, (found, flag: string | undefined) => {
    if (flag !== undefined) return flag;
    const code = found.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

/** A path as it is shown. */
export function visiblePath(path: readonly string[]): string {
  return path.map(visibleName).join("/");
}

/** A text of strangers as it is shown, with its line breaks and tabs. */
export function visibleText(text: string): string {
  return text.replace(/[^\n\t]+/g, visibleName);
}

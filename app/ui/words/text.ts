/** The words of a text that a person writes or pastes, to be shared as a text file. Pure. */

/** Characters of the name that a text gets from its first words. */
const NAME_LENGTH = 40;

/** The words that a text is called after: its first ones, as many as fit. Empty when there are none. */
export function textName(text: string): string {
  // Enough to find the first words in, however long the text is.
  const words =
    text.slice(0, 1000).match(/[\p{L}\p{N}\p{M}\p{Emoji_Presentation}][^\s<>:"“”„‟«»()[\]{}/\\|?*]*/gu) ?? [];
  let name = "";
  for (const word of words) {
    const longer = name === "" ? word : `${name} ${word}`;
    if ([...longer].length > NAME_LENGTH) break;
    name = longer;
  }
  const cut = name === "" ? [...(words[0] ?? "")].slice(0, NAME_LENGTH).join("") : name;
  return cut.replace(/(?<![\s.,;:!?–—-])[\s.,;:!?–—-]+$/u, "");
}

/** The name of a text without any words: "Note 2026-11-29". */
export function otherTextName(at: Date): string {
  const digits = (value: number) => String(value).padStart(2, "0");
  return `Note ${at.getFullYear()}-${digits(at.getMonth() + 1)}-${digits(at.getDate())}`;
}

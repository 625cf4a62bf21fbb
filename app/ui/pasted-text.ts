/**
 * A pasted text is what a person pasted into a field of one line. Such a field leaves out line ends, or makes spaces of
 * them, and so takes a link apart that a mail has wrapped. The text is kept as it was, beside what the field shows.
 */

export interface PastedText {
  readonly text: string;
  /** The text in one line. */
  readonly shown: string;
}

/** Pastes a text of several lines into the field; null for other texts, which the field takes by itself. */
export function pasteLines(event: ClipboardEvent, before: PastedText | null): PastedText | null {
  const field = event.target as HTMLInputElement;
  const lines = event.clipboardData?.getData("text") ?? "";
  if (!/[\r\n]/.test(lines.trim())) return null;
  event.preventDefault();
  const { value, selectionStart, selectionEnd } = field;
  const [start, end] = [selectionStart ?? value.length, selectionEnd ?? value.length];
  const isWhole = start === 0 && end === value.length;
  const around = (text: string) => (isWhole ? text : value.slice(0, start) + text + value.slice(end));
  // Behind another pasted text, the first one's lines are kept, too.
  const isBehind = start === value.length && before?.shown === value;
  const text = isBehind ? before.text + lines : around(lines);
  field.setRangeText(lines.trim().replace(/(?<!\s)\s*[\r\n]\s*/g, " "), start, end, "end");
  return { text, shown: field.value };
}

/** The field's text: as it was pasted, unless it was changed since. */
export function pastedText(field: HTMLInputElement, pasted: PastedText | null): string {
  return pasted !== null && pasted.shown === field.value ? pasted.text : field.value;
}

/** Lines that are pasted into a field of one line. */
import { expect, test } from "vitest";
import { pasteLines } from "../../../app/ui/pasted-text.ts";

/** Pastes into an empty field; null when the field takes the text by itself. */
function paste(text: string) {
  const field = {
    value: "",
    selectionStart: 0,
    selectionEnd: 0,
    setRangeText: (shown: string) => {
      field.value = shown;
    },
  };
  const event = { target: field, clipboardData: { getData: () => text }, preventDefault: () => {} };
  return pasteLines(event as unknown as ClipboardEvent, null);
}

test("each line end is shown as a space, and the text is kept", () => {
  const text = "\n#s-AB \r\n\r\n  C\tD\n> E\n";
  expect(paste(text)).toEqual({ text, shown: "#s-AB C\tD > E" });
  expect(paste("one line")).toBeNull();
});

test("much white space costs no more than its length", () => {
  // Work that grows with the square of this takes longer than the suite's time limit.
  const text = `a\nb${" ".repeat(300_000)}c`;
  expect(paste(text)?.shown).toBe(`a b${" ".repeat(300_000)}c`);
});

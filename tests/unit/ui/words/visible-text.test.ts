import { describe, expect, it } from "vitest";
import { modifiedSentence } from "../../../../app/ui/words/files.ts";
import { visibleText } from "../../../../app/ui/words/visible-text.ts";

describe("text of strangers", () => {
  it.each([
    ["plain words with line breaks", "Hello\n\n\tthere.", "Hello\n\n\tthere."],
    ["other alphabets, joiners and emoji", "שלום 你好 👨‍👩‍👧 क्‍ष 🏳️‍🌈", "שלום 你好 👨‍👩‍👧 क्‍ष 🏳️‍🌈"],
    ["an override of the direction", "photo\u202egpj.exe", "photo[U+202E]gpj.exe"],
    ["isolates and marks", "\u2066a\u2069 \u200fb\u061c", "[U+2066]a[U+2069] [U+200F]b[U+061C]"],
    ["other line breaks", "a\u2028b\u2029c\rd\u0085e", "a[U+2028]b[U+2029]c[U+000D]d[U+0085]e"],
    ["controls", "\0\u001b[31mred\u007f", "[U+0000][U+001B][31mred[U+007F]"],
    ["what cannot be seen", "a\ufeffb\u2060c", "a[U+FEFF]b[U+2060]c"],
  ])("%s", (_name, text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });
});

describe("when a file was last changed", () => {
  it("is said in this device's own time, and not at all where it is unknown", () => {
    expect(modifiedSentence(new Date(2023, 10, 14, 22, 13, 20).getTime()).replace(/\s/g, " ")).toBe(
      "Last changed Nov 14, 2023, 10:13 PM",
    );
    expect(modifiedSentence(null)).toBe("");
  });
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { otherTextName, textName } from "../../../../app/ui/words/text.ts";

it.each([
  ["Milk, eggs and bread", "Milk, eggs and bread"],
  ["  \n\tHello there!\nSecond line", "Hello there! Second line"],
  ["Dear all, this is a long text that goes on and on", "Dear all, this is a long text that goes"],
  ["a/b: c?", "a b c"],
  ["She said “bread” (and «milk»)", "She said bread and milk"],
  ["---", ""],
  ["", ""],
  ["Привет мир.", "Привет мир"],
  ["https://example.org/x", "https example.org x"],
  [`${"x".repeat(80)} y`, "x".repeat(40)],
])("%j is called %j", (text, name) => {
  expect(textName(text)).toBe(name);
});

it("never gives a long name, nor one with a slash", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      const name = textName(text);
      expect([...name].length).toBeLessThanOrEqual(40);
      expect(name).not.toMatch(/[/\\]/);
    }),
  );
});

it("a text without words is called after its day", () => {
  expect(otherTextName(new Date(2026, 0, 9))).toBe("Note 2026-01-09");
});

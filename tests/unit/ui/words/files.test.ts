import { expect, it } from "vitest";
import { modifiedSentence } from "../../../../app/ui/words/files.ts";

it("when a file was last changed is said in this device's own time, and not at all where it is unknown", () => {
  const modified = new Date(2023, 10, 14, 22, 13, 20).getTime();
  expect(modifiedSentence(modified).replace(/\s/g, " ")).toBe("Last changed Nov 14, 2023, 10:13 PM");
  expect(modifiedSentence(null)).toBe("");
});

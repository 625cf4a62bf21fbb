import { expect, it } from "vitest";
import {
  gatheringInWords,
  membersOnlyFilesSentence,
  pastedImageName,
} from "../../../../app/ui/words/intake.ts";

/** Plain spaces read better in a test. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

it.each([
  [0, 0, "Looking through what you chose…"],
  [1, 0, "Looking through what you chose… 1 file"],
  [3400, 0, "Looking through what you chose… 3,400 files"],
  [10_000, 3400, "Looking through what you chose… 3,400 of 10,000 files"],
])("%d found, %d opened: %s", (found, opened, words) => {
  expect(plain(gatheringInWords({ found, opened }))).toBe(words);
});

it("says which files are for members only", () => {
  expect(membersOnlyFilesSentence(["a.torrent"])).toBe(
    "“a.torrent” is a torrent for the members of a tracker only. It may hold your own key there: whoever gets it can use it in your name.",
  );
  expect(plain(membersOnlyFilesSentence(["a.torrent", "b.torrent"]))).toBe(
    "2 files here are torrents for the members of a tracker only. They may hold your own key there: whoever gets them can use it in your name.",
  );
});

it("an image from the clipboard is named after its time", () => {
  expect(pastedImageName(new Date(2026, 10, 9, 5, 2, 31), "png")).toBe(
    "Pasted image 2026-11-09 05.02.31.png",
  );
});

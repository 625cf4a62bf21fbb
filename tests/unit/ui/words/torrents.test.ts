/** The words of opened .torrent files. */
import { expect, it } from "vitest";
import { openedSentence } from "../../../../app/ui/words/torrents.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const bad = (name: string) => ({ name, sentence: "It is damaged." });

it.each([
  [1, [], "1 torrent was opened."],
  [3, [], "3 torrents were opened."],
  [0, [bad("a")], "“a”: It is damaged."],
  [2, [bad("a")], "2 torrents were opened. “a” was not: It is damaged."],
  // That nothing was added would be wrong where others were.
  [
    1,
    [{ name: "a", sentence: "It is damaged. Nothing was added." }],
    "1 torrent was opened. “a” was not: It is damaged.",
  ],
  [
    0,
    [{ name: "a", sentence: "It is damaged. Nothing was added." }],
    "“a”: It is damaged. Nothing was added.",
  ],
  [
    0,
    ["a", "b", "c", "d"].map(bad),
    "“a” was not: It is damaged. “b” was not: It is damaged. “c” was not: It is damaged. 1 other was not.",
  ],
])("%d opened, bad ones: %j", (opened, files, sentence) => {
  expect(plain(openedSentence(opened, files))).toBe(sentence);
});

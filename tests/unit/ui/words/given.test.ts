import { describe, expect, it } from "vitest";
import type { FilesGiven, NamedPaths, ShareDifference } from "../../../../app/bridge/commands.ts";
import { differenceSentence, givenSentences, pathsInWords } from "../../../../app/ui/words/given.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

function paths(...names: readonly string[]): NamedPaths {
  return { count: names.length, first: names.map((name) => name.split("/")) };
}

it("names the first paths, and counts the others", () => {
  expect(pathsInWords(paths("a.jpg"))).toBe("“a.jpg”");
  expect(pathsInWords(paths("a.jpg", "raw/b.nef"))).toBe("“a.jpg” and “raw/b.nef”");
  expect(pathsInWords({ count: 120, first: paths("1", "2", "3", "4").first })).toBe(
    "“1”, “2”, “3” and 117 more",
  );
});

describe("how a draft differs from a share that waits for its files", () => {
  const difference = (changes: Partial<ShareDifference>): string =>
    plain(
      differenceSentence({
        ...{ id: "a", same: 2, missing: paths(), changed: paths(), extra: paths() },
        sameTimes: changes.same ?? 2,
        ...changes,
      }),
    );

  it.each([
    [{}, "All 2 files are the same."],
    [{ same: 1 }, "It is the same file."],
    [{ same: 1, sameTimes: 0 }, "The file has the same size."],
    [{ sameTimes: 1 }, "All 2 files have the same names and sizes."],
    [
      { same: 1, sameTimes: 0, missing: paths("b.jpg") },
      "1 of 2 files has the same size; “b.jpg” is not here.",
    ],
    [
      { changed: paths("b.jpg") },
      "2 of 3 files are the same; “b.jpg” has another size than what was shared.",
    ],
    [
      { same: 1, missing: paths("b.jpg", "c.jpg") },
      "1 of 3 files is the same; “b.jpg” and “c.jpg” are not here.",
    ],
    [{ extra: paths("new.txt") }, "2 of 2 files are the same; “new.txt” is not in it."],
  ])("%j: %s", (changes, sentence) => {
    expect(difference(changes)).toBe(sentence);
  });
});

describe("what became of files that were given again", () => {
  const given = (changes: Partial<FilesGiven>): string[] =>
    givenSentences({ taken: paths(), missing: paths(), changed: paths(), extra: paths(), ...changes }).map(
      plain,
    );

  it("is one sentence when all are here again", () => {
    expect(given({ taken: paths("a") })).toEqual([
      "All files are here again, and shared under the same link.",
    ]);
  });

  it("names what was taken, what is not what was shared, and what is not of the share", () => {
    expect(
      given({ taken: paths("a"), missing: paths("d"), changed: paths("b"), extra: paths("c", "e") }),
    ).toEqual([
      "“a” is shared again.",
      "“b” is not what was shared, so it is not sent under this link.",
      "“c” and “e” are not part of this share.",
    ]);
  });
});

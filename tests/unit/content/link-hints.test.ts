/** The wishes of a link besides the torrent itself, held against the files that the torrent then turns out to have. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeBencode } from "../../../app/engine/content/bencode.ts";
import { LinkHints } from "../../../app/engine/content/link-hints.ts";
import type { TorrentInfo } from "../../../app/engine/content/torrent-info.ts";
import { isPad } from "../../../app/engine/content/written-file.ts";
import { sampleContent, type Version } from "../../support/sample-content.ts";

const PIECE = 16_384;

/** Pads stand behind "a", "c" and "e/f"; the others need none. */
const folder = { a: PIECE + 1, b: PIECE, c: 5, d: 0, "e/f": 7, "e/g": 2 * PIECE };

const infoOf = (version: Version, lengths: Record<string, number> = folder) =>
  sampleContent(version, lengths, PIECE).info;

/** For every file that is shown its place in the dictionary's own list. */
function placesInList(info: TorrentInfo): number[] {
  const list = (decodeBencode(info.bytes) as Map<string, unknown>).get("files") as Map<string, never>[];
  return list.flatMap((entry, place) => (isPad(entry) ? [] : [place]));
}

/** Drawn as one character a file: + wanted, - not. */
function drawSelection(hints: LinkHints, info: TorrentInfo): string {
  const wanted = hints.takeSelection(info);
  return wanted === null ? "all" : [...wanted].map((flag) => (flag === 1 ? "+" : "-")).join("");
}

const select = (...indices: number[]) => ({ select: indices, webSeeds: [] });
const all = { select: null, webSeeds: [] };

describe("indices as links count them", () => {
  test("pads count, behind the files that they fill up", () => {
    expect(infoOf("hybrid").files.map(({ path }) => path.join("/"))).toEqual([
      "a",
      "b",
      "c",
      "d",
      "e/f",
      "e/g",
    ]);
    expect(infoOf("hybrid").entryIndices).toEqual([0, 2, 3, 5, 6, 8]);
    expect(infoOf("v2").entryIndices).toEqual([0, 2, 3, 5, 6, 8]);
  });

  test("without pads they are the files' own", () => {
    expect(infoOf("v1").entryIndices).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("they are the places in a hybrid torrent's list, whatever its files' lengths", () => {
    const lengths = fc.array(fc.constantFrom(0, 1, PIECE - 1, PIECE, PIECE + 1), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(lengths, (drawn) => {
        fc.pre(drawn.some((length) => length > 0));
        const names = drawn.map((length, at) => [`${at}`.padStart(2, "0"), length] as const);
        const { info } = sampleContent("hybrid", Object.fromEntries(names), PIECE);
        expect(info.entryIndices).toEqual(placesInList(info));
      }),
      { numRuns: 60 },
    );
  });
});

describe("a link's selection", () => {
  test.each<[string, number[], string]>([
    ["one file", [3], "--+---"],
    ["several", [0, 5, 8], "+--+-+"],
    ["every file", [0, 2, 3, 5, 6, 8], "++++++"],
    ["a pad as well", [1, 2], "-+----"],
    ["files that there are not as well", [2, 9, 4_000_000_000], "-+----"],
    ["a pad alone", [1], "all"],
    ["files that there are not alone", [9, 10], "all"],
    ["nothing", [], "all"],
  ])("of %s", (_, indices, expected) => {
    expect(drawSelection(new LinkHints(select(...indices)), infoOf("hybrid"))).toBe(expected);
  });

  test("is over once it is taken: what follows is the person's", () => {
    const hints = new LinkHints(select(3));
    expect(hints.select).toEqual([3]);
    drawSelection(hints, infoOf("hybrid"));
    expect(hints.select).toBeNull();
    hints.add(select(0));
    expect(hints.select).toBeNull();
  });

  test("grows by what later links ask for, and a link without one leaves it", () => {
    const hints = new LinkHints(select(6, 2));
    hints.add(all);
    hints.add(select(0, 2));
    expect(hints.select).toEqual([0, 2, 6]);
  });

  test("does not take files from whom all were asked", () => {
    const hints = new LinkHints(all);
    hints.add(select(2));
    expect(drawSelection(hints, infoOf("hybrid"))).toBe("all");
  });
});

test("web seeds of all links are known, each once", () => {
  const hints = new LinkHints({ select: null, webSeeds: ["https://a/"] });
  hints.add({ select: null, webSeeds: ["https://b/", "https://a/"] });
  expect(hints.webSeeds).toEqual(["https://a/", "https://b/"]);
});

import { describe, expect, it } from "vitest";
import { plural, rateInWords, sizeInWords, timeLeftInWords } from "../../../../app/ui/words/quantities.ts";

/** Plain spaces read better in a test. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("sizes", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1 KB"],
    [1234, "1.23 KB"],
    [999_499, "999 KB"],
    [999_999, "1 MB"],
    [2_600_000_000, "2.6 GB"],
    [10_000_000_000_000, "10 TB"],
  ])("%d is %s", (bytes, words) => {
    expect(plain(sizeInWords(bytes))).toBe(words);
  });
});

describe("rates", () => {
  it.each([
    [0, "nothing"],
    [0.4, "nothing"],
    [12.6, "13 bytes/s"],
    [3_200_000, "3.2 MB/s"],
  ])("%d a second is %s", (rate, words) => {
    expect(plain(rateInWords(rate))).toBe(words);
  });
});

describe("time left", () => {
  it.each([
    [null, ""],
    [Number.POSITIVE_INFINITY, ""],
    [0, "a few seconds left"],
    [12, "about 15 seconds left"],
    [58, "about 1 minute left"],
    [130, "about 2 minutes left"],
    [59.7 * 60, "about 1 hour left"],
    [80 * 60, "about 1 hour 20 minutes left"],
    [7.6 * 3600, "about 7 hours left"],
    [72 * 3600, "about 3 days left"],
  ])("%s s is “%s”", (seconds, words) => {
    expect(plain(timeLeftInWords(seconds))).toBe(words);
  });
});

it("plurals agree with their number", () => {
  expect([0, 1, 2, 12_345].map((count) => plain(plural(count, "file")))).toEqual([
    "0 files",
    "1 file",
    "2 files",
    "12,345 files",
  ]);
});

import { describe, expect, it } from "vitest";
import { type ErrorCode, ShoalError } from "../../../../app/engine/errors.ts";
import { errorSentence, sentenceFor } from "../../../../app/ui/words/errors.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

/** A detail of each code and how its sentence shows it; null for codes that say the same each time. */
const details: Readonly<Record<ErrorCode, readonly [detail: string, shown: string] | null>> = {
  "link/not-a-link": null,
  "link/torrent-address": null,
  "link/several": ["2", "links to 2 different shares"],
  "link/no-hash": null,
  "link/hash-length": ["39/40", " has 39 characters instead of 40."],
  "link/bad-hash": ["fish", " damaged (fish)."],
  "link/two-torrents": null,
  "link/private-unsupported": null,
  "torrent/malformed": ["info.pieces: 2/1", " not a torrent (info.pieces: 2/1)."],
  "torrent/no-name": ["..", "“..”"],
  "torrent/too-large": ["12345678", " accepts (12.3 MB)."],
  "torrent/too-many-pieces": ["3000000", "3,000,000 pieces"],
  "torrent/too-many-files": ["100000", "100,000 files are too many"],
  "torrent/pieces-too-long": ["1000000000", "pieces of 1 GB,"],
  "torrent/newer-version": null,
  "torrent/too-many-names": null,
  "torrent/incomplete": null,
  "torrent/bad-name": ["a\\b", "“a\\b”"],
  "torrent/empty": null,
  "storage/full": null,
  "storage/failed": null,
  "storage/lost": ["7", "(piece 7)"],
  "storage/damaged": null,
  "storage/refused": null,
  "storage/blocked": null,
  "storage/newer": null,
  "storage/closed": null,
  "storage/deleted": null,
  "storage/unreadable": null,
  "storage/too-large": ["1440000000", "needs 1.44 GB more"],
  "source/changed": ["fish.bin", "“fish.bin” has changed"],
  "source/gone": ["fish.bin", "“fish.bin” can no longer be read"],
  "source/unreadable": ["fish.bin", "“fish.bin” cannot be read on this device"],
  "share/cancelled": null,
  "share/unknown-draft": null,
  "share/bad-limit": ["-1", "-1 is no limit"],
  "share/note-too-long": ["5000", "too long (5 KB)"],
  "share/unknown": null,
  "save/incomplete": ["fish.bin", "“fish.bin” is not complete"],
  "save/exists": ["fish.bin", "another “fish.bin”"],
  "save/no-reading": null,
  "save/failed": null,
  "save/stopped": null,
  "save/cancelled": null,
  "connection/webrtc-unavailable": null,
  "connection/worker-not-loaded": null,
  "connection/worker-failed": null,
  "page/insecure": ["shoal.example:8000", "and shoal.example:8000 is not one"],
};
const codes = Object.keys(details) as ErrorCode[];

describe("the sentence of an error", () => {
  it.each(codes)("%s is whole, with its detail in it", (code) => {
    const [detail, shown] = details[code] ?? ["detail", ""];
    const sentence = plain(errorSentence(code, detail));
    expect(sentence).toMatch(/^[A-Z“\d-].*\.$/);
    expect(sentence).toContain(shown);
    if (details[code] === null) expect(errorSentence(code)).toBe(errorSentence(code, detail));
  });

  it("is another for every code", () => {
    expect(new Set(codes.map((code) => errorSentence(code, "1"))).size).toBe(codes.length);
  });

  it("stands without parentheses where there is no detail", () => {
    expect(errorSentence("torrent/malformed")).toMatch(/not a torrent\. /);
  });

  it("holds its detail as it is, whatever that is called", () => {
    for (const name of ["fish.bin", "$&", "$1", "$`", "{detail}"])
      expect(errorSentence("source/gone", name)).toContain(`“${name}” can no longer be read`);
  });

  it.each(["storage/of-tomorrow", "toString", "__proto__", ""])(
    "of a code %j that is not in the table, as of another version, tells of the engine's failure",
    (code) => {
      expect(errorSentence(code as ErrorCode, "detail")).toBe(
        errorSentence("connection/worker-failed", code),
      );
    },
  );
});

it("anything that was thrown has a sentence", () => {
  expect(sentenceFor(new ShoalError("source/gone", "fish.bin"))).toBe(
    errorSentence("source/gone", "fish.bin"),
  );
  for (const thrown of [new TypeError("no such thing"), "gone"])
    expect(sentenceFor(thrown), "without the browser's words").toBe(
      errorSentence("connection/worker-failed"),
    );
});

/** What the sender tells beside the info dictionary: golden bytes, and what strangers may have made of them. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aboutHashOf, makeAbout, readAbout } from "../../../app/engine/content/about.ts";
import { encodeBencode } from "../../../app/engine/content/bencode.ts";
import { MAX_ABOUT_BYTES, MAX_NOTE_BYTES } from "../../../app/engine/content/constants.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { latin1 } from "../wire/messages.ts";

const text = (bytes: Uint8Array | null) => Buffer.from(bytes!).toString("latin1");
const at = (...times: number[]) => times.map((lastModified) => ({ lastModified }));

/** What reading fails with; "" when it does not. */
function faultOf(bytes: Uint8Array, fileCount: number): string {
  try {
    readAbout(bytes, fileCount);
  } catch (error) {
    if (error instanceof ShoalError) return `${error.code} ${error.detail}`;
    throw error;
  }
  return "";
}

describe("making", () => {
  it("has these bytes", () => {
    // 2023-11-14 22:13:20, 1969-12-31 23:59:59, the last second of 32 bits and the one after.
    const files = at(1_700_000_000_999, -1000, 4_294_967_295_000, 4_294_967_296_000);
    expect(text(makeAbout(files, "Hi \u2600"))).toBe(
      "d6:mtimes20:\x00\x65\x53\xf1\x00\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\x01\x00\x00\x00\x004:note6:Hi \xe2\x98\x80e",
    );
    expect(text(makeAbout(at(0), ""))).toBe("d6:mtimes5:\x00\x00\x00\x00\x00e");
    expect(text(makeAbout([], "x"))).toBe("d4:note1:xe");
  });

  it("takes 16 bytes of SHA-256 as the commitment", () => {
    const about = makeAbout(at(5000), "x")!;
    expect(aboutHashOf(about)).toEqual(
      new Uint8Array(createHash("sha256").update(about).digest().subarray(0, 16)),
    );
  });

  it("tells nothing of nothing", () => {
    expect(makeAbout([], "")).toBeNull();
    expect(makeAbout(at(Number.NaN), " \n\t ")).toBeNull();
  });

  it("tidies the note: one kind of line breaks, nothing blank around it", () => {
    const note = (typed: string) => readAbout(makeAbout([], typed)!, 0).note;
    expect(note("\n  one\r\ntwo\rthree\n\n four \n")).toBe("one\ntwo\nthree\n\n four");
    expect(note("half a character \ud83d")).toBe("half a character \ufffd");
  });

  it("refuses a note that is too long, counted in bytes", () => {
    const longest = "\u2600".repeat(Math.floor(MAX_NOTE_BYTES / 3));
    expect(readAbout(makeAbout([], `${longest}\n`)!, 0).note).toBe(longest);
    expect(() => makeAbout([], `${longest}\u2600`)).toThrow(
      expect.objectContaining({ code: "share/note-too-long" }),
    );
  });

  it("tells a time that no file can have as unknown", () => {
    const times = [
      Number.NaN,
      1e300,
      -1e300,
      Number.POSITIVE_INFINITY,
      2 ** 39 * 1000,
      -(2 ** 39) * 1000,
      7000,
    ];
    const about = readAbout(makeAbout(at(...times), "")!, times.length);
    expect(times.map((_, file) => about.modified(file))).toEqual([null, null, null, null, null, null, 7000]);
  });

  it("leaves times out that would not fit, and keeps the note", () => {
    const files = Array.from({ length: 210_000 }, (_, second) => ({ lastModified: second * 1000 }));
    const about = makeAbout(files, "many")!;
    expect(about.length).toBeLessThan(100);
    expect(readAbout(about, files.length).note).toBe("many");
    expect(makeAbout(files, "")).toBeNull();
    expect(makeAbout(files.slice(0, 200_000), "x".repeat(MAX_NOTE_BYTES))!.length).toBeLessThanOrEqual(
      MAX_ABOUT_BYTES,
    );
  });
});

describe("reading", () => {
  it("gives back what was told, to the second", () => {
    const time = fc.integer({ min: -(2 ** 39) * 1000 + 1000, max: 2 ** 39 * 1000 - 1 });
    const note = fc.string({ unit: "grapheme", maxLength: 300 }).filter((typed) => typed.trim() !== "");
    fc.assert(
      fc.property(fc.array(time, { maxLength: 40 }), note, (times, typed) => {
        const about = readAbout(makeAbout(at(...times), typed)!, times.length);
        expect(times.map((_, file) => about.modified(file))).toEqual(
          times.map((each) => Math.floor(each / 1000) * 1000),
        );
        expect(about.note).toBe(typed.replace(/\r\n?/g, "\n").trim());
      }),
    );
  });

  it("knows no time beyond the files", () => {
    const about = readAbout(makeAbout(at(1000), "")!, 1);
    expect(about.modified(1)).toBeNull();
    expect(about.modified(1000)).toBeNull();
  });

  it("passes over what later versions tell", () => {
    expect(readAbout(latin1("d4:note1:x5:thumbl1:a1:bee"), 3).note).toBe("x");
    expect(faultOf(latin1("de"), 3)).toBe("");
  });

  it.each([
    ["no dictionary", "4:note", "about.dictionary"],
    ["keys that are not sorted", `d4:note1:x6:mtimes5:${"\0".repeat(5)}e`, "bencode."],
    ["bytes after the end", "d4:note1:xex", "bencode.trailing"],
    ["too few times", `d6:mtimes5:${"\0".repeat(5)}e`, "about.mtimes"],
    ["too many times", `d6:mtimes15:${"\0".repeat(15)}e`, "about.mtimes"],
    ["half a time", `d6:mtimes8:${"\0".repeat(8)}e`, "about.mtimes"],
    ["a time alone", "d6:mtimesi5ee", "about.mtimes"],
    ["a note that is not UTF-8", "d4:note2:\xff\xfee", "about.note"],
    ["a note that is a number", "d4:notei5ee", "about.note"],
    ["a note that is too long", `d4:note4097:${"x".repeat(4097)}e`, "about.note"],
    ["values without end", `d4:listl${"i1e".repeat(100)}ee`, "bencode.values"],
    ["deep nesting", `d1:x${"l".repeat(50)}${"e".repeat(50)}e`, "bencode.depth"],
  ])("refuses as a whole: %s", (_name, bytes, fault) => {
    expect(faultOf(latin1(bytes), 2)).toContain(`torrent/malformed ${fault}`);
  });

  it("refuses more bytes than an about may have", () => {
    expect(faultOf(encodeBencode({ other: new Uint8Array(MAX_ABOUT_BYTES) }), 2)).toBe(
      "torrent/malformed about.length",
    );
  });

  it("survives any bytes", () => {
    const seed = makeAbout(at(5000, 6000), "a note")!;
    const tampered = fc
      .array(fc.tuple(fc.nat(seed.length - 1), fc.integer({ min: 0, max: 255 })), {
        minLength: 1,
        maxLength: 5,
      })
      .map((changes) => {
        const bytes = seed.slice();
        for (const [place, value] of changes) bytes[place] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), tampered), (bytes) => {
        expect(faultOf(bytes, 2)).toMatch(/^$|^torrent\/malformed /);
      }),
      { numRuns: 2000 },
    );
  });
});

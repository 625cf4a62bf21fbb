import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BencodeInput, encodeBencode } from "../../../app/engine/content/bencode.ts";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import type { TorrentInfo } from "../../../app/engine/content/torrent-info.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { buildTorrent, sampleFile } from "../../support/torrents.ts";

const KIB = 1024;
const PIECE = 16 * KIB;
const root = new Uint8Array(32).fill(7);
const hashes = (count: number) => new Uint8Array(20 * count).fill(9);

type Dictionary = { [key: string]: BencodeInput | undefined };

/** A v1 folder of one piece: `a.txt` and `b/c.txt`. */
const v1: Dictionary = {
  name: "folder",
  "piece length": PIECE,
  pieces: hashes(1),
  files: [
    { length: 10, path: ["a.txt"] },
    { length: 20, path: ["b", "c.txt"] },
  ],
};

/** A v2 folder of the same files, a piece each. */
const v2: Dictionary = {
  name: "folder",
  "piece length": PIECE,
  "meta version": 2,
  "file tree": {
    "a.txt": { "": { length: 10, "pieces root": root } },
    b: { "c.txt": { "": { length: 20, "pieces root": root } } },
  },
};

const pad = (length: number): Dictionary => ({ attr: "p", length, path: [".pad", String(length)] });

const hybrid: Dictionary = {
  ...v2,
  pieces: hashes(2),
  files: [
    { length: 10, path: ["a.txt"] },
    pad(PIECE - 10),
    { length: 20, path: ["b", "c.txt"] },
    pad(PIECE - 20),
  ],
};

const single: Dictionary = { name: "one", "piece length": PIECE, pieces: hashes(1), length: 5 };

const parse = (info: Dictionary): TorrentInfo => parseInfo(encodeBencode(info));

/** The files as `path at offset +length`, one a line. */
const draw = (info: TorrentInfo): string[] =>
  info.files.map(({ path, offset, length }) => `${path.join("/")} at ${offset} +${length}`);

describe("what is described", () => {
  test("a v1 folder lays its files end to end", () => {
    const info = parse(v1);
    expect(draw(info)).toEqual(["a.txt at 0 +10", "b/c.txt at 10 +20"]);
    expect(info).toMatchObject({ version: "v1", singleFile: false, pieceCount: 1, size: 30, paddedSize: 30 });
    expect(info.infoHashV2).toBeNull();
  });

  test("a v2 folder starts each file on a piece", () => {
    const info = parse(v2);
    expect(draw(info)).toEqual(["a.txt at 0 +10", `b/c.txt at ${PIECE} +20`]);
    expect(info).toMatchObject({ version: "v2", pieceCount: 2, size: 30, paddedSize: PIECE + 20 });
    expect(info.infoHashV1).toBeNull();
    expect(info.pieceHashes).toBeNull();
  });

  test("a hybrid is both; its last pad may be there or not", () => {
    const info = parse(hybrid);
    expect(draw(info)).toEqual(draw(parse(v2)));
    expect(info).toMatchObject({ version: "hybrid", pieceCount: 2, size: 30, paddedSize: 2 * PIECE });
    const unpadded = parse({ ...hybrid, files: (hybrid.files as Dictionary[]).slice(0, 3) });
    expect(unpadded).toMatchObject({ pieceCount: 2, size: 30, paddedSize: PIECE + 20 });
  });

  test("single files", () => {
    expect(parse(single)).toMatchObject({
      singleFile: true,
      files: [{ path: ["one"], length: 5, offset: 0 }],
    });
    const tree = { one: { "": { length: 5, "pieces root": root } } };
    const both = { ...single, "meta version": 2, "file tree": tree };
    expect(parse(both)).toMatchObject({ version: "hybrid", singleFile: true, paddedSize: 5 });
    const { pieces: _, length: __, ...onlyV2 } = both as Dictionary;
    expect(parse(onlyV2)).toMatchObject({ version: "v2", singleFile: true });
  });

  test("UTF-8 variants of names win over local encodings", () => {
    const latin1 = Uint8Array.of(0xfc);
    const info = parse({
      ...v1,
      name: latin1,
      "name.utf-8": "ü",
      files: [{ length: 10, path: [latin1], "path.utf-8": ["ü.txt"] }],
    });
    expect([info.name, ...info.files[0]!.path]).toEqual(["ü", "ü.txt"]);
  });

  test("pad files of v1 torrents leave gaps", () => {
    const info = parse({
      ...v1,
      files: [{ length: 10, path: ["a"] }, pad(90), { length: 5, path: ["b"] }, pad(3)],
    });
    expect(draw(info)).toEqual(["a at 0 +10", "b at 100 +5"]);
    expect(info).toMatchObject({ size: 15, paddedSize: 108 });
  });

  test("v1 pieces may have any length", () => {
    expect(parse({ ...single, "piece length": 3, pieces: hashes(2) }).pieceCount).toBe(2);
  });

  test("keys that are not known change the hash and nothing else", () => {
    const plain = parse(hybrid);
    const more = parse({ ...hybrid, rating: 1, source: "x" });
    expect({ ...more, bytes: null, infoHashV1: null, infoHashV2: null }).toEqual({
      ...plain,
      bytes: null,
      infoHashV1: null,
      infoHashV2: null,
    });
    expect(more.infoHashV1).not.toEqual(plain.infoHashV1);
  });
});

describe("what stands beside the entry that gave the name", () => {
  const folderOf = (...paths: string[]): Dictionary => ({
    ...v1,
    pieces: hashes(1),
    files: paths.map((path) => ({ length: 1, path: path.split("/") })),
  });

  test.each<[string, Dictionary, number]>([
    ["nothing, for a single file", single, 0],
    ["nothing, in a folder with a name of its own", folderOf("a", "b"), 0],
    ["other files", { ...folderOf("a", "b", "c"), name: "a" }, 2],
    ["other files and folders, each once", { ...folderOf("a/x", "a/y", "b", "c/x", "c/y"), name: "a" }, 2],
    ["others in an order of some other client's", { ...folderOf("a", "c/x", "b", "c/y"), name: "a" }, 2],
    ["nothing, where only a later file has the name", { ...folderOf("a", "b"), name: "b" }, 0],
  ])("%s", (_, info, count) => {
    expect(parse(info).otherEntries).toBe(count);
  });
});

describe("what is refused", () => {
  const file = (length: number, extra: Dictionary = {}): Dictionary => ({ length, path: ["x"], ...extra });
  const leaf = (entry: Dictionary): Dictionary => ({ ...v2, "file tree": { x: { "": entry } } });

  test.each<[string, Dictionary, string]>([
    ["no piece length", { ...v1, "piece length": undefined }, "info.piece length"],
    ["piece length 0", { ...v1, "piece length": 0 }, "info.piece length"],
    ["a negative piece length", { ...v1, "piece length": -PIECE }, "info.piece length"],
    ["v2 pieces of 8 KiB", { ...v2, "piece length": 8 * KIB }, "info.piece length: 8192"],
    ["v2 pieces of 48 KiB", { ...v2, "piece length": 48 * KIB }, "info.piece length: 49152"],
    ["no piece hashes", { ...v1, pieces: undefined }, "info.pieces"],
    ["half a piece hash", { ...v1, pieces: new Uint8Array(30) }, "info.pieces: 1.5/1"],
    ["too many piece hashes", { ...v1, pieces: hashes(2) }, "info.pieces: 2/1"],
    ["a negative size", { ...v1, files: [file(-1)] }, "info.length: -1"],
    ["a size beyond 2^53", { ...v1, files: [file(2 ** 53 - 1), file(2 ** 53 - 1)] }, "info.length: >2^53"],
    ["info.length", { ...v1, files: [{ path: ["x"] }] }, "info.length"],
    ["info.path", { ...v1, files: [{ length: 1 }] }, "info.path"],
    ["info.files: 0", { ...v1, files: [], pieces: hashes(0) }, "info.files: 0"],
    ["only padding", { ...v1, files: [pad(10)] }, "info.files: 0"],
    ["a path that holds a number", { ...v1, files: [{ length: 1, path: [7] }] }, "info.path"],
    ["an empty path", { ...v1, files: [{ length: 1, path: [] }] }, "info.path"],
    ["a file tree without its version", { ...v2, "meta version": undefined }, "info.meta version"],
    ["symbolic links alone", { ...v1, files: [file(0, { attr: "l" })], pieces: hashes(0) }, "info.files: 0"],
    ["an empty name in the tree", { ...v2, "file tree": { x: { y: {}, "": {} } } }, "info.file tree: x"],
    ["neither files nor length", { ...v1, files: undefined }, "info.length"],
    ["a piece of padding", { ...v1, files: [file(10), pad(2 * PIECE)], pieces: hashes(3) }, "info.padding"],
    ["padding first", { ...v1, files: [pad(PIECE), file(10)], pieces: hashes(2) }, "info.padding"],
    ["a file tree that is a list", { ...v2, "file tree": [] }, "info.file tree"],
    ["an empty file tree", { ...v2, "file tree": {} }, "info.files: 0"],
    ["no root", leaf({ length: 1 }), "info.pieces root: x"],
    ["a short root", leaf({ length: 1, "pieces root": hashes(1) }), "info.pieces root: x"],
    ["a pad file in the tree", leaf({ length: 1, "pieces root": root, attr: "p" }), "info.attr: x"],
    ["a negative size in the tree", leaf({ length: -1, "pieces root": root }), "info.length: -1"],
    [
      "a file and a folder in one",
      { ...v2, "file tree": { x: { "": { length: 1, "pieces root": root }, y: {} } } },
      "info.file tree: x",
    ],
    [
      "a hybrid without pads",
      { ...hybrid, files: v1.files, pieces: hashes(1) },
      "info.files, info.file tree",
    ],
    ["a hybrid with another size", { ...hybrid, files: [file(11)] }, "info.files, info.file tree"],
    [
      "a hybrid with another name",
      { ...hybrid, "file tree": { "a.txt": (v2["file tree"] as Dictionary)["a.txt"], B: { "c.txt": {} } } },
      "info.files, info.file tree",
    ],
    [
      "a hybrid single file under another name",
      { ...single, "meta version": 2, "file tree": { two: { "": { length: 5, "pieces root": root } } } },
      "info.files, info.file tree",
    ],
    [
      "a hybrid that pads beyond its pieces",
      { ...hybrid, files: [...(hybrid.files as Dictionary[]), pad(5)], pieces: hashes(3) },
      "info.padding",
    ],
  ])("%s", (_, info, detail) => {
    expect(() => parse(info)).toThrow(expect.objectContaining({ code: "torrent/malformed", detail }));
  });

  test.each<[string, Dictionary, string]>([
    ["no name", { ...v1, name: undefined }, "torrent/no-name"],
    ["a name that is no text", { ...v1, name: 7 }, "torrent/no-name"],
    ["a single file without a name", { ...single, name: "" }, "torrent/no-name"],
    ["a single file named .", { ...single, name: "." }, "torrent/no-name"],
    ["a single file named ..", { ...single, name: ".." }, "torrent/no-name"],
    ["a later version", { ...v2, "meta version": 3 }, "torrent/newer-version"],
    ["pieces of 1 TB", { ...single, "piece length": 2 ** 40 }, "torrent/pieces-too-long"],
    ["a v2 file of 4 PB", leaf({ length: 2 ** 52, "pieces root": root }), "torrent/too-many-pieces"],
  ])("%s", (_, info, code) => {
    expect(() => parse(info)).toThrow(expect.objectContaining({ code }));
  });

  test("more than 16 MB", () => {
    expect(() => parseInfo(new Uint8Array(16_000_001))).toThrow(
      expect.objectContaining({ code: "torrent/too-large" }),
    );
    const large = encodeBencode({ ...single, filler: new Uint8Array(15_999_000) });
    expect(parseInfo(large).files).toHaveLength(1);
  });

  test("what is not a dictionary, or has bytes behind it", () => {
    const trailing = `${Buffer.from(encodeBencode(single)).toString("latin1")}\n`;
    for (const text of ["le", "i1e", "4:spam", "", "d4:name1:x12:piece lengthi1ee", trailing]) {
      expect(() => parseInfo(Buffer.from(text, "latin1"))).toThrow(
        expect.objectContaining({ code: "torrent/malformed" }),
      );
    }
  });
});

describe("large descriptions", () => {
  test("50,000 files in one folder, and paths that share long prefixes, are read in time", () => {
    const files = Array.from({ length: 50_000 }, (_, i) => ({ length: 1, path: ["d".repeat(20), `f${i}`] }));
    const pieces = hashes(Math.ceil(50_000 / PIECE));
    expect(parse({ ...v1, files, pieces }).files).toHaveLength(50_000);
    const long = Array.from({ length: 89 }, () => "x".repeat(100));
    const deep = Array.from({ length: 900 }, (_, i) => ({ length: 1, path: [...long, `f${i}`] }));
    expect(parse({ ...v1, files: deep }).files).toHaveLength(900);
  });
});

describe("damage", () => {
  const original = buildTorrent(
    [sampleFile("a.bin", PIECE + 1), sampleFile("ü/b.bin", 3), sampleFile("empty", 0)],
    { name: "folder", pieceLength: PIECE },
  ).info;

  test.each([
    ["v1", encodeBencode(v1)],
    ["v2", encodeBencode(v2)],
    ["hybrid", original.bytes],
  ])("every truncation of a %s dictionary is refused", (_, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseInfo(bytes.subarray(0, length))).toThrow(ShoalError);
    }
  });

  test.each([
    ["v1", encodeBencode(v1)],
    ["v2", encodeBencode(v2)],
    ["hybrid", original.bytes],
  ])("a changed byte of a %s dictionary is refused or gives another hash", (_, bytes) => {
    const before = parseInfo(bytes);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = bytes.slice();
        damaged[at]! ^= flip;
        try {
          const after = parseInfo(damaged);
          if (after.infoHashV1 !== null) expect(after.infoHashV1).not.toEqual(before.infoHashV1);
          if (after.infoHashV2 !== null) expect(after.infoHashV2).not.toEqual(before.infoHashV2);
        } catch (error) {
          expect(error).toBeInstanceOf(ShoalError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

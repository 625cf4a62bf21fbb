/** .torrent files as programs wrote them over the years: what is opened, under which names, and what each case gives. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BencodeInput,
  decodeBencode,
  encodeBencode,
  keyFromBytes,
} from "../../../app/engine/content/bencode.ts";
import { mendPaths } from "../../../app/engine/content/mended-paths.ts";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import { PieceMap } from "../../../app/engine/content/piece-map.ts";
import { decodeTorrentFile, encodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import type { TorrentInfo } from "../../../app/engine/content/torrent-info.ts";
import { encodeUtf8 } from "../../../app/engine/content/utf8.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { oddTorrents, torrentCase, torrentCases } from "../../support/odd-torrents.ts";

const paths = ({ files }: TorrentInfo) => files.map(({ path }) => path.join("/"));
const hex = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString("hex");

describe("cases from the field", () => {
  /** Name, paths and SHA-1 of the info dictionary's bytes as they stand in the file. */
  const cases: Readonly<Record<string, readonly [name: string, files: string[]]>> = {
    "backslash-in-path": ["shoal of fish", ["dir_a.txt", "b.txt"]],
    "extra-keys": ["fish.txt", ["fish.txt"]],
    "info-keys-unsorted": ["fish.txt", ["fish.txt"]],
    "length-and-files": ["shoal of fish", ["a.txt", "b.txt"]],
    "long-name": [`${"n".repeat(400)}.txt`, [`${"n".repeat(400)}.txt`]],
    "name-latin1": ["caf\ufffd.txt", ["caf\ufffd.txt"]],
    "newline-at-the-end": ["fish.txt", ["fish.txt"]],
    "outer-keys-unsorted": ["fish.txt", ["fish.txt"]],
    "path-gbk-with-utf8": ["shoal of fish", ["鱼.txt", "b.txt"]],
    "piece-length-odd": ["fish.txt", ["fish.txt"]],
    plain: ["fish.txt", ["fish.txt"]],
    private: ["fish.txt", ["fish.txt"]],
    "reserved-name": ["CON.txt", ["CON.txt"]],
    "rlo-name": ["holiday\u202egpj.exe", ["holiday\u202egpj.exe"]],
    "same-path-other-case": ["shoal of fish", ["a.txt", "A.TXT"]],
    "slash-in-name": ["Fish R1_beta6 (x86_64)", ["Fish R1_beta6 (x86_64)"]],
    symlink: ["shoal of fish", ["a.txt"]],
    "trailing-empty-file": ["shoal of fish", ["a.txt", "b.txt", "empty"]],
    "udp-only": ["fish.txt", ["fish.txt"]],
    "web-seed": ["fish.txt", ["fish.txt"]],
  };
  const refused: Readonly<Record<string, string>> = { "dot-name": "..", "no-name": "" };

  test("are all here", () => {
    expect([...Object.keys(cases), ...Object.keys(refused)].sort()).toEqual(torrentCases().sort());
  });

  test.each(Object.entries(cases))("%s", (file, [name, files]) => {
    const { info } = decodeTorrentFile(torrentCase(file));
    expect([info.name, paths(info)]).toEqual([name, files]);
    // The dictionary is served to peers as it stands in the file.
    expect(Buffer.from(torrentCase(file)).includes(Buffer.from(info.bytes))).toBe(true);
  });

  test.each(Object.entries(refused))("%s is refused by name", (file, detail) => {
    const error = expect.objectContaining({ code: "torrent/no-name", detail });
    expect(() => decodeTorrentFile(torrentCase(file))).toThrow(error);
  });

  test("what else they say", () => {
    const told = (file: string) => decodeTorrentFile(torrentCase(file));
    expect(told("private").info.isPrivate).toBe(true);
    expect(told("plain").info.isPrivate).toBe(false);
    expect(told("symlink").info).toMatchObject({ linkCount: 1, links: [["link.txt"]], entryIndices: [0] });
    expect(told("udp-only").trackers).toEqual([
      "udp://tracker.example:6969",
      "udp://other.example:1337/announce",
    ]);
    expect(told("web-seed").webSeeds).toEqual(["http://127.0.0.1:19199/fish.txt"]);
  });
});

const piece = 16_384;
const hashes = (count: number) => new Uint8Array(20 * count).fill(9);

type Dictionary = { [key: string]: BencodeInput | undefined };
const folder = (files: Dictionary[], rest: Dictionary = {}): TorrentInfo => {
  const size = files.reduce((sum, { length }) => sum + (length as number), 0);
  return parseInfo(
    encodeBencode({
      name: "n",
      "piece length": piece,
      pieces: hashes(Math.ceil(size / piece)),
      files,
      ...rest,
    }),
  );
};
const one = (...path: (string | Uint8Array)[]): Dictionary => ({ length: 1, path });

describe("names in other encodings", () => {
  const bytes = (...values: number[]) => Uint8Array.from(values);
  const named = (name: Uint8Array, rest: Dictionary) =>
    decodeTorrentFile(
      encodeBencode({ ...rest, info: { name, length: 1, "piece length": piece, pieces: hashes(1) } }),
    ).info.name;

  test.each<[string, Dictionary, Uint8Array, string]>([
    ["GBK", { encoding: "GBK" }, bytes(0xd3, 0xe3), "鱼"],
    ["GB2312", { encoding: "gb2312" }, bytes(0xd3, 0xe3), "鱼"],
    ["CP936", { encoding: "CP936" }, bytes(0xd3, 0xe3), "鱼"],
    ["code page 936", { codepage: 936 }, bytes(0xd3, 0xe3), "鱼"],
    ["GBK whose second byte is a backslash", { encoding: "GBK" }, bytes(0x81, 0x5c), "乗"],
    ["Shift_JIS", { encoding: "Shift_JIS" }, bytes(0x8b, 0x9b, 0x83, 0x5c), "魚ソ"],
    ["windows-1252", { encoding: "windows-1252" }, bytes(0x63, 0xe9), "cé"],
    ["code page 1251", { encoding: "cp1251" }, bytes(0xf0), "р"],
    ["ISO-8859-1", { encoding: "ISO-8859-1" }, bytes(0xe9), "é"],
    ["Big5", { encoding: "Big5" }, bytes(0xb3, 0xbd), "魚"],
    ["UTF-8 under another name", { encoding: "GBK" }, bytes(0xe9, 0xb1, 0xbc), "鱼"],
    ["none", {}, bytes(0xe9), "\ufffd"],
    ["one that is unknown", { encoding: "klingon" }, bytes(0xe9), "\ufffd"],
    ["UTF-16, which no name is in", { encoding: "UTF-16LE" }, bytes(0xe9, 0x2f), "\ufffd_"],
    ["bytes that are not in it", { encoding: "GBK" }, bytes(0x61, 0xa1), "a\ufffd"],
    ["a number that is no code page", { codepage: 7 }, bytes(0xe9), "\ufffd"],
  ])("%s", (_, rest, name, shown) => {
    expect(named(name, rest)).toBe(shown);
  });

  test("an encoding in the info dictionary counts where the file names none", () => {
    const info = {
      encoding: "GBK",
      name: bytes(0xd3, 0xe3),
      length: 1,
      "piece length": piece,
      pieces: hashes(1),
    };
    expect(parseInfo(encodeBencode(info)).name).toBe("鱼");
  });

  test("the encoding stays in a file that is written again", () => {
    const info = { name: bytes(0xd3, 0xe3), length: 1, "piece length": piece, pieces: hashes(1) };
    const content = decodeTorrentFile(encodeBencode({ encoding: "GBK", info }));
    expect(decodeTorrentFile(encodeTorrentFile(content)).info.name).toBe("鱼");
  });
});

describe("paths", () => {
  test.each<[string, string[], string[]]>([
    ["the same file twice", ["a.txt", "a.txt", "a.txt"], ["a.txt", "a (2).txt", "a (3).txt"]],
    ["a number that is taken", ["a", "a (2)", "a"], ["a", "a (2)", "a (3)"]],
    ["a number that is taken later", ["a", "a", "a (2)"], ["a", "a (2)", "a (2) (2)"]],
    ["a file and a folder", ["a", "a/b"], ["a (2)", "a/b"]],
    ["a folder and a file", ["a/b", "a"], ["a/b", "a (2)"]],
    ["the same in two folders", ["x/a", "y/a"], ["x/a", "y/a"]],
    ["dots only at the start", [".a", ".a"], [".a", ".a (2)"]],
  ])("%s", (_, written, mended) => {
    expect(mendPaths(written.map((path) => path.split("/"))).map((path) => path.join("/"))).toEqual(mended);
  });

  test("paths that become equal by mending are numbered", () => {
    expect(paths(folder([one("a/b"), one("a\\b"), one("a_b"), one("..", "x"), one("", "x")]))).toEqual([
      "a_b",
      "a_b (2)",
      "a_b (3)",
      "_/x",
      "_/x (2)",
    ]);
    const latin1 = (byte: number) => one(Uint8Array.of(byte));
    expect(paths(folder([latin1(0xe9), latin1(0xea)]))).toEqual(["\ufffd", "\ufffd (2)"]);
  });

  test("paths that are too deep keep their first folders and the file's name", () => {
    const deep = Array<string>(120).fill("d");
    const { files } = folder([one(...deep, "a"), one(...deep, "d", "a")]);
    expect(files.map(({ path }) => path.length)).toEqual([90, 90]);
    expect(files.map(({ path }) => path.at(-1))).toEqual(["a", "a (2)"]);
  });

  test("names that are too long keep their extension, and no half character", () => {
    const { files } = folder([one(`${"n".repeat(5000)}.txt`), one(`${"x".repeat(1019)}😀😀.txt`)]);
    expect(files[0]!.path[0]).toMatch(/^n{1020}\.txt$/);
    expect(files[1]!.path[0]).toBe(`${"x".repeat(1019)}.txt`);
  });

  test("`path.utf-8` counts where it is a path", () => {
    expect(
      paths(
        folder([
          { ...one("a"), "path.utf-8": ["b"] },
          { ...one("c"), "path.utf-8": [] },
        ]),
      ),
    ).toEqual(["b", "c"]);
  });
});

test("entries that are left out are counted, so that links select the right files", () => {
  const link = { attr: "l", length: 7, path: ["link"], "symlink path": ["a"] };
  const pad = { attr: "p", length: piece - 1, path: [".pad", "1"] };
  const bitComet = { length: piece - 1, path: ["_____padding_file_1_if you see this file"] };
  const info = parseInfo(
    encodeBencode({
      name: "n",
      "piece length": piece,
      pieces: hashes(3),
      files: [link, one("a"), pad, one("b"), bitComet, { ...link, path: ["d", "other"] }, one("c")],
    }),
  );
  expect(info.entryIndices).toEqual([1, 3, 6]);
  expect(info.files.map(({ offset }) => offset)).toEqual([0, piece, 2 * piece]);
  expect(info.linkCount).toBe(2);
  expect(info.links).toEqual([["link"], ["d", "other"]]);
});

test("many links are counted, and the first are named", () => {
  const links = Array.from({ length: 1000 }, (_, i) => ({ attr: "l", length: 0, path: [`${i}`] }));
  const info = folder([one("a"), ...links]);
  expect([info.linkCount, info.links.length, info.files.length]).toEqual([1000, 5, 1]);
});

/** The values of a decoded torrent hold together. */
function check(info: TorrentInfo): void {
  let end = 0;
  for (const [i, { offset, length, path }] of info.files.entries()) {
    expect(offset).toBeGreaterThanOrEqual(end);
    end = offset + length;
    expect(path.length).toBeGreaterThan(0);
    for (const name of path) expect(name).not.toMatch(/^(|\.|\.\.)$|[/\\\0]|\p{Surrogate}/u);
    if (i > 0) expect(info.entryIndices[i]).toBeGreaterThan(info.entryIndices[i - 1]!);
  }
  expect(info.entryIndices).toHaveLength(info.files.length);
  expect(new Set(paths(info)).size).toBe(info.files.length);
  expect(info.size).toBe(info.files.reduce((sum, { length }) => sum + length, 0));
  expect(info.paddedSize).toBeGreaterThanOrEqual(end);
  expect(info.pieceCount).toBe(Math.ceil(info.paddedSize / info.pieceLength));
  if (info.pieceHashes !== null) expect(info.pieceHashes.length).toBe(20 * info.pieceCount);
  const map = new PieceMap(info);
  let covered = 0;
  for (let at = 0; at < info.pieceCount; at++) for (const { length } of map.ranges(at)) covered += length;
  expect(covered).toBe(info.size);
}

/** Opens a file, or says by which code it is refused. */
function open(bytes: Uint8Array): TorrentInfo | string {
  try {
    return decodeTorrentFile(bytes).info;
  } catch (error) {
    expect(error).toBeInstanceOf(ShoalError);
    return (error as ShoalError).code;
  }
}

describe("properties", () => {
  const known = [...torrentCases().map(torrentCase), ...oddTorrents.values()];

  test("whatever is opened holds together", () => {
    for (const bytes of known) {
      const opened = open(bytes);
      if (typeof opened !== "string") check(opened);
    }
  });

  /** Pieces of bencoding, put in at random places. */
  const morsels = [
    "d",
    "l",
    "e",
    "i0e",
    "i-1e",
    "1:a",
    "0:",
    "2:..",
    "1:/",
    "4:name",
    "6:length",
    "5:files",
    "4:path",
    "4:attr1:l",
    "4:attr1:p",
    "le",
    "de",
  ];
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    /** Characters that it takes the place of; null for as many as it has. */
    drop: fc.option(fc.nat(6), { nil: null, freq: 1 }),
    put: fc.oneof(fc.constantFrom(...morsels), fc.string({ maxLength: 3 })),
  });

  test("mangled files are refused by a code, or opened as something that holds together", () => {
    let opened = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...known),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (bytes, edits) => {
          let text = Buffer.from(bytes).toString("latin1");
          for (const { at, drop, put } of edits) {
            const place = Math.floor(at * text.length);
            text = text.slice(0, place) + put + text.slice(place + (drop ?? put.length));
          }
          const result = open(Buffer.from(text, "latin1"));
          if (typeof result === "string") return;
          opened++;
          check(result);
        },
      ),
      { numRuns: 3000 },
    );
    expect(opened, "some are opened").toBeGreaterThan(50);
  });

  const name = fc.oneof(
    fc.constantFrom("", ".", "..", "a", "a (2)", "b", "a/b", "A", "\0", "x.txt", "x (2).txt"),
    fc.uint8Array({ maxLength: 3 }),
  );
  const entry = fc.record({
    attr: fc.option(fc.constantFrom("l", "p", "x"), { nil: undefined, freq: 4 }),
    length: fc.nat(2000),
    path: fc.array(name, { minLength: 1, maxLength: 3 }),
  });

  test("lists of odd files are opened whole: each file that has bytes can be had", () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 12 }), (files) => {
        const size = files.reduce((sum, { attr, length }) => sum + (attr === "l" ? 0 : length), 0);
        const info = { name: "n", "piece length": piece, pieces: hashes(Math.ceil(size / piece)), files };
        const bytes = encodeBencode(info);
        const result = open(encodeBencode({ info }));
        if (typeof result === "string") return;
        check(result);
        expect(hex(result.bytes)).toBe(hex(bytes));
        const kept = files.filter(({ attr }) => attr === undefined || attr === "x");
        expect(result.files.map(({ length }) => length)).toEqual(kept.map(({ length }) => length));
      }),
      { numRuns: 400 },
    );
  });
});

describe("the cost of opening", () => {
  test("is linear: names are decoded once for each time that they are written", () => {
    // Each folder is written once, and 64 files lie below it. Its name takes a decoder, as it is not ASCII.
    const leaf = { "": { length: 0 } };
    const files = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`f${i}`, leaf]));
    const nest = (depth: number): Dictionary =>
      depth === 0 ? files : { [keyFromBytes(encodeUtf8("ä"))]: nest(depth - 1) };
    const info = (depth: number) =>
      encodeBencode({
        "file tree": { ...nest(depth), z: { "": { length: 1, "pieces root": new Uint8Array(32).fill(1) } } },
        "meta version": 2,
        name: "n",
        "piece length": piece,
      });
    const decode = TextDecoder.prototype.decode;
    let calls = 0;
    TextDecoder.prototype.decode = function (this: TextDecoder, ...input) {
      calls++;
      return decode.apply(this, input);
    };
    try {
      parseInfo(info(10));
      const shallow = calls;
      calls = 0;
      parseInfo(info(80));
      expect(calls - shallow).toBe(70);
    } finally {
      TextDecoder.prototype.decode = decode;
    }
  });

  test("a short tree of very many names is refused", () => {
    const files: Dictionary = {};
    for (let i = 0; i < 30_000; i++) files[`f${i}`] = { "": { length: 0 } };
    let tree: Dictionary = files;
    for (let depth = 0; depth < 80; depth++) tree = { d: tree };
    const info = encodeBencode({ "file tree": tree, "meta version": 2, name: "n", "piece length": piece });
    expect(() => parseInfo(info)).toThrow(expect.objectContaining({ code: "torrent/too-many-names" }));
  });

  test("100,000 files of one name, and 2 million pieces, are opened", () => {
    const files = Array.from({ length: 100_000 }, () => one("same.txt"));
    const { files: opened } = folder(files);
    expect(opened.at(-1)!.path).toEqual(["same (100000).txt"]);
    // Their hashes alone take 40 MB in v1, more than a dictionary may have; v2 needs none.
    const length = 2 ** 21 * piece;
    const v2 = parseInfo(
      encodeBencode({
        "file tree": { a: { "": { length, "pieces root": new Uint8Array(32).fill(1) } } },
        "meta version": 2,
        name: "a",
        "piece length": piece,
      }),
    );
    expect(v2.pieceCount).toBe(2 ** 21);
  });
});

test("messages of peers are read as strictly as before", () => {
  for (const text of ["d1:bi1e1:ai1ee", "i03e", "i-0e", "01:a", "d1:a1:b1:a1:ce"]) {
    expect(() => decodeBencode(Buffer.from(text))).toThrow(ShoalError);
  }
});

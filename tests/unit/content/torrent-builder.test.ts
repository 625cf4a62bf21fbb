import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BencodeDictionary, decodeBencode } from "../../../app/engine/content/bencode.ts";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import { pieceLengthFor } from "../../../app/engine/content/piece-length.ts";
import { TorrentBuilder } from "../../../app/engine/content/torrent-builder.ts";
import { encodeUtf8 } from "../../../app/engine/content/utf8.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { buildTorrent, sampleBytes } from "../../support/torrents.ts";

const KIB = 1024;
const PIECE = 16 * KIB;

const builder = (files: Record<string, number>, pieceLength = PIECE) =>
  new TorrentBuilder(
    Object.entries(files).map(([path, length]) => ({ path: path.split("/"), length })),
    { name: "folder", singleFile: false, pieceLength },
  );

const oneFile = (name: string) =>
  new TorrentBuilder([{ path: [name], length: 1 }], { name, singleFile: true });

describe("order and pieces", () => {
  test("files are sorted bytewise, component by component", () => {
    const paths = ["a.txt", "a/z", "a b", "Z", "ä", "a/b/c", "\u{1f41f}", "\uff5e"];
    const { order } = builder(Object.fromEntries(paths.map((path) => [path, 1])));
    // As UTF-16, U+1F41F would come before U+FF5E; as UTF-8 it comes after.
    expect(order.map((i) => paths[i])).toEqual([
      "Z",
      "a/b/c",
      "a/z",
      "a b",
      "a.txt",
      "ä",
      "\uff5e",
      "\u{1f41f}",
    ]);
  });

  test("a piece belongs to one file and is padded when the file ends in it", () => {
    const share = builder({ "a.bin": PIECE + 1, "b-empty": 0, "c.bin": PIECE, "d.bin": 5 });
    expect(Array.from({ length: share.pieceCount }, (_, i) => share.piece(i))).toEqual([
      { file: 0, offset: 0, length: PIECE, padding: 0 },
      { file: 0, offset: PIECE, length: 1, padding: PIECE - 1 },
      { file: 2, offset: 0, length: PIECE, padding: 0 },
      { file: 3, offset: 0, length: 5, padding: PIECE - 5 },
    ]);
    expect(() => share.piece(4)).toThrow(RangeError);
  });

  test("a single file is not padded", () => {
    expect(oneFile("x").piece(0)).toEqual({ file: 0, offset: 0, length: 1, padding: 0 });
    expect(builder({ x: 1 }).piece(0).padding).toBe(0);
  });

  test("only empty files make no pieces, and still a torrent", () => {
    const { info } = builder({ "a.txt": 0, "b.txt": 0 }).finish();
    expect(info).toMatchObject({ pieceCount: 0, size: 0, paddedSize: 0 });
    expect(info.files.map(({ piecesRoot }) => piecesRoot)).toEqual([null, null]);
  });

  test("50,000 files are laid out at once, or refused plainly", () => {
    const files = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ path: [`f${i}`], length: 10 }));
    const options = { name: "n", singleFile: false };
    expect(new TorrentBuilder(files(50_000), options).piece(49_999).length).toBe(10);
    expect(() => new TorrentBuilder(files(100_000), options)).toThrow(
      expect.objectContaining({ code: "torrent/too-many-files", detail: "100000" }),
    );
  });

  test("one file whose pieces are more than a description holds is told by its pieces", () => {
    const file = [{ path: ["n"], length: 2 * 10 ** 13 }];
    expect(() => new TorrentBuilder(file, { name: "n", singleFile: true })).toThrow(
      expect.objectContaining({ code: "torrent/too-many-pieces", detail: "1192093" }),
    );
  });
});

describe("refusals", () => {
  const badNames = [
    "x".repeat(1025),
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "a\0b",
    "lone \ud800 surrogate",
    "\udc00",
  ];

  test.each(badNames)("the name %j", (name) => {
    const refused = expect.objectContaining({ code: "torrent/bad-name" });
    const folder = { name: "n", singleFile: false };
    expect(() => oneFile(name)).toThrow(refused);
    expect(() => new TorrentBuilder([{ path: ["x"], length: 1 }], { ...folder, name })).toThrow(refused);
    expect(() => new TorrentBuilder([{ path: ["x", name], length: 1 }], folder)).toThrow(refused);
  });

  test("one path twice, and a file where a folder is", () => {
    const at = (...paths: string[]) =>
      new TorrentBuilder(
        paths.map((path) => ({ path: path.split("/"), length: 1 })),
        { name: "n", singleFile: false },
      );
    for (const paths of [
      ["a", "a"],
      ["a", "a/b"],
      ["a/b/c", "a/b"],
    ]) {
      expect(() => at(...paths)).toThrow(expect.objectContaining({ code: "torrent/bad-name" }));
    }
    expect(() => at("a", "A", "a.txt", "b/a")).not.toThrow();
  });

  test("no files", () => {
    expect(() => builder({})).toThrow(expect.objectContaining({ code: "torrent/empty" }));
  });

  test("hashes of the wrong size, and finishing early", () => {
    const share = builder({ a: 2 * PIECE });
    expect(() => share.setPiece(0, new Uint8Array(19), new Uint8Array(32))).toThrow(RangeError);
    expect(() => share.setPiece(0, new Uint8Array(20), new Uint8Array(64))).toThrow(RangeError);
    share.setPiece(1, new Uint8Array(20), new Uint8Array(32));
    expect(() => share.finish()).toThrow("piece 0 has no hashes yet");
  });
});

const names = fc.string({ unit: "binary", minLength: 1, maxLength: 6 });
const shares = fc.record({
  name: names,
  files: fc.uniqueArray(
    fc.record({ path: fc.array(names, { minLength: 1, maxLength: 3 }), length: fc.nat(3 * PIECE) }),
    { minLength: 1, maxLength: 6, selector: ({ path }) => path.join("/") },
  ),
});

test("parse(create(files)) = files, for every share that is not refused", () => {
  let built = 0;
  fc.assert(
    fc.property(shares, ({ name, files }) => {
      const samples = files.map(({ path, length }, i) => ({ path, bytes: sampleBytes(length, i) }));
      let torrent: ReturnType<typeof buildTorrent>;
      try {
        torrent = buildTorrent(samples, { name, pieceLength: PIECE });
      } catch (error) {
        expect(error).toBeInstanceOf(ShoalError);
        return;
      }
      built++;
      const parsed = parseInfo(torrent.info.bytes);
      expect(parsed).toMatchObject({ version: "hybrid", name, singleFile: false, pieceLength: PIECE });
      expect(torrent.info).toEqual(parsed);
      expect(parsed.files.map(({ path, length }) => ({ path, length }))).toEqual(
        torrent.sorted.map(({ path, bytes }) => ({ path, length: bytes.length })),
      );
    }),
  );
  expect(built).toBeGreaterThan(20);
});

test("a description is what parsing it gives, for a single file and for one with a link of its own", () => {
  const samples = [{ path: ["x"], bytes: sampleBytes(2 * PIECE + 5) }];
  const single = { name: "x", singleFile: true, pieceLength: PIECE };
  const [plain, marked, other] = [null, "a", "b"].map((crossSeed) => {
    const { info } = buildTorrent(samples, { ...single, crossSeed });
    expect(info).toEqual(parseInfo(info.bytes));
    return info;
  });
  expect(decodeBencode(marked!.bytes)).toEqual(
    new Map([...(decodeBencode(plain!.bytes) as BencodeDictionary), ["x_cross_seed", encodeUtf8("a")]]),
  );
  const hashes = [plain, marked, other].flatMap((info) => [info!.infoHashV1, info!.infoHashV2].map(String));
  expect(new Set(hashes).size).toBe(6);
});

test.each([
  [0, 64 * KIB],
  [42_949_673, 64 * KIB],
  [42_949_674, 128 * KIB],
  [2.5e9, 512 * KIB],
  [100e9, 4096 * KIB],
  [703_687_441_777, 8192 * KIB],
  [1e13, 16384 * KIB],
])("%i bytes have pieces of %i", (total, pieceLength) => {
  expect(pieceLengthFor(total)).toBe(pieceLength);
});

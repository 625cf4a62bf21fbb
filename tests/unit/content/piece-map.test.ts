import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BencodeInput, encodeBencode } from "../../../app/engine/content/bencode.ts";
import { parseInfo } from "../../../app/engine/content/parse-info.ts";
import { PieceMap } from "../../../app/engine/content/piece-map.ts";
import type { TorrentInfo } from "../../../app/engine/content/torrent-info.ts";
import { buildTorrent, sampleFile } from "../../support/torrents.ts";

/** A v1 torrent from a drawing: letters are files, dots are padding, one character a byte. */
function v1(drawing: string, pieceLength: number): TorrentInfo {
  const runs = drawing.match(/(.)\1*/g) ?? [];
  const files: BencodeInput[] = runs.map((run) =>
    run.startsWith(".")
      ? { attr: "p", length: run.length, path: [".pad", "x"] }
      : { length: run.length, path: [run.charAt(0)] },
  );
  const pieces = new Uint8Array(20 * Math.ceil(drawing.length / pieceLength));
  return parseInfo(encodeBencode({ files, name: "n", "piece length": pieceLength, pieces }));
}

/** Piece by piece, each byte as its file's letter, padding as dots. */
function draw(info: TorrentInfo): string[] {
  const map = new PieceMap(info);
  return Array.from({ length: info.pieceCount }, (_, piece) => {
    const bytes = new Array<string>(map.pieceLength(piece)).fill(".");
    for (const { file, pieceOffset, length } of map.ranges(piece)) {
      bytes.fill(info.files[file]!.path[0]!, pieceOffset, pieceOffset + length);
    }
    return bytes.join("");
  });
}

describe("v1, where files share pieces", () => {
  test.each([
    ["aaaabbbbcccc", ["aaaa", "bbbb", "cccc"]],
    ["aaaaabbccccccccccd", ["aaaa", "abbc", "cccc", "cccc", "cd"]],
    ["aa..bbbb", ["aa..", "bbbb"]],
    ["a.b.c..", ["a.b.", "c.."]],
    ["aaaaa...bb", ["aaaa", "a...", "bb"]],
  ])("%s", (drawing, pieces) => {
    expect(draw(v1(drawing, 4))).toEqual(pieces);
  });

  test("data ends with the last byte that is not padding", () => {
    const map = new PieceMap(v1("a.b.ccc..d..", 4));
    expect([0, 1, 2].map((piece) => [map.pieceLength(piece), map.dataLength(piece)])).toEqual([
      [4, 3],
      [4, 3],
      [4, 2],
    ]);
  });
});

describe("hybrid, where a piece has one file", () => {
  const PIECE = 16 * 1024;
  const { info } = buildTorrent(
    [sampleFile("a", PIECE + 1), sampleFile("b", 0), sampleFile("c", 2 * PIECE), sampleFile("d", 9)],
    { name: "n", pieceLength: PIECE },
  );
  const map = new PieceMap(info);

  test("lengths with and without padding", () => {
    expect([0, 1, 2, 3, 4].map((piece) => map.dataLength(piece))).toEqual([PIECE, 1, PIECE, PIECE, 9]);
    expect([0, 1, 2, 3, 4].map((piece) => map.pieceLength(piece))).toEqual(new Array(5).fill(PIECE));
  });

  test("pieces of a file, and of a range of it", () => {
    expect([0, 1, 2, 3].map((file) => map.piecesOf(file))).toEqual([
      { first: 0, end: 2 },
      { first: 2, end: 2 },
      { first: 2, end: 4 },
      { first: 4, end: 5 },
    ]);
    expect(map.fileRangeToPieces(2, 0, 1)).toEqual({ first: 2, end: 3 });
    expect(map.fileRangeToPieces(2, PIECE - 1, PIECE + 1)).toEqual({ first: 2, end: 4 });
    expect(map.fileRangeToPieces(2, PIECE, 2 * PIECE)).toEqual({ first: 3, end: 4 });
    expect(map.fileRangeToPieces(2, 7, 7)).toEqual({ first: 2, end: 2 });
    expect(() => map.fileRangeToPieces(2, 0, 2 * PIECE + 1)).toThrow(RangeError);
    expect(() => map.fileRangeToPieces(2, 2, 1)).toThrow(RangeError);
  });

  test("ranges", () => {
    expect(map.ranges(1)).toEqual([{ file: 0, fileOffset: PIECE, pieceOffset: 0, length: 1 }]);
    expect(map.ranges(3)).toEqual([{ file: 2, fileOffset: PIECE, pieceOffset: 0, length: PIECE }]);
    expect(() => map.ranges(5)).toThrow(RangeError);
    expect(() => map.dataLength(-1)).toThrow(RangeError);
  });
});

test("every byte of every file is in exactly the pieces that its range names", () => {
  const drawings = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 3 })), {
      minLength: 1,
      maxLength: 8,
    })
    .map((runs) =>
      runs.map(([data, padding], i) => "abcdefgh"[i]!.repeat(data) + ".".repeat(padding)).join(""),
    )
    .filter((drawing) => /^[a-h]/.test(drawing));
  fc.assert(
    fc.property(drawings, fc.integer({ min: 4, max: 7 }), (drawing, pieceLength) => {
      const drawn = drawing.match(new RegExp(`.{1,${pieceLength}}`, "g")) ?? [];
      fc.pre(drawn.every((piece) => /[a-h]/.test(piece)));
      const info = v1(drawing, pieceLength);
      const map = new PieceMap(info);
      expect(draw(info)).toEqual(drawn);
      for (let piece = 0; piece < info.pieceCount; piece++) {
        const text = drawn[piece]!;
        expect(map.dataLength(piece)).toBe(text.replace(/\.+$/, "").length);
        for (const [file, { path }] of info.files.entries()) {
          const { first, end } = map.piecesOf(file);
          expect(text.includes(path[0]!)).toBe(first <= piece && piece < end);
        }
      }
    }),
  );
});

test("a look-up among 100,000 files is quick", () => {
  const files = Array.from({ length: 100_000 }, (_, i) => ({ length: 1000, path: [`f${i}`] }));
  const pieceLength = 16_384;
  const pieces = new Uint8Array(20 * Math.ceil((files.length * 1000) / pieceLength));
  const info = parseInfo(encodeBencode({ files, name: "n", "piece length": pieceLength, pieces }));
  const map = new PieceMap(info);
  const start = performance.now();
  let total = 0;
  for (let piece = 0; piece < info.pieceCount; piece++) {
    total += map.ranges(piece).reduce((sum, range) => sum + range.length, 0);
  }
  expect(total).toBe(100_000_000);
  expect(performance.now() - start).toBeLessThan(1000);
});

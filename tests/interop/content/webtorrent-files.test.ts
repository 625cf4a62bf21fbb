/** WebTorrent's own packages read what we write, and we read what they write. They know v1 only. */
import { bytesToHex } from "@noble/hashes/utils.js";
import createTorrent from "create-torrent";
import parseTorrent, { toMagnetURI } from "parse-torrent";
import { describe, expect, test } from "vitest";
import { parseShareLink } from "../../../app/engine/content/parse-link.ts";
import { formatMagnet, formatShareLink } from "../../../app/engine/content/share-link.ts";
import { decodeTorrentFile, encodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import { buildTorrent, type SampleFile, sampleFile } from "../../support/torrents.ts";

const PIECE = 64 * 1024;
const trackers = ["wss://tracker.example/announce", "wss://other.example/?a=b&c=d"];

function create(name: string, files: readonly SampleFile[]): Promise<Uint8Array> {
  const input = files.map(({ path, bytes }) => Object.assign(Buffer.from(bytes), { name: path.join("/") }));
  return new Promise((resolve, reject) => {
    const options = { name, pieceLength: PIECE, announceList: trackers.map((tracker) => [tracker]) };
    const done = (error: Error | null, torrent: Uint8Array) => (error ? reject(error) : resolve(torrent));
    createTorrent(input.length === 1 ? input[0]! : input, options, done);
  });
}

const shares = [
  { name: "one byte.bin", files: [sampleFile("one byte.bin", 1)] },
  { name: "piece.bin", files: [sampleFile("piece.bin", PIECE)] },
  { name: "piece and a byte.bin", files: [sampleFile("piece and a byte.bin", PIECE + 1)] },
  {
    name: "ordner ü 🐟",
    files: [
      sampleFile("b.bin", 3 * PIECE + 100),
      sampleFile("tief/er/a 🦈.bin", 70_000),
      sampleFile("leer", 0),
      sampleFile("a.txt", 5),
    ],
  },
];

describe.each(shares)("$name", ({ name, files }) => {
  const singleFile = files.length === 1;

  test("we parse what create-torrent writes", async () => {
    const torrent = await create(name, files);
    const expected = await parseTorrent(torrent);
    const { info, pieceLayers, trackers: announce } = decodeTorrentFile(torrent);
    expect(info).toMatchObject({ version: "v1", name, singleFile, pieceLength: PIECE, infoHashV2: null });
    expect(bytesToHex(info.infoHashV1!)).toBe(expected.infoHash);
    expect(bytesToHex(info.pieceHashes!)).toBe(expected.pieces.join(""));
    expect(announce).toEqual(trackers);
    expect(pieceLayers).toBeNull();
    expect(info.files.map(({ path, length, offset }) => ({ path: path.join("/"), length, offset }))).toEqual(
      expected.files.map((file) => ({
        path: singleFile ? file.path : file.path.slice(name.length + 1),
        length: file.length,
        offset: file.offset,
      })),
    );
    const again = encodeTorrentFile({ info, pieceLayers, trackers, webSeeds: [], encoding: null });
    expect((await parseTorrent(again)).infoHash).toBe(expected.infoHash);
  });

  test.each([null, "0123456789abcdef"])(
    "parse-torrent reads our hybrid as v1, x_cross_seed %s",
    async (crossSeed) => {
      const { info, pieceLayers } = buildTorrent(files, { name, singleFile, pieceLength: PIECE, crossSeed });
      const webSeeds = ["https://files.example/x/"];
      const parsed = await parseTorrent(
        encodeTorrentFile({ info, pieceLayers, trackers, webSeeds, encoding: null }),
      );
      expect(parsed).toMatchObject({
        infoHash: bytesToHex(info.infoHashV1!),
        name,
        length: info.paddedSize,
        pieceLength: PIECE,
        announce: trackers,
        urlList: webSeeds,
      });
      expect(parsed.pieces.join("")).toBe(bytesToHex(info.pieceHashes!));
    },
  );

  test("magnet links go both ways", async () => {
    const { info } = buildTorrent(files, { name, singleFile, pieceLength: PIECE });
    const magnet = formatMagnet({ ...info, trackers });
    const parsed = await parseTorrent(magnet);
    expect(parsed).toMatchObject({ infoHash: bytesToHex(info.infoHashV1!), name, announce: trackers });

    const theirs = toMagnetURI(await parseTorrent(await create(name, files)));
    const link = parseShareLink(theirs);
    expect(link).toMatchObject({ name, trackers, infoHashV2: null });
    expect(parseShareLink(formatShareLink("https://shoal.example", link))).toEqual({
      ...link,
      origin: "https://shoal.example",
    });
  });
});

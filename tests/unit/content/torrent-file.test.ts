import { readFileSync } from "node:fs";
import { bytesToHex } from "@noble/hashes/utils.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Bencoded,
  type BencodeInput,
  encodeBencode,
  keyFromBytes,
} from "../../../app/engine/content/bencode.ts";
import { MAX_ADDRESS_LENGTH } from "../../../app/engine/content/constants.ts";
import { parseShareLink } from "../../../app/engine/content/parse-link.ts";
import { formatShareLink } from "../../../app/engine/content/share-link.ts";
import { decodeTorrentFile, encodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import { ShoalError } from "../../../app/engine/errors.ts";
import { buildTorrent, sampleFile } from "../../support/torrents.ts";

const PIECE = 16 * 1024;
const trackers = ["wss://tracker.example/announce", "wss://other.example"];
const webSeeds = ["https://files.example/"];

/** The files that every fixture describes. */
const files = [
  sampleFile("b.bin", 40_000),
  sampleFile("a/ü 🐟.bin", 16_385),
  sampleFile("leer", 0),
  sampleFile("a.txt", 1),
];
const { info, pieceLayers } = buildTorrent(files, { name: "sample", pieceLength: PIECE });

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/torrents/${name}.torrent`, import.meta.url)));

describe("recorded files", () => {
  const hybridV1 = "d37eaa239ee670374f9d32f5b7ee6b40d243d07c";
  const hybridV2 = "1cc88a2e0e95e65d5f348a946368c4ee51b60e88a85aa9cc246d01477d4b8351";

  test.each([
    ["libtorrent-v1", "v1", "c8538c13cdffdf05087f5a4e6fb13785d2d3d4a8", null],
    ["libtorrent-v2", "v2", null, "e8c7ffa64107ad82c2757bbdec14c2f45fae8b9b96ccd5fff5d0ec3e0d4a9975"],
    ["libtorrent-hybrid", "hybrid", hybridV1, hybridV2],
    ["create-torrent-v1", "v1", "47e9b8420103313cc8fac2038d1ee11bff46dc00", null],
    ["shoal-hybrid", "hybrid", hybridV1, hybridV2],
  ])("%s", (name, version, v1, v2) => {
    const torrent = decodeTorrentFile(fixture(name));
    expect(torrent.info.version).toBe(version);
    expect(torrent.info.infoHashV1 && bytesToHex(torrent.info.infoHashV1)).toBe(v1);
    expect(torrent.info.infoHashV2 && bytesToHex(torrent.info.infoHashV2)).toBe(v2);
    expect(torrent.info.files.map(({ path, length }) => [path.join("/"), length]).sort()).toEqual(
      files.map(({ path, bytes }) => [path.join("/"), bytes.length]).sort(),
    );
    expect(torrent.pieceLayers).toEqual(version === "v1" ? null : pieceLayers);
  });

  test("what Shoal writes stays the same, byte for byte", () => {
    const written = encodeTorrentFile({ info, pieceLayers, trackers, webSeeds, encoding: null });
    expect(Buffer.from(written).toString("latin1")).toBe(
      Buffer.from(fixture("shoal-hybrid")).toString("latin1"),
    );
  });
});

describe("what travels beside the description", () => {
  const withExtras = (extras: { [key: string]: BencodeInput | undefined }): Uint8Array =>
    encodeBencode({ info: new Bencoded(info.bytes), ...extras });

  test("decode(encode(x)) = x", () => {
    const content = { info, pieceLayers, trackers, webSeeds, encoding: null };
    expect(decodeTorrentFile(encodeTorrentFile(content))).toEqual(content);
    const bare = { info, pieceLayers, trackers: [], webSeeds: [], encoding: null };
    expect(decodeTorrentFile(encodeTorrentFile(bare))).toEqual(bare);
  });

  test("trackers come from the list's tiers and from announce, each once; what is not text is left out", () => {
    const list = [["wss://a"], ["wss://b", 7, Uint8Array.of(0xff)], "wss://c", []];
    const torrent = decodeTorrentFile(
      withExtras({ "announce-list": list, announce: "wss://a", "url-list": "https://x" }),
    );
    expect(torrent.trackers).toEqual(["wss://a", "wss://b", "wss://c"]);
    expect(torrent.webSeeds).toEqual(["https://x"]);
    const many = Array.from({ length: 1000 }, (_, i) => [`wss://${i}`]);
    expect(decodeTorrentFile(withExtras({ "announce-list": many })).trackers).toHaveLength(256);
  });

  test("addresses that no server takes are left out, and of many only as much as a link can tell", () => {
    const long = `wss://long.example/${"a".repeat(MAX_ADDRESS_LENGTH)}`;
    const bounded = decodeTorrentFile(withExtras({ announce: "wss://a", "announce-list": [[long]] }));
    expect(bounded.trackers).toEqual(["wss://a"]);
    expect(decodeTorrentFile(withExtras({ "url-list": [long, "https://x"] })).webSeeds).toEqual([
      "https://x",
    ]);
    const longest = (at: number) => `wss://${at}.example/`.padEnd(MAX_ADDRESS_LENGTH, "/");
    const many = Array.from({ length: 256 }, (_, at) => [longest(at)]);
    const content = decodeTorrentFile(withExtras({ "announce-list": many }));
    expect(content.trackers).toEqual(Array.from({ length: 9 }, (_, at) => longest(at)));
    const link = formatShareLink("https://h", { ...info, trackers: content.trackers });
    expect(parseShareLink(link).trackers).toEqual(content.trackers);
  });

  test("layers may be missing: all of them, or some", () => {
    expect(decodeTorrentFile(withExtras({})).pieceLayers).toBeNull();
    expect(decodeTorrentFile(withExtras({ "piece layers": {} })).pieceLayers).toEqual(
      info.files.map(() => null),
    );
  });

  test("a file with unknown layers is not written", () => {
    const incomplete = expect.objectContaining({ code: "torrent/incomplete" });
    const write = (layers: typeof pieceLayers | null) =>
      encodeTorrentFile({ info, pieceLayers: layers, trackers, webSeeds, encoding: null });
    expect(() => write(null)).toThrow(incomplete);
    expect(() => write(pieceLayers.map(() => null))).toThrow(incomplete);
  });

  test("a wrong layer is left out, and so fetched from peers", () => {
    const file = info.files.findIndex(({ length }) => length > PIECE);
    const key = keyFromBytes(info.files[file]!.piecesRoot!);
    const layer = pieceLayers[file]!;
    for (const wrong of [layer.slice(32), new Uint8Array(layer.length), 7, [layer]]) {
      const { pieceLayers: read } = decodeTorrentFile(withExtras({ "piece layers": { [key]: wrong } }));
      expect(read).toEqual(info.files.map(() => null));
    }
    expect(decodeTorrentFile(withExtras({ "piece layers": [] })).pieceLayers).toBeNull();
  });
});

describe("what is refused", () => {
  test.each([
    ["nothing", ""],
    ["a web page", "<!doctype html>"],
    ["a list", "le"],
    ["no description", "d8:announce1:xe"],
    ["a description that is no dictionary", "d4:info4:spame"],
    ["two descriptions, the first of them empty", "d4:infode4:infod4:name1:xee"],
  ])("%s", (_, text) => {
    expect(() => decodeTorrentFile(Buffer.from(text, "latin1"))).toThrow(
      expect.objectContaining({ code: "torrent/malformed" }),
    );
  });

  test("files of more than 32 MiB", () => {
    expect(() => decodeTorrentFile(new Uint8Array(2 ** 25 + 1))).toThrow(
      expect.objectContaining({ code: "torrent/too-large" }),
    );
  });

  test.each(["libtorrent-v1", "libtorrent-v2", "libtorrent-hybrid", "create-torrent-v1", "shoal-hybrid"])(
    "every truncation of %s is refused",
    (name) => {
      const bytes = fixture(name);
      for (let length = 0; length < bytes.length; length++) {
        expect(() => decodeTorrentFile(bytes.subarray(0, length))).toThrow(ShoalError);
      }
    },
  );

  test.each(["libtorrent-v1", "libtorrent-v2", "libtorrent-hybrid", "create-torrent-v1", "shoal-hybrid"])(
    "a changed byte of %s is refused, changes the hash, or lies outside of what is hashed",
    (name) => {
      const bytes = fixture(name);
      const before = decodeTorrentFile(bytes);
      const start = Buffer.from(bytes).indexOf("4:info") + "4:info".length;
      const end = start + before.info.bytes.length;
      const hashes = ({ infoHashV1, infoHashV2 }: typeof before.info) => [infoHashV1, infoHashV2];
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
          const damaged = bytes.slice();
          damaged[at]! ^= flip;
          try {
            const after = decodeTorrentFile(damaged);
            if (at >= start && at < end) expect(hashes(after.info)).not.toEqual(hashes(before.info));
            else expect(hashes(after.info)).toEqual(hashes(before.info));
            // A layer is the right one or none.
            const layers = after.pieceLayers ?? [];
            for (const [i, layer] of layers.entries()) {
              if (layer !== null) expect(layer).toEqual(before.pieceLayers![i]);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(ShoalError);
          }
        }),
        { numRuns: 400 },
      );
    },
  );
});

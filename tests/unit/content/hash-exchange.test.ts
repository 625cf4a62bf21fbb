import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HashExchange, type HashRequest } from "../../../app/engine/content/hash-exchange.ts";
import { PieceHashes } from "../../../app/engine/content/piece-hashes.ts";
import { PieceMap } from "../../../app/engine/content/piece-map.ts";
import { decodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import type { PieceLayers } from "../../../app/engine/content/torrent-info.ts";
import { buildTorrent, leavesOf, type SampleFile, sampleFile } from "../../support/torrents.ts";

const KIB = 1024;
const PIECE = 64 * KIB;

/** A torrent, its data, and two sides: one that knows all hashes, one that has the info dictionary only. */
function swarm(files: readonly SampleFile[], pieceLength = PIECE) {
  const { info, pieceLayers, sorted } = buildTorrent(files, { name: "n", pieceLength });
  const map = new PieceMap(info);
  const leaves = (piece: number): Uint8Array => {
    const { file, fileOffset, length } = map.ranges(piece)[0]!;
    return leavesOf(sorted[file]!.bytes.subarray(fileOffset, fileOffset + length));
  };
  const side = (layers: PieceLayers | null) => {
    const hashes = new PieceHashes(info, layers);
    return { hashes, exchange: new HashExchange(hashes) };
  };
  return { info, pieceLayers, leaves, seed: side(pieceLayers), newcomer: side(null) };
}

const files = [
  sampleFile("a-long.bin", 5.5 * PIECE),
  sampleFile("b-empty.bin", 0),
  sampleFile("c-piece.bin", PIECE),
  sampleFile("d-short.bin", 40 * KIB),
  sampleFile("e-long.bin", 2 * PIECE),
  sampleFile("f-byte.bin", 1),
];
/** Pieces of `files`, by number: a a a a a a  c  d  e e  f. */
const pieceCount = 11;

describe("what is known", () => {
  const { info, seed, newcomer, leaves, pieceLayers } = swarm(files);
  const known = (hashes: PieceHashes) =>
    Array.from({ length: pieceCount }, (_, i) => (hashes.expectedPieceRoot(i) === null ? "-" : "x")).join("");

  test("with all layers, every piece; without, only those of files of one piece", () => {
    expect(info.pieceCount).toBe(pieceCount);
    expect(known(seed.hashes)).toBe("xxxxxxxxxxx");
    expect(known(newcomer.hashes)).toBe("------xx--x");
    expect(seed.hashes.missingLayers()).toEqual([]);
    expect(newcomer.hashes.missingLayers()).toEqual([0, 4]);
    expect(seed.hashes.layers()).toEqual(pieceLayers);
    expect(newcomer.hashes.layers()).toEqual(pieceLayers.map(() => null));
  });

  test("the leaves of every piece lead to its root, and other leaves don't", () => {
    for (let piece = 0; piece < pieceCount; piece++) {
      const right = leaves(piece);
      expect(seed.hashes.rootOfLeaves(piece, right)).toEqual(seed.hashes.expectedPieceRoot(piece));
      right[0]! ^= 1;
      expect(seed.hashes.rootOfLeaves(piece, right)).not.toEqual(seed.hashes.expectedPieceRoot(piece));
    }
    expect(() => seed.hashes.expectedPieceRoot(pieceCount)).toThrow(RangeError);
  });

  test("a hybrid's pieces can be verified by SHA-1 meanwhile; a v2-only torrent's cannot", () => {
    expect(newcomer.hashes.canVerify(0)).toBe(true);
    expect(newcomer.hashes.expectedSha1(3)).toEqual(info.pieceHashes!.slice(60, 80));
    const v2 = new PieceHashes({ ...info, version: "v2", pieceHashes: null, infoHashV1: null }, null);
    expect(v2.canVerify(0)).toBe(false);
    expect(v2.canVerify(6)).toBe(true);
    expect(v2.expectedSha1(3)).toBeNull();
  });

  test("a v1-only torrent has SHA-1s and misses nothing", () => {
    const path = new URL("../../fixtures/torrents/libtorrent-v1.torrent", import.meta.url);
    const v1 = new PieceHashes(decodeTorrentFile(readFileSync(path)).info, null);
    expect(v1.expectedPieceRoot(0)).toBeNull();
    expect(v1.expectedSha1(0)).toHaveLength(20);
    expect(v1.canVerify(0)).toBe(true);
    expect(v1.missingLayers()).toEqual([]);
    expect(v1.layers()).toBeNull();
  });
});

describe("layers", () => {
  test("a newcomer asks for what it misses, and a seed's answers complete it", () => {
    const { seed, newcomer, pieceLayers } = swarm(files);
    const requests = [0, 4].flatMap((file) => newcomer.exchange.layerRequests(file));
    expect(
      requests.map(({ baseLayer, index, length, proofLayers }) => [baseLayer, index, length, proofLayers]),
    ).toEqual([
      [2, 0, 8, 0],
      [2, 0, 2, 0],
    ]);
    for (const request of requests) {
      expect(newcomer.exchange.acceptLayer(request, seed.exchange.reply(request)!)).toBe(true);
    }
    expect(newcomer.hashes.layers()).toEqual(pieceLayers);
    expect(newcomer.hashes.missingLayers()).toEqual([]);
    expect([1, 2, 3, 5].flatMap((file) => newcomer.exchange.layerRequests(file))).toEqual([]);
  });

  test("long layers come in chunks of 512, each proven by itself and useful at once", () => {
    const { info, seed, newcomer, pieceLayers } = swarm([sampleFile("long.bin", 1030 * 16 * KIB)], 16 * KIB);
    expect(info.pieceCount).toBe(1030);
    const requests = newcomer.exchange.layerRequests(0);
    expect(requests.map(({ index, length, proofLayers }) => [index, length, proofLayers])).toEqual([
      [0, 512, 10],
      [512, 512, 10],
      [1024, 512, 10],
    ]);
    const [first, second, last] = requests as [HashRequest, HashRequest, HashRequest];
    const reply = seed.exchange.reply(second)!;
    expect(reply.length).toBe((512 + 2) * 32);
    expect(newcomer.exchange.acceptLayer(first, reply)).toBe(false);
    expect(newcomer.exchange.acceptLayer(second, reply)).toBe(true);
    expect(newcomer.hashes.expectedPieceRoot(511)).toBeNull();
    expect(newcomer.hashes.expectedPieceRoot(512)).toEqual(pieceLayers[0]!.slice(512 * 32, 513 * 32));
    expect(newcomer.exchange.layerRequests(0)).toEqual([first, last]);
    // Half of a layer is not served: the uncles are not known.
    expect(newcomer.exchange.reply(second)).toBeNull();
    expect(newcomer.exchange.acceptLayer(last, seed.exchange.reply(last)!)).toBe(true);
    expect(newcomer.hashes.acceptLayer(0, pieceLayers[0]!.slice(32))).toBe(false);
    expect(newcomer.hashes.acceptLayer(0, pieceLayers[0]!)).toBe(true);
    expect(newcomer.hashes.missingLayers()).toEqual([]);
    expect(newcomer.exchange.reply(second)).toEqual(reply);
  });

  test("wrong answers change nothing", () => {
    const { seed, newcomer } = swarm(files);
    const request = newcomer.exchange.layerRequests(0)[0]!;
    const reply = seed.exchange.reply(request)!;
    for (let at = 0; at < reply.length; at += 31) {
      const wrong = reply.slice();
      wrong[at]! ^= 0x80;
      expect(newcomer.exchange.acceptLayer(request, wrong)).toBe(false);
    }
    expect(newcomer.exchange.acceptLayer(request, reply.subarray(32))).toBe(false);
    expect(newcomer.exchange.acceptLayer({ ...request, baseLayer: 0 }, reply)).toBe(false);
    expect(newcomer.exchange.acceptLayer({ ...request, root: new Uint8Array(32) }, reply)).toBe(false);
    expect(newcomer.hashes.missingLayers()).toEqual([0, 4]);
  });

  test("files with the same content are served by one answer", () => {
    const twin = sampleFile("twin", 3 * PIECE).bytes;
    const { seed, newcomer } = swarm([
      { path: ["a"], bytes: twin },
      { path: ["b"], bytes: twin },
    ]);
    const request = newcomer.exchange.layerRequests(0)[0]!;
    expect(newcomer.exchange.acceptLayer(request, seed.exchange.reply(request)!)).toBe(true);
    expect(newcomer.hashes.missingLayers()).toEqual([]);
  });
});

describe("leaves", () => {
  const { info, seed, leaves } = swarm(files);

  test("the leaves of every piece are asked for, answered and proven", () => {
    for (let piece = 0; piece < pieceCount; piece++) {
      const requests = seed.exchange.leafRequests(piece);
      expect(requests).toHaveLength(piece === pieceCount - 1 ? 0 : 1);
      for (const request of requests) {
        expect(seed.exchange.pieceOfLeaves(request)).toBe(piece);
        const reply = seed.exchange.reply(request, leaves(piece))!;
        const verified = seed.exchange.verifyLeaves(piece, request, reply)!;
        const own = leaves(piece);
        expect(verified.slice(0, own.length)).toEqual(own);
        reply[5]! ^= 1;
        expect(seed.exchange.verifyLeaves(piece, request, reply)).toBeNull();
      }
    }
  });

  test("a piece of 16 MiB is asked for in two parts", () => {
    const large = swarm([sampleFile("large.bin", 17 * 1024 * KIB)], 16 * 1024 * KIB);
    const requests = large.seed.exchange.leafRequests(0);
    expect(requests.map(({ index, length, proofLayers }) => [index, length, proofLayers])).toEqual([
      [0, 512, 9],
      [512, 512, 9],
    ]);
    for (const request of requests) {
      const reply = large.seed.exchange.reply(request, large.leaves(0))!;
      expect(large.seed.exchange.verifyLeaves(0, request, reply)).toEqual(
        large.leaves(0).slice(request.index * 32, (request.index + 512) * 32),
      );
    }
  });

  test("requests that cannot be answered are rejected", () => {
    const good = seed.exchange.leafRequests(1)[0]!;
    const bad: [string, HashRequest][] = [
      ["another torrent's root", { ...good, root: new Uint8Array(32) }],
      ["a layer between", { ...good, baseLayer: 1 }],
      ["across pieces", { ...good, index: 0, length: 8 }],
      ["beyond the file", { ...good, index: 28 }],
      ["beyond the tree", { ...good, index: 32 }],
      ["not aligned", { ...good, index: 2 }],
      ["too long a proof", { ...good, proofLayers: 5 }],
    ];
    for (const [name, request] of bad) {
      expect(seed.exchange.pieceOfLeaves(request), name).toBeNull();
      expect(seed.exchange.reply(request, leaves(1)), name).toBeNull();
    }
    expect(seed.exchange.reply(good)).toBeNull();
    // Leaves of damaged data prove nothing.
    expect(seed.exchange.reply(good, leaves(2))).toBeNull();
  });

  test("a proof up to the file's root is given when asked for", () => {
    const request = { ...seed.exchange.leafRequests(1)[0]!, proofLayers: 4 };
    const reply = seed.exchange.reply(request, leaves(1))!;
    const uncles = reply.slice(4 * 32, 5 * 32);
    expect(uncles).toEqual(new Uint8Array(seed.hashes.expectedPieceRoot(0)!));
    expect(reply.length).toBe((4 + 3) * 32);
    expect(info.files[0]!.length).toBe(5.5 * PIECE);
  });
});

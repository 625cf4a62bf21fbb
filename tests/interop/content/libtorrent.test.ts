/** Our torrents are libtorrent's torrents: the same files give the same hashes, whoever describes them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { bytesToHex } from "@noble/hashes/utils.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeBencode } from "../../../app/engine/content/bencode.ts";
import { parseShareLink } from "../../../app/engine/content/parse-link.ts";
import { formatMagnet } from "../../../app/engine/content/share-link.ts";
import { decodeTorrentFile, encodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import { buildTorrent, type SampleFile, sampleFile } from "../../support/torrents.ts";
import { create, inspect, makeMagnet, readMagnet } from "./libtorrent.ts";

const KIB = 1024;
const PIECE = 64 * KIB;

interface Share {
  readonly name: string;
  readonly singleFile?: boolean;
  readonly pieceLength?: number;
  readonly files: readonly SampleFile[];
}

const single = (name: string, length: number): Share => ({
  name,
  singleFile: true,
  files: [sampleFile(name, length)],
});

const folder = (name: string, files: Record<string, number>, pieceLength?: number): Share => ({
  name,
  ...(pieceLength === undefined ? {} : { pieceLength }),
  files: Object.entries(files).map(([path, length]) => sampleFile(path, length)),
});

const shares: Record<string, Share> = {
  "one byte": single("one.bin", 1),
  "a leaf": single("leaf.bin", 16 * KIB),
  "a leaf and a byte": single("leaf-and.bin", 16 * KIB + 1),
  "three leaves": single("three leaves.bin", 48 * KIB),
  "exactly a piece": single("piece.bin", PIECE),
  "a piece and a byte": single("piece-and.bin", PIECE + 1),
  "exactly two pieces": single("two.bin", 2 * PIECE),
  "five pieces and a half": single("ünïcödé 🐟.bin", 5.5 * PIECE),
  "a folder with one file": folder("folder", { "only.bin": 100_000 }),
  "a folder with one file of its own name": folder("same", { same: 100_000 }),
  "nested folders": folder("nested", {
    "z.txt": 10,
    "a/b/c/deep.bin": 3 * PIECE + 7,
    "a/b/second.bin": PIECE,
    "a/aligned.bin": 2 * PIECE,
    "a.txt": 20,
    "Ä/日本語.txt": 33_000,
    "emoji 🐠/🦈 file.txt": 1,
  }),
  "empty files at both ends and between": folder("empties", {
    "a-empty": 0,
    "b.bin": PIECE + 1,
    "c-empty": 0,
    "d.bin": 5,
    "e-empty": 0,
  }),
  "only the last file unaligned": folder("tail", { "a.bin": PIECE, "b.bin": 3 }),
  "identical files": {
    name: "twins",
    files: [
      { path: ["a.bin"], bytes: sampleFile("twin", 2 * PIECE).bytes },
      { path: ["b.bin"], bytes: sampleFile("twin", 2 * PIECE).bytes },
    ],
  },
  "pieces of 16 KiB": folder("small pieces", { "a.bin": 100_000, "b.bin": 16 * KIB, "c.bin": 9 }, 16 * KIB),
};

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "shoal-content-"));
  for (const share of Object.values(shares)) {
    for (const { path, bytes } of share.files) {
      const target = join(root, pathOnDisk(share, path));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, bytes);
    }
  }
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function pathOnDisk(share: Share, path: readonly string[]): string {
  return share.singleFile ? share.name : [share.name, ...path].join("/");
}

function createWithLibtorrent(share: Share, version: "v1" | "v2" | "hybrid"): Uint8Array {
  const paths = share.files.map(({ path, bytes }) => [pathOnDisk(share, path), bytes.length] as const);
  return create(root, paths, share.pieceLength ?? PIECE, version);
}

function hex(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : bytesToHex(bytes);
}

describe.each(Object.entries(shares))("%s", (_, share) => {
  const build = () => buildTorrent(share.files, { ...share, pieceLength: share.pieceLength ?? PIECE });

  test("what we create has libtorrent's info-hashes and piece layers", () => {
    const { info, pieceLayers } = build();
    const theirs = decodeBencode(createWithLibtorrent(share, "hybrid")) as Map<string, unknown>;
    const ours = encodeTorrentFile({ info, pieceLayers, trackers: [], webSeeds: [], encoding: null });
    const seen = inspect(ours);
    const expected = inspect(createWithLibtorrent(share, "hybrid"));
    expect({ v1: hex(info.infoHashV1), v2: hex(info.infoHashV2) }).toEqual({
      v1: expected.v1,
      v2: expected.v2,
    });
    expect((decodeBencode(ours) as Map<string, unknown>).get("piece layers")).toEqual(
      theirs.get("piece layers"),
    );
    expect(seen).toEqual(expected);
  });

  test.each(["v1", "v2", "hybrid"] as const)("what libtorrent creates as %s, we parse", (version) => {
    const theirs = createWithLibtorrent(share, version);
    const expected = inspect(theirs);
    const { info, pieceLayers } = decodeTorrentFile(theirs);
    expect({ version: info.version, v1: hex(info.infoHashV1), v2: hex(info.infoHashV2) }).toEqual({
      version,
      v1: expected.v1,
      v2: expected.v2,
    });
    expect(info.pieceCount).toBe(expected.pieceCount);
    expect(info.name).toBe(share.name);
    const paths = info.files.map(({ path, length }) => ({
      path: (info.singleFile ? path : [info.name, ...path]).join("/"),
      length,
    }));
    const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
    expect(paths.sort(byPath)).toEqual(
      expected.files.map(({ path, length }) => ({ path, length })).sort(byPath),
    );
    const ours = build();
    if (version !== "v1") expect(pieceLayers).toEqual(ours.pieceLayers);
    expect(
      encodeTorrentFile({ info, pieceLayers, trackers: [], webSeeds: [], encoding: null }).length,
    ).toBeGreaterThan(0);
  });
});

test("a link of one's own for the same content: libtorrent reads other hashes and the same files", () => {
  const { name, files } = shares["nested folders"]!;
  const [plain, marked] = [null, "0123456789abcdef0123456789abcdef"].map((crossSeed) => {
    const { info, pieceLayers } = buildTorrent(files, { name, pieceLength: PIECE, crossSeed });
    const file = encodeTorrentFile({ info, pieceLayers, trackers: [], webSeeds: [], encoding: null });
    return { seen: inspect(file), v1: hex(info.infoHashV1), v2: hex(info.infoHashV2) };
  });
  expect(marked!.seen).toEqual({ ...plain!.seen, v1: marked!.v1, v2: marked!.v2 });
  expect([marked!.v1 === plain!.v1, marked!.v2 === plain!.v2]).toEqual([false, false]);
});

describe("links", () => {
  const { info, pieceLayers } = buildTorrent([sampleFile("a b & ü.bin", 70_000)], {
    name: "a b & ü.bin",
    singleFile: true,
  });
  const trackers = ["wss://tracker.example/announce?x=1&y=2", "wss://other.example/+"];

  test("libtorrent reads our magnet links", () => {
    const magnet = formatMagnet({ ...info, trackers });
    expect(readMagnet(magnet)).toEqual({
      v1: hex(info.infoHashV1),
      v2: hex(info.infoHashV2),
      name: info.name,
      trackers,
    });
  });

  test("we read libtorrent's magnet links", () => {
    const link = parseShareLink(
      makeMagnet(encodeTorrentFile({ info, pieceLayers, trackers, webSeeds: [], encoding: null })),
    );
    expect(link).toMatchObject({ infoHashV1: info.infoHashV1, infoHashV2: info.infoHashV2, name: info.name });
    expect(link.trackers).toEqual(trackers);
  });
});

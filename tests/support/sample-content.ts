/** Small torrents of all three versions with their content, for tests: made by the real builder. */
import { createHash } from "node:crypto";
import { bytesToHex } from "@noble/hashes/utils.js";
import { decodeBencode, encodeBencode } from "../../app/engine/content/bencode.ts";
import { parseInfo } from "../../app/engine/content/parse-info.ts";
import { PieceMap } from "../../app/engine/content/piece-map.ts";
import type { PieceLayers, TorrentInfo } from "../../app/engine/content/torrent-info.ts";
import type { TorrentRecord } from "../../app/engine/host.ts";
import { buildTorrent, type SampleFile, sampleFile } from "./torrents.ts";

export type Version = TorrentInfo["version"];

export class SampleContent {
  readonly info: TorrentInfo;
  readonly pieceLayers: PieceLayers;
  readonly map: PieceMap;
  readonly #files: readonly SampleFile[];
  readonly #pieces: Map<number, Uint8Array>;

  constructor(info: TorrentInfo, pieceLayers: PieceLayers, files: readonly SampleFile[]) {
    this.info = info;
    this.pieceLayers = pieceLayers;
    this.map = new PieceMap(info);
    this.#files = files;
    this.#pieces = new Map();
  }

  /** The true bytes of a piece, pads left out at its end. Not to be changed. */
  piece(piece: number): Uint8Array {
    const known = this.#pieces.get(piece);
    if (known !== undefined) return known;
    const data = new Uint8Array(this.map.dataLength(piece));
    for (const { file, fileOffset, pieceOffset, length } of this.map.ranges(piece)) {
      const path = this.info.files[file]!.path.join("/");
      const { bytes } = this.#files.find((each) => each.path.join("/") === path)!;
      data.set(bytes.subarray(fileOffset, fileOffset + length), pieceOffset);
    }
    this.#pieces.set(piece, data);
    return data;
  }

  /** What a node starts from: the whole description, or only what a link says. */
  record(knows: "torrent" | "link", more: Partial<TorrentRecord> = {}): TorrentRecord {
    const { infoHashV1, infoHashV2, bytes, name } = this.info;
    return {
      id: bytesToHex(infoHashV2 ?? infoHashV1!),
      rendezvous: null,
      infoHashV1,
      infoHashV2,
      info: knows === "torrent" ? bytes : null,
      pieceLayers: knows === "torrent" ? this.pieceLayers : null,
      nameHint: name,
      title: null,
      trackers: [],
      leftOutTrackers: [],
      webSeeds: [],
      about: null,
      aboutHash: null,
      encoding: null,
      servers: [],
      select: null,
      wanted: null,
      active: true,
      paused: false,
      addedAt: 0,
      ...more,
    };
  }
}

/** A torrent of files such as {"a.txt": 100, "dir/b.bin": 70_000}; with one entry it is a single file. */
export function sampleContent(
  version: Version,
  lengths: Readonly<Record<string, number>>,
  pieceLength = 32_768,
): SampleContent {
  const files = Object.entries(lengths).map(([path, length]) => sampleFile(path, length));
  const singleFile = files.length === 1;
  const name = singleFile ? files[0]!.path[0]! : "sample";
  const { info, pieceLayers, sorted } = buildTorrent(files, { name, singleFile, pieceLength });
  if (version === "hybrid") return new SampleContent(info, pieceLayers, sorted);
  if (version === "v2") {
    const dictionary = decodeBencode(info.bytes) as Map<string, never>;
    for (const key of ["files", "length", "pieces"]) dictionary.delete(key);
    return new SampleContent(parseInfo(encodeBencode(dictionary)), pieceLayers, sorted);
  }
  // v1 alone, without pad files: pieces span files.
  const whole = Buffer.concat(sorted.map(({ bytes }) => bytes));
  const digests = [];
  for (let from = 0; from < whole.length; from += pieceLength) {
    digests.push(
      createHash("sha1")
        .update(whole.subarray(from, from + pieceLength))
        .digest(),
    );
  }
  const bytes = encodeBencode({
    ...(singleFile
      ? { length: whole.length }
      : { files: sorted.map(({ path, bytes }) => ({ length: bytes.length, path: [...path] })) }),
    name,
    "piece length": pieceLength,
    pieces: new Uint8Array(Buffer.concat(digests)),
  });
  return new SampleContent(
    parseInfo(bytes),
    sorted.map(() => null),
    sorted,
  );
}

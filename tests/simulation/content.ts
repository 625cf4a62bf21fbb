/**
 * What a simulated swarm shares: one file of bytes that look random, its description, and the digests of its true
 * pieces. Bytes equal to the truth get their digest from here; all others are hashed for real.
 */
import { createHash } from "node:crypto";
import { bytesToHex } from "@noble/hashes/utils.js";
import { BLOCK_LENGTH } from "../../app/engine/constants.ts";
import { aboutHashOf } from "../../app/engine/content/about.ts";
import { encodeBencode } from "../../app/engine/content/bencode.ts";
import { equalBytes } from "../../app/engine/content/info-hash.ts";
import type { PieceLayers, TorrentInfo } from "../../app/engine/content/torrent-info.ts";
import type { HashKind, TorrentRecord } from "../../app/engine/host.ts";
import type { Random } from "../support/random.ts";
import { buildTorrent, leavesOf } from "../support/torrents.ts";

/** Bytes of an about, three parts of it, most of which a later version would know what to do with. */
const ABOUT_LENGTH = 40_000;

export class Content {
  readonly info: TorrentInfo;
  readonly pieceLayers: PieceLayers;
  /** What the first seed tells beside the info dictionary. */
  readonly about: Uint8Array;
  readonly #bytes: Buffer;
  readonly #leaves: Uint8Array[];

  /** `pieceLength`: bytes, a power of two of at least 16 KiB. */
  constructor(pieceCount: number, pieceLength: number, random: Random) {
    const words = new Uint32Array((pieceCount * pieceLength) / 4);
    for (let i = 0; i < words.length; i++) words[i] = random.next() * 4294967296;
    this.#bytes = Buffer.from(words.buffer);
    const file = { path: ["file"], bytes: this.#bytes };
    const { info, pieceLayers } = buildTorrent([file], { name: "file", singleFile: true, pieceLength });
    this.info = info;
    this.pieceLayers = pieceLayers;
    const note = "As the sender wrote it.";
    this.about = encodeBencode({ note, zz: new Uint8Array(ABOUT_LENGTH).fill(7) });
    this.#leaves = [];
    for (let piece = 0; piece < pieceCount; piece++) this.#leaves.push(leavesOf(this.piece(piece)));
  }

  /** The true bytes of a piece; a view. */
  piece(piece: number): Uint8Array {
    const { pieceLength } = this.info;
    return this.#bytes.subarray(piece * pieceLength, (piece + 1) * pieceLength);
  }

  /** Where in the content a view of it begins; -1 when it is none. */
  placeOf(bytes: Uint8Array): number {
    return bytes.buffer === this.#bytes.buffer ? bytes.byteOffset - this.#bytes.byteOffset : -1;
  }

  /** The view of the content that begins at a place. */
  at(place: number, length: number): Uint8Array {
    return this.#bytes.subarray(place, place + length);
  }

  /** Whether bytes are a piece's true ones. What was never copied nor changed on its way still lies where it did. */
  isTrue(piece: number, data: Uint8Array): boolean {
    const { pieceLength } = this.info;
    if (data.length !== pieceLength) return false;
    const from = piece * pieceLength;
    if (this.placeOf(data) === from) return true;
    return this.#bytes.compare(data, 0, pieceLength, from, from + pieceLength) === 0;
  }

  /** The same of a part of a piece that begins at `begin`. */
  isTruePart(piece: number, begin: number, data: Uint8Array): boolean {
    const from = piece * this.info.pieceLength + begin;
    if (this.placeOf(data) === from) return true;
    return this.#bytes.compare(data, 0, data.length, from, from + data.length) === 0;
  }

  /** The blocks of a piece whose bytes are not its true ones. */
  badBlocks(piece: number, data: Uint8Array): number[] {
    const truth = this.piece(piece);
    const count = Math.ceil(truth.length / BLOCK_LENGTH);
    const blockOf = (bytes: Uint8Array, block: number) =>
      bytes.subarray(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH);
    return Array.from({ length: count }, (_, block) => block).filter(
      (block) => !equalBytes(blockOf(truth, block), blockOf(data, block)),
    );
  }

  digest(piece: number, kind: HashKind, data: Uint8Array, padding: number): Uint8Array {
    if (kind === "leaves") return this.isTrue(piece, data) ? this.#leaves[piece]!.slice() : leavesOf(data);
    return createHash("sha1").update(data).update(new Uint8Array(padding)).digest();
  }

  /**
   * What a peer starts from: the whole description, or only what a share link says. `told`: what it has of the about.
   */
  record(
    knows: "torrent" | "link",
    trackers: readonly string[],
    told: "nothing" | "hash" | "about" = "nothing",
  ): TorrentRecord {
    const { infoHashV1, infoHashV2, bytes, name } = this.info;
    return {
      id: bytesToHex(infoHashV2!),
      rendezvous: null,
      infoHashV1,
      infoHashV2,
      info: knows === "torrent" ? bytes : null,
      pieceLayers: knows === "torrent" ? this.pieceLayers : null,
      nameHint: name,
      title: null,
      trackers,
      leftOutTrackers: [],
      webSeeds: [],
      about: told === "about" ? this.about : null,
      aboutHash: told === "nothing" ? null : aboutHashOf(this.about),
      encoding: null,
      servers: [],
      select: null,
      wanted: null,
      active: true,
      paused: false,
      addedAt: 0,
    };
  }
}

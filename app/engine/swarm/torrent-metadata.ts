/**
 * What is known of a torrent's content: its info-hashes from the start, its info dictionary sooner or later, and
 * what follows from that: pieces, places, hashes. Refuses an info dictionary that is not the right one.
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { HashExchange } from "../content/hash-exchange.ts";
import { equalBytes, truncatedV2 } from "../content/info-hash.ts";
import { LinkHints } from "../content/link-hints.ts";
import { parseInfo } from "../content/parse-info.ts";
import { PieceHashes } from "../content/piece-hashes.ts";
import { PieceMap } from "../content/piece-map.ts";
import type { PieceLayers } from "../content/torrent-info.ts";
import type { TorrentRecord } from "../host.ts";
import { Bitfield } from "./pieces/bitfield.ts";
import { Pieces } from "./pieces/pieces.ts";

export class TorrentMetadata {
  readonly hints: LinkHints;
  readonly #random: () => number;
  #infoHashV1: Uint8Array | null;
  #infoHashV2: Uint8Array | null;
  #bytes: Uint8Array | null;
  #pieces: Pieces | null;
  #hashExchange: HashExchange | null;

  /** Throws ShoalError when the record's info dictionary is damaged. */
  constructor(record: TorrentRecord, have: "all" | "none" | Uint8Array, random: () => number) {
    this.hints = new LinkHints(record);
    this.#random = random;
    this.#infoHashV1 = record.infoHashV1;
    this.#infoHashV2 = record.infoHashV2;
    this.#bytes = null;
    this.#pieces = null;
    this.#hashExchange = null;
    if (record.info !== null) this.#set(record.info, record.pieceLayers, record.wanted, have);
  }

  /** 20 bytes; null while unknown and in v2-only torrents. */
  get infoHashV1(): Uint8Array | null {
    return this.#infoHashV1;
  }

  /** 32 bytes; null while unknown and in v1-only torrents. */
  get infoHashV2(): Uint8Array | null {
    return this.#infoHashV2;
  }

  /** The info dictionary as encoded; null while unknown, as are `pieces` and `hashExchange`. */
  get bytes(): Uint8Array | null {
    return this.#bytes;
  }

  get pieces(): Pieces | null {
    return this.#pieces;
  }

  get hashExchange(): HashExchange | null {
    return this.#hashExchange;
  }

  /** The info-hashes under which the torrent is announced: the v2 one cut to 20 bytes, and v1. */
  names(): Uint8Array[] {
    const names = [];
    if (this.#infoHashV2 !== null) names.push(truncatedV2(this.#infoHashV2));
    if (this.#infoHashV1 !== null) names.push(this.#infoHashV1);
    return names;
  }

  isNamed(infoHash: Uint8Array): boolean {
    return this.names().some((name) => equalBytes(name, infoHash));
  }

  /**
   * Takes an info dictionary if it has the right hash; false when it does not. Throws ShoalError when it has, and is
   * malformed all the same.
   */
  accept(bytes: Uint8Array): boolean {
    const right =
      this.#infoHashV2 === null
        ? equalBytes(sha1(bytes), this.#infoHashV1!)
        : equalBytes(sha256(bytes), this.#infoHashV2);
    if (right) this.#set(bytes, null, null, "none");
    return right;
  }

  #set(
    bytes: Uint8Array,
    layers: PieceLayers | null,
    wanted: Uint8Array | null,
    have: "all" | "none" | Uint8Array,
  ): void {
    const info = parseInfo(bytes);
    const hashes = new PieceHashes(info, layers);
    const selection = this.hints.takeSelection(info);
    this.#bytes = bytes;
    this.#infoHashV1 = info.infoHashV1;
    this.#infoHashV2 = info.infoHashV2;
    this.#hashExchange = new HashExchange(hashes);
    this.#pieces = new Pieces({
      info,
      map: new PieceMap(info),
      hashes,
      have: storedPieces(info.pieceCount, have),
      wanted: wanted?.length === info.files.length ? wanted : selection,
      random: this.#random,
    });
  }
}

function storedPieces(pieceCount: number, have: "all" | "none" | Uint8Array): Bitfield {
  if (have === "all") return Bitfield.full(pieceCount);
  return have === "none" ? new Bitfield(pieceCount) : new Bitfield(pieceCount, have);
}

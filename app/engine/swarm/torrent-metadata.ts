/**
 * Torrent metadata is what is known of a torrent's content. It grows in up to three steps:
 *
 * | known | from | what can be done |
 * | --- | --- | --- |
 * | a rendezvous | the share link of a private share | peers can be met |
 * | the info-hashes | a link, a .torrent file or `learnHashes` | an info dictionary can be verified |
 * | the info dictionary | a .torrent file, the person's own files or a peer (`accept`) | pieces can be fetched |
 *
 * The info dictionary gives the pieces, their places in the files, and their hashes. An info dictionary with another
 * hash is refused. part-exchange.ts fetches the info dictionary.
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { HashExchange } from "../content/hash-exchange.ts";
import { equalBytes, truncatedV2 } from "../content/info-hash.ts";
import { LinkHints } from "../content/link-hints.ts";
import { parsedInfo } from "../content/parsed-info.ts";
import { PieceHashes } from "../content/piece-hashes.ts";
import { PieceMap } from "../content/piece-map.ts";
import type { PieceLayers } from "../content/torrent-info.ts";
import type { TorrentRecord } from "../host.ts";
import { Bitfield } from "./pieces/bitfield.ts";
import { Pieces } from "./pieces/pieces.ts";

export class TorrentMetadata {
  readonly hints: LinkHints;
  /** 20 bytes; null for a public share. */
  readonly rendezvous: Uint8Array | null;
  readonly #random: () => number;
  #infoHashV1: Uint8Array | null;
  #infoHashV2: Uint8Array | null;
  #encoding: string | null;
  #bytes: Uint8Array | null;
  #pieces: Pieces | null;
  #hashExchange: HashExchange | null;

  /** Throws ShoalError when the record's info dictionary is damaged. */
  constructor(record: TorrentRecord, have: "all" | "none" | Uint8Array, random: () => number) {
    this.hints = new LinkHints(record);
    this.rendezvous = record.rendezvous;
    this.#random = random;
    this.#infoHashV1 = record.infoHashV1;
    this.#infoHashV2 = record.infoHashV2;
    this.#encoding = record.encoding;
    this.#bytes = null;
    this.#pieces = null;
    this.#hashExchange = null;
    if (record.info !== null) this.#set(record.info, record.pieceLayers, record.wanted, have);
  }

  /** 20 bytes; null while unknown, and in v2-only torrents. */
  get infoHashV1(): Uint8Array | null {
    return this.#infoHashV1;
  }

  /** 32 bytes; null while unknown, and in v1-only torrents. */
  get infoHashV2(): Uint8Array | null {
    return this.#infoHashV2;
  }

  /** The info dictionary, bencoded; null while unknown. So are `pieces` and `hashExchange`. */
  get bytes(): Uint8Array | null {
    return this.#bytes;
  }

  /** The encoding of names that are not UTF-8, as a .torrent file said; null when none did. */
  get encoding(): string | null {
    return this.#encoding;
  }

  /** Takes an encoding, for the info dictionary to come. */
  learnEncoding(encoding: string | null): void {
    if (this.#bytes === null) this.#encoding ??= encoding;
  }

  /** Whether the torrent is members-only (BEP 27). Nobody knows while the info dictionary is unknown. */
  get isPrivate(): boolean {
    return this.#pieces?.info.isPrivate ?? false;
  }

  get pieces(): Pieces | null {
    return this.#pieces;
  }

  get hashExchange(): HashExchange | null {
    return this.#hashExchange;
  }

  /**
   * The names under which the torrent is announced and its links are made, 20 bytes each: its rendezvous if it has
   * one, or else its info-hashes. A v2 info-hash is cut.
   */
  names(): Uint8Array[] {
    if (this.rendezvous !== null) return [this.rendezvous];
    const names = [];
    if (this.#infoHashV2 !== null) names.push(truncatedV2(this.#infoHashV2));
    if (this.#infoHashV1 !== null) names.push(this.#infoHashV1);
    return names;
  }

  isNamed(infoHash: Uint8Array): boolean {
    return this.names().some((name) => equalBytes(name, infoHash));
  }

  /** Whether hash messages are of use (BEP 52). A private share may still learn its v2 info-hash. */
  get speaksV2(): boolean {
    return this.#infoHashV2 !== null || this.rendezvous !== null;
  }

  /** Whether an info dictionary can be verified. */
  get isVerifiable(): boolean {
    return this.#infoHashV1 !== null || this.#infoHashV2 !== null;
  }

  /** Takes the info-hashes of a private share that had none. False when it had one, or when both are null. */
  learnHashes(infoHashV1: Uint8Array | null, infoHashV2: Uint8Array | null): boolean {
    if (this.isVerifiable) return false;
    this.#infoHashV1 = infoHashV1;
    this.#infoHashV2 = infoHashV2;
    return this.isVerifiable;
  }

  /**
   * Takes an info dictionary with the right hash. False when its hash is wrong. Throws ShoalError when its hash is
   * right and it is malformed.
   */
  accept(bytes: Uint8Array): boolean {
    if (!this.isVerifiable) return false;
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
    const info = parsedInfo(bytes, this.#encoding);
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

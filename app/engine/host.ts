/**
 * The one interface through which the engine reaches the world. The worker implements it with data channels,
 * IndexedDB, WebCrypto and WebSockets; tests and the simulation implement it in virtual time.
 *
 * Two rules: a host never calls back into the engine synchronously (results come as later inputs, named beside
 * each method), and `now` and `random` are the engine's only clock and dice.
 */

import type { ErrorCode } from "./errors.ts";
import type { LinkEnd, LinkId, OtherEnd } from "./link.ts";
import type { LogCode, LogData } from "./log.ts";

/** Names a torrent for as long as it is kept: hex of the v2 info-hash where known when added, else of the v1. */
export type TorrentId = string;

/** How many connections a host bears, those being made and offers that wait included. */
export interface ConnectionLimits {
  /** Of all torrents together, lanes counted. */
  readonly node: number;
  /** Links of one torrent. */
  readonly torrent: number;
}

/** What the engine wants hashed. */
export type HashKind =
  /** SHA-256 of every 16 KiB of the data, 32 bytes each, the last over what remains. BEP 52. */
  | "leaves"
  /** SHA-1 of the data followed by `padding` zero bytes, 20 bytes. BEP 3. */
  | "sha1";

/** A torrent's lasting record: what a later start needs besides the stored pieces. */
export interface TorrentRecord {
  readonly id: TorrentId;
  readonly infoHashV1: Uint8Array | null;
  readonly infoHashV2: Uint8Array | null;
  /** The info dictionary; null while only a link is known. */
  readonly info: Uint8Array | null;
  /** Piece layers by file (engine/content/torrent-info.ts); null while incomplete. */
  readonly pieceLayers: readonly (Uint8Array | null)[] | null;
  /** From the link's `dn`; shown until the info dictionary is known. */
  readonly nameHint: string | null;
  readonly trackers: readonly string[];
  /** Addresses from which the content can be had over HTTP (BEP 19), as links and .torrent files name them. */
  readonly webSeeds: readonly string[];
  /** Which files a link asks for (engine/content/link-hints.ts), while the info dictionary is unknown; null: all. */
  readonly select: readonly number[] | null;
  /** Which files to download, one byte each (1 wanted); null: all. Known only with the info dictionary. */
  readonly wanted: Uint8Array | null;
  /** The person pressed Download, or shares the files. */
  readonly active: boolean;
  /** The person pressed Pause: out of the swarm until resumed. */
  readonly paused: boolean;
  /** Milliseconds since 1970, by the host; 0 until the host has set it. */
  readonly addedAt: number;
}

export interface Host {
  /** Milliseconds that only ever grow. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;

  /**
   * Makes a connection and its offer, whole unless `trickle`: who gets it can be told more as soon as it has it. Input:
   * `handleOffer` or `handleLinkClosed`.
   */
  createOffer(link: LinkId, trickle: boolean): void;
  /** Makes a connection that answers `sdp`. Input: `handleAnswer` or `handleLinkClosed`. */
  createAnswer(link: LinkId, sdp: string, other: OtherEnd): void;
  /** Completes a connection begun with `createOffer`. Input: `handleLinkOpened` or `handleLinkClosed`. */
  acceptAnswer(link: LinkId, sdp: string, other: OtherEnd): void;
  /** What the connection's other end tells it: the other's `handleSignal`. From a stranger, unchecked. */
  deliverSignal(link: LinkId, signal: string): void;
  /** Moves a connection to another path, where its other end can be told: nothing comes by the one that it has. */
  mendLink(link: LinkId): void;
  /** Sends bytes, in order. At most `maxMessageLength`; they belong to the host from now on. */
  send(link: LinkId, bytes: Uint8Array): void;
  /** Sends a header and a block behind it as one message. The block stays the engine's and is only read. */
  sendBlock(link: LinkId, header: Uint8Array, block: Uint8Array): void;
  /** Bytes given to `send` that have not left yet. When it falls to the low-water mark: `handleDrained`. */
  buffered(link: LinkId): number;
  /** Closes the connection. No input follows for this link. */
  closeLink(link: LinkId, reason: LinkEnd): void;

  /** Opens a tracker's socket. Input: `handleTrackerOpened`, then messages, or `handleTrackerClosed`. */
  openTracker(url: string): void;
  sendTracker(url: string, text: string): void;
  /** No input follows for this URL until it is opened again. */
  closeTracker(url: string): void;

  /** Input: `handleHashed`, with the same number. The data is only read, and stays the engine's. */
  hash(
    request: number,
    torrent: TorrentId,
    piece: number,
    kind: HashKind,
    data: Uint8Array,
    padding: number,
  ): void;
  /** Keeps a verified piece. Input: `handleStored`. The data must not be changed until then. */
  store(torrent: TorrentId, piece: number, data: Uint8Array): void;
  /** Reads a stored piece, whole, pads left out. Input: `handleRead`, with the same number. */
  read(request: number, torrent: TorrentId, piece: number): void;
  /** Keeps the torrent's record, replacing an older one. */
  saveRecord(record: TorrentRecord): void;
  /** Forgets the record; with `data`, the stored pieces as well. */
  deleteTorrent(torrent: TorrentId, data: boolean): void;

  /** Something worth a log entry. */
  log<Code extends LogCode>(code: Code, data: LogData[Code]): void;
}

/** Codes of what keeps a piece from being stored or read. */
export type StorageFailure = Extract<
  ErrorCode,
  "storage/full" | "storage/failed" | "storage/lost" | "source/changed" | "source/gone"
>;

/** Why a piece could not be stored or read. */
export interface PieceFailure {
  readonly code: StorageFailure;
  /** What the code's sentence is completed with (errors.ts). */
  readonly detail: string;
}

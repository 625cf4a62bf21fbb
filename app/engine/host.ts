/**
 * `Host` is the one interface through which the engine reaches the world. The worker implements it with data
 * channels, IndexedDB, WebCrypto and WebSockets. Tests and the simulation implement it in virtual time.
 *
 * Two rules hold. A host never calls back into the engine synchronously: results come as later inputs. These are
 * `handle…` methods of the engine, and are named beside the methods here. `now` and `random` are the engine's only
 * clock and dice, so that the same seed and the same inputs give the same outputs.
 */

import type { ErrorCode } from "./errors.ts";
import type { LinkEnd, LinkId, OtherEnd } from "./link.ts";
import type { LogCode, LogData } from "./log.ts";

/**
 * Names a torrent on this device for as long as it is kept. The id of a public share is the hex of the info-hash that
 * was known when it was added, v2 before v1. The id of a private share is derived from its key, so that the id says
 * nothing of the content.
 */
export type TorrentId = string;

/** How many connections a host bears. Connections being made and offers that wait count, too. */
export interface ConnectionLimits {
  /** Connections of all torrents together, lanes included. */
  readonly node: number;
  /** Links of one torrent, those being made included. */
  readonly torrent: number;
}

/** How the engine wants data hashed. */
export type HashKind =
  /** SHA-256 of every 16 KiB of the data, 32 bytes each. The last one is over the bytes that remain. BEP 52. */
  | "leaves"
  /** SHA-1 of the data followed by `padding` zero bytes, 20 bytes. BEP 3. */
  | "sha1";

/** The lasting record of a torrent: all that a later start needs besides the stored pieces. */
export interface TorrentRecord {
  readonly id: TorrentId;
  /**
   * 20 bytes under which a private share is announced and its links are made. Null for a public share, which uses its
   * info-hashes. A private share is never found by its info-hashes.
   */
  readonly rendezvous: Uint8Array | null;
  /** 20 and 32 bytes; null where the torrent has none. Those of a private share may become known later. */
  readonly infoHashV1: Uint8Array | null;
  readonly infoHashV2: Uint8Array | null;
  /** The info dictionary, bencoded; null while it is unknown. */
  readonly info: Uint8Array | null;
  /** The encoding of names in it that are not UTF-8 (content/name-encoding.ts), as a .torrent file said; or null. */
  readonly encoding: string | null;
  /** Piece layers by file (engine/content/torrent-info.ts); null while incomplete. */
  readonly pieceLayers: readonly (Uint8Array | null)[] | null;
  /** The name in the share link (`dn`), which is shown until the info dictionary is known. */
  readonly nameHint: string | null;
  /** The name that a person gave to the share; null for none. It is no part of the info dictionary. */
  readonly title: string | null;
  /** Trackers that links and .torrent files name for it, and that a browser can reach. */
  readonly trackers: readonly string[];
  /** Trackers of the servers that its links point to. A members-only torrent does not use them. */
  readonly servers: readonly string[];
  /** Trackers that links and .torrent files name, and that a browser cannot reach. They are told to the person. */
  readonly leftOutTrackers: readonly string[];
  /** HTTP addresses of the content, as share links and .torrent files name them. BEP 19. */
  readonly webSeeds: readonly string[];
  /** The sender's words beside the info dictionary, bencoded (content/about.ts); null while they are unknown. */
  readonly about: Uint8Array | null;
  /** The first 16 bytes of the SHA-256 of `about`, from the share link; null when the link tells none. */
  readonly aboutHash: Uint8Array | null;
  /** Files that share links select (link-hints.ts); null for all, and once the info dictionary is known. */
  readonly select: readonly number[] | null;
  /** Files to download, one byte each (1 wanted); null for all, and while the info dictionary is unknown. */
  readonly wanted: Uint8Array | null;
  /** The person pressed Download, or shares the files. */
  readonly active: boolean;
  /** The person pressed Pause. The torrent is out of its swarm until resumed. */
  readonly paused: boolean;
  /** Milliseconds since 1970. The host sets it; 0 until then. */
  readonly addedAt: number;
}

export interface Host {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;

  /**
   * Makes a connection and its offer. Without `trickle`, the offer is whole: it holds all candidates. With `trickle`,
   * it leaves at once, and candidates follow as signals, which reach the other end as soon as it has the offer.
   * Input: `handleOffer` or `handleLinkClosed`.
   */
  createOffer(link: LinkId, trickle: boolean, torrent: TorrentId): void;
  /** Makes a connection that answers the offer `sdp`. Input: `handleAnswer` or `handleLinkClosed`. */
  createAnswer(link: LinkId, sdp: string, other: OtherEnd, torrent: TorrentId): void;
  /** Gives the answer `sdp` to a connection of `createOffer`. Input: `handleLinkOpened` or `handleLinkClosed`. */
  acceptAnswer(link: LinkId, sdp: string, other: OtherEnd): void;
  /** Hands over a signal that the connection's other end gave to its engine (`handleSignal`). It is unchecked. */
  deliverSignal(link: LinkId, signal: string): void;
  /** Looks for another path for a connection over which nothing comes, if signals reach its other end. */
  mendLink(link: LinkId): void;
  /** Sends bytes, in order, `maxMessageLength` at most. The array belongs to the host from now on. */
  send(link: LinkId, bytes: Uint8Array): void;
  /** Sends a header and a block as one message. The block stays the engine's, and the host only reads it. */
  sendBlock(link: LinkId, header: Uint8Array, block: Uint8Array): void;
  /** Bytes given to a connection that have not left yet. Input at the low-water mark: `handleDrained`. */
  buffered(link: LinkId): number;
  /** Closes the connection. No further input names its number. */
  closeLink(link: LinkId, reason: LinkEnd): void;

  /**
   * Opens a socket to a tracker, which may take a while where the tracker failed before. Input: `handleTrackerOpened`,
   * `handleTrackerMessage`, `handleTrackerClosed`.
   */
  openTracker(url: string): void;
  sendTracker(url: string, text: string): void;
  /** Closes the socket. No further input names this URL until it is opened again. */
  closeTracker(url: string): void;

  /**
   * Hashes data. `request`: a number that the input repeats. `padding`: as in HashKind. The array stays the engine's,
   * and the host only reads it. Input: `handleHashed`.
   */
  hash(
    request: number,
    torrent: TorrentId,
    piece: number,
    kind: HashKind,
    data: Uint8Array,
    padding: number,
  ): void;
  /** Stores a verified piece. The engine does not change the data until the input: `handleStored`. */
  store(torrent: TorrentId, piece: number, data: Uint8Array): void;
  /**
   * Reads a whole stored piece, pads left out. `request`: a number that the input repeats. The input says too whether
   * the host has compared the bytes with their hash, as it does with own files. Input: `handleRead`.
   */
  read(request: number, torrent: TorrentId, piece: number): void;
  /** Deletes a stored piece whose bytes are damaged or gone. It is stored anew once it has come again. */
  deletePiece(torrent: TorrentId, piece: number): void;
  /** Stores a torrent's record in place of an older one. */
  saveRecord(record: TorrentRecord): void;
  /** Deletes a torrent's record. `data`: its stored pieces are deleted, too. */
  deleteTorrent(torrent: TorrentId, data: boolean): void;

  log<Code extends LogCode>(code: Code, data: LogData[Code]): void;
}

/** The codes of errors by which a piece cannot be stored or read. */
export type StorageFailure = Extract<
  ErrorCode,
  "storage/full" | "storage/failed" | "storage/lost" | "source/changed" | "source/gone"
>;

/** Why a piece could not be stored or read. */
export interface PieceFailure {
  readonly code: StorageFailure;
  /** As errors.ts says beside the code. */
  readonly detail: string;
}

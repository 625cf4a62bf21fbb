/**
 * What the engine tells of one torrent when asked: plain data, made to be posted to other threads. The status costs
 * as much as there are peers and trackers; the arrays have an entry a piece or file, so they are asked for when the
 * status says that they changed.
 */

import type { ErrorCode } from "./errors.ts";
import type { TorrentId } from "./host.ts";
import type { LinkId } from "./link.ts";

export type TorrentPhase =
  /** Only hashes are known; the info dictionary is being asked of peers. */
  | "metadata"
  /** Name and files are known; nobody asked for them yet. */
  | "ready"
  /** Wanted pieces are being fetched. */
  | "downloading"
  /** Everything wanted is stored; uploading to whoever asks. */
  | "seeding"
  /** Stopped by the person: no links, no trackers. What is stored stays. */
  | "paused"
  /** Stopped by an error (`error` says which). What is stored stays, and is served if there is any of it. */
  | "failed";

/** Why nothing moves, most fundamental cause first; null when something moves or nothing needs to. */
export type Stall =
  /** The browser makes no connections. */
  | "webrtc-blocked"
  /** No tracker could be reached; retrying with backoff. */
  | "tracker-unreachable"
  /** Trackers answer, nobody else is there. */
  | "no-peers"
  /** Somebody is there; the connection is being made. */
  | "connecting"
  /** A connection broke, and is being replaced. */
  | "reconnecting"
  /** The latest connection was ended because somebody on the way tried to take its other end's place. */
  | "not-trusted"
  /** Somebody is there; the two networks let nothing through, and no relay server is known. */
  | "no-route"
  /** Somebody is there; no connection comes about, for all that was tried. */
  | "no-connection"
  /** Connected; every peer that has something we want chokes us. */
  | "choked"
  /** Connected; no peer has what is still missing. */
  | "no-source"
  /** Blocks are asked for and have not come yet. */
  | "waiting-for-data"
  /** Verified pieces wait for the disk. */
  | "storage-slow";

export interface TorrentStatus {
  readonly id: TorrentId;
  readonly phase: TorrentPhase;
  readonly stall: Stall | null;
  readonly error: { readonly code: ErrorCode; readonly detail: string } | null;
  /** The torrent's name; before the info dictionary is known, the link's `dn`, or null. */
  readonly name: string | null;
  /** Files and folders shared with the one that it is named after; 0 for a single file and for a folder. */
  readonly otherEntries: number;
  /** Hex; null for a public share (host.ts, TorrentRecord). */
  readonly rendezvous: string | null;
  /** Hex. */
  readonly infoHashV1: string | null;
  readonly infoHashV2: string | null;
  readonly singleFile: boolean;
  /** Bytes of all files; null until the info dictionary is known. */
  readonly size: number | null;
  readonly fileCount: number;
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** Pieces verified and stored. Where this and `filesVersion` are as before, so are `have` and `fileBytes`. */
  readonly haveCount: number;
  /** Changes when `availability` does. */
  readonly availabilityVersion: number;
  /** Changes when the file list or the selection does: fetch it anew. Pieces are lost only with a selection. */
  readonly filesVersion: number;
  /** Bytes selected, and of those, stored. */
  readonly wantedBytes: number;
  readonly storedBytes: number;
  /** True when every piece is stored, not only the selected ones. */
  readonly complete: boolean;
  /** Payload bytes a second, smoothed. */
  readonly downRate: number;
  readonly upRate: number;
  /** Payload bytes since the torrent was added in this run: verified and stored, and sent. */
  readonly downloaded: number;
  readonly uploaded: number;
  /** Bytes that arrived in vain: duplicates, failed pieces, unrequested. */
  readonly wasted: number;
  /** Seconds left at the present rate; null when unknown or done. */
  readonly eta: number | null;
  readonly peers: readonly PeerSnapshot[];
  readonly trackers: readonly TrackerSnapshot[];
}

export interface TorrentArrays {
  /** Pieces verified and stored, BEP 3 bit order; empty until the info dictionary is known. */
  readonly have: Uint8Array;
  /** How many connected peers have each piece, at most 255. */
  readonly availability: Uint8Array;
  /** Bytes stored of each file, in the torrent's order. */
  readonly fileBytes: Float64Array;
}

export interface TorrentSnapshot extends TorrentStatus, TorrentArrays {}

export interface PeerSnapshot {
  readonly link: LinkId;
  /** Printable peer id: the client prefix as text, the rest as hex; empty until its handshake came. */
  readonly peerId: string;
  /** Client and version in words, such as "Shoal 0.1.0" or "WebTorrent 3.0.21". */
  readonly client: string;
  /** What the connection is doing. */
  readonly state: "connecting" | "handshaking" | "connected";
  /** Open connections to it: more than one where one carries too little; 0 while it is being reached. */
  readonly connections: number;
  /** We made the offer. */
  readonly initiator: boolean;
  /** Pieces that it has, 0..1. */
  readonly progress: number;
  readonly downRate: number;
  readonly upRate: number;
  readonly downloaded: number;
  readonly uploaded: number;
  /** It chokes us; we choke it; and who is interested in whom. */
  readonly peerChoking: boolean;
  readonly amChoking: boolean;
  readonly peerInterested: boolean;
  readonly amInterested: boolean;
  /** Its blocks do not come: asked for one at a time until they do. */
  readonly snubbed: boolean;
  /** Requests we wait for, and requests it waits for. */
  readonly requestsOut: number;
  readonly requestsIn: number;
  /** Smoothed time from request to block, milliseconds; null before the first. */
  readonly blockTime: number | null;
}

export interface TrackerSnapshot {
  readonly url: string;
  readonly state: "connecting" | "working" | "waiting" | "stopped";
  /** Seeds and leechers as the tracker counts them; null before its first answer. */
  readonly seeds: number | null;
  readonly leechers: number | null;
  /** Seconds until the next attempt, when waiting. */
  readonly retryIn: number | null;
  /** What the tracker refused, in its words. */
  readonly failure: string | null;
}

export interface TorrentFileSnapshot {
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  readonly wanted: boolean;
}

/**
 * A snapshot is plain data about one torrent, made to be posted to other threads. It consists of a status and of
 * arrays. The time that a status takes grows only with peers and trackers, so it is taken often. The arrays have an
 * entry for each piece, so they are taken when the status shows that they changed. Example: `haveCount` was 7 and is
 * 8, so `have` has changed. `availabilityVersion` is as before, so `availability` has not changed. Files are asked
 * for by themselves (`TorrentContent`), because there may be very many.
 */

import type { About } from "./content/about.ts";
import type { TorrentFile } from "./content/torrent-info.ts";
import type { ErrorCode } from "./errors.ts";
import type { TorrentId } from "./host.ts";
import type { LinkId } from "./link.ts";

export type TorrentPhase =
  /** The info dictionary is unknown, and is fetched from peers. */
  | "metadata"
  /** The info dictionary is known, and the person has not asked for the content yet. */
  | "ready"
  /** Wanted pieces are being fetched. */
  | "downloading"
  /** Everything wanted is stored, and is uploaded to peers. */
  | "seeding"
  /** Stopped by the person: there are no links, and trackers are not announced to. Stored pieces stay. */
  | "paused"
  /** Stopped by an error, which is in `error`. Stored pieces stay, and are still uploaded. */
  | "failed";

/** Why nothing comes, or no peer can come. The most fundamental reason counts (swarm/stall.ts). */
export type Stall =
  /** The browser makes no connections. */
  | "webrtc-blocked"
  /** There is no tracker that a browser could use. */
  | "no-tracker"
  /** No tracker can be reached. Each is tried again after a pause that grows. */
  | "tracker-unreachable"
  /** A tracker answered, and there are no other peers. */
  | "no-peers"
  /** There are peers, and a connection is being made, or will be. */
  | "connecting"
  /** The same, after a link broke. */
  | "reconnecting"
  /** The latest connection was ended, because somebody on the way tried to take its other end's place. */
  | "not-trusted"
  /** There are peers, but nothing passes between their network and ours, and no TURN relay is known. */
  | "no-route"
  /** There are peers, but no attempt to connect to them succeeds. */
  | "no-connection"
  /** Every linked peer that has a piece we want chokes us. */
  | "choked"
  /** No linked peer has a piece that is still missing. */
  | "no-source"
  /** A linked peer could send something, and nothing has come yet. */
  | "waiting-for-data"
  /** So many received pieces wait for the disk that no further blocks are requested. */
  | "storage-slow";

export interface TorrentStatus {
  readonly id: TorrentId;
  readonly phase: TorrentPhase;
  readonly stall: Stall | null;
  readonly error: { readonly code: ErrorCode; readonly detail: string } | null;
  /** The torrent's name; before the info dictionary is known, the name in the share link (`dn`) or null. */
  readonly name: string | null;
  /** The name that a person gave to it, here or at the sender, who put it into the link; null for none. */
  readonly title: string | null;
  /** The note of the sender, unchecked text; null for none, and while it is unknown. */
  readonly note: string | null;
  /** The commitment of the share link to what the sender tells (content/about.ts), hex; null for none. */
  readonly aboutHash: string | null;
  /** Files and folders at the top of the torrent besides the one that it is named after. */
  readonly otherEntries: number;
  /** It is for the members of its own trackers (BEP 27): announced to no others, and not passed on from here. */
  readonly membersOnly: boolean;
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
  /** Stored pieces. While this and `filesVersion` stay the same, so do `have` and what is stored of each file. */
  readonly haveCount: number;
  /** Pieces that were stored and that storage lost or damaged. They are wanted, and not here again. */
  readonly lostCount: number;
  /** Changes when `availability` does. */
  readonly availabilityVersion: number;
  /** Changes when the file list, the files' times or the selection does, and when a stored piece is lost. */
  readonly filesVersion: number;
  /** Bytes of the selected files, and how many of these are stored. */
  readonly wantedBytes: number;
  readonly storedBytes: number;
  /** Whether all pieces are stored, not only the wanted ones. */
  readonly complete: boolean;
  /** Payload bytes a second, smoothed. */
  readonly downRate: number;
  readonly upRate: number;
  /** Payload bytes since the torrent was added in this run: verified and stored, and sent. */
  readonly downloaded: number;
  readonly uploaded: number;
  /** Bytes of blocks that came in vain: unrequested, duplicate, or of a piece that no longer takes them. */
  readonly wasted: number;
  /** Seconds left at the present rate; null when unknown or done. */
  readonly eta: number | null;
  readonly peers: readonly PeerSnapshot[];
  readonly trackers: readonly TrackerSnapshot[];
  /** Addresses of the torrent's trackers that a browser cannot reach. */
  readonly leftOutTrackers: readonly string[];
  /** Addresses of its web seeds, which are not used yet. */
  readonly webSeeds: readonly string[];
  /** Symbolic links that are left out of its files: how many, and the paths of the first few. */
  readonly linkCount: number;
  readonly links: readonly (readonly string[])[];
}

export interface TorrentArrays {
  /** Stored pieces, in BEP 3 bit order; empty until the info dictionary is known. */
  readonly have: Uint8Array;
  /** For each piece, how many linked peers have it, 255 at most. */
  readonly availability: Uint8Array;
}

export interface TorrentSnapshot extends TorrentStatus, TorrentArrays {}

/** One piece of a torrent. */
export interface PieceStatus {
  /** It is verified and stored. */
  readonly stored: boolean;
  /** Its stored bytes were compared with its hash in this run. */
  readonly checked: boolean;
  /** Storage lost or damaged it, and it is not here again. */
  readonly lost: boolean;
  /** A linked peer has it. */
  readonly withPeers: boolean;
}

export interface PeerSnapshot {
  readonly link: LinkId;
  /** Printable peer id: the client's prefix as text, the rest as hex. */
  readonly peerId: string;
  /** Client and version in words, such as "Shoal 0.1.0" or "WebTorrent 3.0.21". */
  readonly client: string;
  /** `connecting`: being reached. `handshaking`: linked, before both handshakes are done. */
  readonly state: "connecting" | "handshaking" | "connected";
  /** Open connections to the peer: its link and its lanes. 0 while it is being reached. */
  readonly connections: number;
  /** We made the offer. */
  readonly initiator: boolean;
  /** Share of the pieces that the peer has, from 0 to 1. */
  readonly progress: number;
  /** Payload bytes a second, smoothed. `down` is towards us. */
  readonly downRate: number;
  readonly upRate: number;
  /** Payload bytes over this link. */
  readonly downloaded: number;
  readonly uploaded: number;
  /** The four states of BEP 3: the peer's towards us, and ours (`am`) towards the peer. */
  readonly peerChoking: boolean;
  readonly amChoking: boolean;
  readonly peerInterested: boolean;
  readonly amInterested: boolean;
  /** Its blocks do not come, so that it gets one request at a time until they do. */
  readonly snubbed: boolean;
  /** Requests to the peer, and from it, that are not answered yet. */
  readonly requestsOut: number;
  readonly requestsIn: number;
  /** Milliseconds from a request to its block, smoothed; null before the first block. */
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
  /** Why the tracker refused or warned, in its words; null for neither. */
  readonly failure: string | null;
}

export interface TorrentFileSnapshot {
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
  readonly wanted: boolean;
  /** Bytes that are stored. */
  readonly stored: number;
  /** When the sender says that it was last changed, in milliseconds since 1970; null where that is unknown. */
  readonly modified: number | null;
}

/** The files of a torrent as the engine keeps them: to be read, not to be kept or changed. Files in torrent order. */
export interface TorrentContent {
  /** The same array for as long as the torrent is here. */
  readonly files: readonly TorrentFile[];
  /** For each file, its stored bytes. */
  readonly stored: Float64Array;
  /** For each file, 1 when it is to be downloaded. */
  readonly wanted: Uint8Array;
  /** The sender's about; null where it is unknown. */
  readonly about: About | null;
}

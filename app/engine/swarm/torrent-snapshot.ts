/** Takes snapshots of a torrent: its status, its arrays and its files (snapshot.ts). The torrent does not change. */
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Dial } from "../discovery/introductions.ts";
import { binaryStringToBytes } from "../discovery/tracker-messages.ts";
import type {
  PeerSnapshot,
  PieceStatus,
  TorrentArrays,
  TorrentContent,
  TorrentFileSnapshot,
  TorrentPhase,
  TorrentStatus,
} from "../snapshot.ts";
import type { Peer } from "./peers/peer.ts";
import { stallOf } from "./stall.ts";
import type { Torrent } from "./torrent.ts";

const NOTHING = new Uint8Array(0);

const NO_CONTENT: TorrentContent = { files: [], stored: new Float64Array(0), wanted: NOTHING, about: null };

export function takeStatus(torrent: Torrent, now: number): TorrentStatus {
  const { pieces } = torrent;
  const { rendezvous, infoHashV1, infoHashV2 } = torrent.metadata;
  const trackers = torrent.announcing.snapshot(now);
  const peers = [...torrent.peers.values()].map((peer) => peerSnapshot(peer, now));
  const phase = phaseOf(torrent);
  const downRate = peers.reduce((sum, peer) => sum + peer.downRate, 0);
  const { total: wantedBytes, stored: storedBytes } = pieces?.wantedBytes ?? { total: 0, stored: 0 };
  return {
    id: torrent.id,
    phase,
    stall: stallOf(torrent, { phase, trackers, downRate, now }),
    error: torrent.error,
    name: pieces?.info.name ?? torrent.nameHint,
    title: torrent.title ?? titleOf(torrent),
    note: torrent.about.content?.note ?? null,
    aboutHash: hexOf(torrent.about.hash),
    otherEntries: pieces?.info.otherEntries ?? 0,
    membersOnly: torrent.metadata.isPrivate,
    rendezvous: hexOf(rendezvous),
    infoHashV1: hexOf(infoHashV1),
    infoHashV2: hexOf(infoHashV2),
    singleFile: pieces?.info.singleFile ?? false,
    size: pieces?.info.size ?? null,
    fileCount: pieces?.info.files.length ?? 0,
    pieceLength: pieces?.info.pieceLength ?? 0,
    pieceCount: pieces?.info.pieceCount ?? 0,
    haveCount: pieces?.have.count ?? 0,
    lostCount: pieces?.lostCount ?? 0,
    availabilityVersion: pieces === null ? 0 : 1 + pieces.availability.version,
    filesVersion: pieces === null ? 0 : 1 + pieces.selectionVersion + torrent.about.version,
    wantedBytes,
    storedBytes,
    complete: pieces?.have.isFull ?? false,
    downRate,
    upRate: peers.reduce((sum, peer) => sum + peer.upRate, 0),
    downloaded: torrent.downloaded,
    uploaded: torrent.announcing.uploaded,
    wasted: torrent.downloads.wasted,
    eta: phase === "downloading" && downRate > 0 ? (wantedBytes - storedBytes) / downRate : null,
    peers: [...peers, ...torrent.announcing.introductions.dialing.map((dial) => dialSnapshot(dial))],
    trackers,
    leftOutTrackers: torrent.announcing.leftOutTrackers,
    webSeeds: torrent.metadata.hints.webSeeds,
    linkCount: pieces?.info.linkCount ?? 0,
    links: pieces?.info.links ?? [],
  };
}

/**
 * The name in the share link, if the sender gave the share one of its own: neither the name in the info dictionary, nor
 * that name cut short, nor that name with what stands beside it.
 */
function titleOf({ nameHint, pieces }: Torrent): string | null {
  if (nameHint === null || pieces === null) return null;
  const { name, otherEntries } = pieces.info;
  const plain = name.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, "");
  const isCut = nameHint.endsWith("…") && plain.startsWith(nameHint.slice(0, -1));
  const isOfSeveral = otherEntries > 0 && nameHint.startsWith(plain);
  return nameHint === name || nameHint === plain || isCut || isOfSeveral ? null : nameHint;
}

function hexOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : bytesToHex(bytes);
}

export function takeArrays({ pieces }: Torrent): TorrentArrays {
  return {
    have: pieces?.have.bytes.slice() ?? NOTHING,
    availability: pieces?.availability.counts() ?? NOTHING,
  };
}

export function takePiece({ pieces }: Torrent, piece: number): PieceStatus {
  return {
    stored: pieces?.have.has(piece) ?? false,
    checked: pieces?.checked.has(piece) ?? false,
    lost: pieces?.lost.has(piece) ?? false,
    withPeers: (pieces?.availability.count(piece) ?? 0) > 0,
  };
}

export function phaseOf(torrent: Torrent): TorrentPhase {
  if (!torrent.announcing.online) return torrent.error === null || torrent.paused ? "paused" : "failed";
  if (torrent.pieces === null) return "metadata";
  const { isSatisfied, have } = torrent.pieces;
  if (torrent.error !== null && !isSatisfied) return "failed";
  // Before the person asks for the content, a torrent with no file selected is not complete.
  if (!torrent.active) return have.isFull ? "seeding" : "ready";
  return isSatisfied ? "seeding" : "downloading";
}

function peerSnapshot(peer: Peer, now: number): PeerSnapshot {
  const has = peer.has;
  return {
    link: peer.link,
    peerId: printableId(peer.id),
    client: peer.said.client === "" ? clientOf(peer.id) : peer.said.client,
    state: peer.isReady ? "connected" : "handshaking",
    connections: 1 + peer.lanes.length,
    initiator: peer.initiator,
    progress: has === null || has.length === 0 ? 0 : has.count / has.length,
    downRate: peer.asked.down.rate(now),
    upRate: peer.served.up.rate(now),
    downloaded: peer.asked.down.total,
    uploaded: peer.served.up.total,
    peerChoking: peer.said.peerChoking,
    amChoking: peer.slot.amChoking,
    peerInterested: peer.said.peerInterested,
    amInterested: peer.amInterested,
    snubbed: peer.asked.snubbed,
    requestsOut: peer.asked.requests.size,
    requestsIn: peer.served.incoming.length,
    blockTime: peer.asked.window.blockTime,
  };
}

function dialSnapshot(dial: Dial): PeerSnapshot {
  return {
    link: dial.link,
    peerId: printableId(dial.peerId),
    client: clientOf(dial.peerId),
    state: "connecting",
    connections: 0,
    initiator: dial.initiator,
    progress: 0,
    downRate: 0,
    upRate: 0,
    downloaded: 0,
    uploaded: 0,
    peerChoking: true,
    amChoking: true,
    peerInterested: false,
    amInterested: false,
    snubbed: false,
    requestsOut: 0,
    requestsIn: 0,
    blockTime: null,
  };
}

/** An Azureus-style prefix as text, and the rest as hex. */
function printableId(id: string): string {
  if (!/^-[A-Za-z]{2}[0-9A-Za-z]{4}-/.test(id)) return bytesToHex(binaryStringToBytes(id));
  return id.slice(0, 8) + bytesToHex(binaryStringToBytes(id.slice(8)));
}

/** Clients that speak WebRTC, by the prefix of their peer ids. BEP 20. */
const CLIENTS: ReadonlyMap<string, string> = new Map([
  ["SH", "Shoal"],
  ["WW", "WebTorrent"],
  ["WD", "WebTorrent Desktop"],
  ["LT", "libtorrent"],
]);

/** The name of the client that a peer id stands for; empty for others than the known ones. */
function clientOf(id: string): string {
  return CLIENTS.get(id.slice(1, 3)) ?? "";
}

/** The torrent's files; none while the info dictionary is unknown. */
export function takeContent({ pieces, about }: Torrent): TorrentContent {
  if (pieces === null) return NO_CONTENT;
  return {
    files: pieces.info.files,
    stored: pieces.fileBytes,
    wanted: pieces.wantedFiles,
    about: about.content,
  };
}

/** The file at a place in the torrent; undefined where there is none. */
export function takeFile(
  { files, stored, wanted, about }: TorrentContent,
  at: number,
): TorrentFileSnapshot | undefined {
  const file = files[at];
  if (file === undefined) return undefined;
  const { path, length } = file;
  const modified = about?.modified(at) ?? null;
  return { path, length, wanted: wanted[at] === 1, stored: stored[at]!, modified };
}

/**
 * What a share is doing, in sentences: its phase, why nothing moves and what to do about it, its peers, its
 * trackers, its progress. Pure. Quantities are put into words by words.ts, errors by engine/errors.ts.
 */

import type { HashingSnapshot, SavingSnapshot, ShareSnapshot } from "../bridge/commands.ts";
import type { PeerSnapshot, Stall, TrackerSnapshot } from "../engine/snapshot.ts";
import {
  countInWords,
  joinClauses,
  percentOf,
  plural,
  rateInWords,
  sizeInWords,
  timeLeftInWords,
} from "./words.ts";

/** What a share is called: its name, or what is known instead. */
export function shareName(share: ShareSnapshot): string {
  return share.name ?? "Shared with you";
}

/** One short sentence on what is going on, without numbers: it is read aloud whenever it changes. */
export function phaseSentence(share: ShareSnapshot): string {
  if (share.needsFiles) return "Sharing has stopped: this browser can no longer read the files.";
  switch (share.phase) {
    case "metadata":
      return "Looking for someone who has it…";
    case "ready":
      return "Ready to download.";
    case "downloading":
      return share.stall === null ? "Downloading." : "Waiting to go on.";
    case "seeding":
      return share.fromFiles
        ? "Sharing. Keep this page open until the others are done."
        : "Complete. You are sharing it with others as long as this page is open.";
    case "paused":
      if (share.fromFiles) return "Paused: nobody can download from you.";
      return isAllHere(share) ? "Complete. Sharing is paused." : "Paused.";
    case "failed":
      return "Stopped.";
  }
}

/** The same in a word or two, for the list of shares. */
export function phaseWord(share: ShareSnapshot): string {
  if (share.needsFiles) return "Needs its files";
  switch (share.phase) {
    case "metadata":
      return "Looking for someone who has it";
    case "ready":
      return "Not downloaded yet";
    case "downloading":
      return share.stall === null ? "Downloading" : "Waiting";
    case "seeding":
      return share.fromFiles ? "Sharing" : "Complete, sharing";
    case "paused":
      return isAllHere(share) ? "Complete, paused" : "Paused";
    case "failed":
      return "Stopped";
  }
}

/** Everything that is wanted is stored (or is the person's own file). */
export function isAllHere(share: ShareSnapshot): boolean {
  if (share.size === null) return false;
  return (
    share.fromFiles || share.complete || (share.phase !== "ready" && share.storedBytes >= share.wantedBytes)
  );
}

const stallSentences: Readonly<Record<Stall, string>> = {
  "webrtc-blocked":
    "WebRTC is blocked in this browser, so nobody can be connected. Allow it in the settings of the browser or of its extensions, or open the link in another browser.",
  "tracker-unreachable":
    "The server that introduces people cannot be reached. Check your connection; Shoal keeps trying by itself.",
  "no-peers":
    "Nobody else has this open right now. It goes on as soon as someone does: ask the sender to open Shoal again.",
  connecting: "Someone is there. Connecting to them…",
  reconnecting: "The connection was lost. Connecting again; what has arrived is kept.",
  "not-trusted":
    "A connection was ended because somebody else was to take the other person's place: the server that introduces people tried that, or the other person did. Nothing went to anybody else, and what has arrived is kept. Shoal connects again by itself; if this comes back, use another server.",
  "no-route":
    "Someone is there, but your network and theirs let nothing through directly, and this server has no relay. Try another network, such as a phone's hotspot, or ask whoever runs this server for a TURN relay.",
  "no-connection":
    "Someone is there, but no connection to them comes about. Shoal keeps trying; another network, such as a phone's hotspot, may help.",
  choked: "Everyone who has it is busy with others. You are in the queue, and it goes on by itself.",
  "no-source":
    "Nobody who is connected has the missing parts. It goes on when someone who has them comes back.",
  "waiting-for-data":
    "Connected and asked, but nothing has come yet. If this stays so, the other side's connection is slow or gone.",
  "storage-slow": "Data arrives faster than this device can store it. Nothing to do: it catches up.",
};

/** Why nothing moves and what to do, or null when something moves or nothing needs to. */
export function stallSentence(share: ShareSnapshot): string | null {
  if (share.stall === null || share.needsFiles) return null;
  if (share.stall === "no-peers" && share.phase === "seeding") return null;
  if (share.stall === "tracker-unreachable" && share.phase === "seeding") {
    return "The server that introduces people cannot be reached, so nobody new can find you. Shoal keeps trying.";
  }
  return stallSentences[share.stall];
}

/** How much is here, how fast it comes and how long it takes: "34 % · 12 MB of 35 MB · 3 MB/s · about …". */
export function progressSentence(share: ShareSnapshot): string {
  if (share.size === null || share.needsFiles) return "";
  if (share.fromFiles || share.phase === "seeding") {
    return joinClauses([
      share.peers.length === 0 ? "Nobody is connected" : `${people(connectedPeers(share))} connected`,
      share.upRate < 1 ? "" : `sending ${rateInWords(share.upRate)}`,
      share.uploaded === 0 ? "" : `${sizeInWords(share.uploaded)} sent`,
    ]);
  }
  if (share.phase === "ready" && share.storedBytes === 0) return "";
  const moves = share.phase === "downloading";
  return joinClauses([
    `${progressPercent(share)}\u00a0%`,
    `${sizeInWords(share.storedBytes)} of ${sizeInWords(share.wantedBytes)}`,
    moves && share.downRate >= 1 ? rateInWords(share.downRate) : "",
    moves ? timeLeftInWords(share.eta) : "",
  ]);
}

/** How far files are prepared for sharing, how fast and how long it takes. */
export function hashingSentence(job: HashingSnapshot): string {
  const left = job.rate > 0 ? (job.size - job.hashed) / job.rate : null;
  return joinClauses([
    `${percentOf(job.hashed, job.size)}\u00a0%`,
    `${sizeInWords(job.hashed)} of ${sizeInWords(job.size)}`,
    job.rate < 1 ? "" : rateInWords(job.rate),
    timeLeftInWords(left),
  ]);
}

/** How much of a save is written. */
export function savingSentence(saving: SavingSnapshot): string {
  return `Saving to disk: ${sizeInWords(saving.written)} of ${sizeInWords(saving.size)}`;
}

/** Whole percent of what is wanted that is stored; the sender has everything. */
export function progressPercent(share: ShareSnapshot): number {
  if (share.fromFiles) return 100;
  if (share.size === null) return 0;
  return percentOf(share.storedBytes, share.wantedBytes);
}

export function connectedPeers(share: ShareSnapshot): number {
  return share.peers.filter(({ state }) => state === "connected").length;
}

function people(count: number): string {
  return count === 1 ? "1\u00a0person is" : `${countInWords(count)}\u00a0people are`;
}

/** Size and number of files: "2.1 GB in 14 files"; one clause less while unknown. */
export function contentSentence(share: ShareSnapshot): string {
  if (share.size === null) return "";
  if (share.fileCount === 1) return sizeInWords(share.size);
  return `${sizeInWords(share.size)} in ${plural(share.fileCount, "file")}`;
}

/** What a peer does for us and we for it. */
export function peerSentence(peer: PeerSnapshot): string {
  if (peer.state === "connecting") return "Connecting…";
  if (peer.state === "handshaking") return "Connected, introducing itself…";
  const clauses: string[] = [];
  if (peer.amInterested) {
    if (peer.peerChoking) clauses.push("keeps us waiting");
    else clauses.push(peer.snubbed ? "has gone quiet" : "sends to us");
  }
  if (peer.peerInterested) clauses.push(peer.amChoking ? "waits for its turn" : "receives from us");
  const sentence = clauses.length === 0 ? "nothing to exchange" : clauses.join(", ");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

const routeWords = {
  direct: "Direct",
  relayed: "Through a relay",
  unknown: "Not known yet",
} as const;

/** How a peer is reached, and over how many connections when they are several. */
export function routeWord(route: "direct" | "relayed" | "unknown" | undefined, connections: number): string {
  const word = routeWords[route ?? "unknown"];
  return connections > 1 ? `${word}, ${countInWords(connections)} connections` : word;
}

/** A tracker's state and, when it cannot be reached, when it is tried again. */
export function trackerSentence(tracker: TrackerSnapshot): string {
  const failure = tracker.failure === null ? "" : `it refused: ${tracker.failure}`;
  switch (tracker.state) {
    case "connecting":
      return joinClauses(["Connecting…", failure]);
    case "working":
      return joinClauses([
        "Working",
        tracker.seeds === null ? "" : `${countInWords(tracker.seeds)} with all of it`,
        tracker.leechers === null ? "" : `${countInWords(tracker.leechers)} downloading`,
        failure,
      ]);
    case "waiting":
      return joinClauses([`Cannot be reached${retryClause(tracker.retryIn)}`, failure]);
    case "stopped":
      return joinClauses(["Not in use", failure]);
  }
}

function retryClause(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds < 1) return ", trying again now";
  if (seconds < 90) return `, trying again in ${plural(Math.ceil(seconds), "second")}`;
  return `, trying again in ${plural(Math.round(seconds / 60), "minute")}`;
}

/** A tracker's host, which is what a person knows it by. */
export function trackerName(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** The window's title: progress first, so that it shows in a narrow tab. */
export function documentTitle(
  share: ShareSnapshot | null,
  hashing: { hashed: number; size: number; name: string } | null,
): string {
  if (share !== null) {
    const name = shareName(share);
    return share.phase === "downloading"
      ? `${progressPercent(share)}\u00a0% · ${name} · Shoal`
      : `${name} · Shoal`;
  }
  if (hashing !== null) return `${percentOf(hashing.hashed, hashing.size)}\u00a0% · ${hashing.name} · Shoal`;
  return "Shoal: share files straight from your browser";
}

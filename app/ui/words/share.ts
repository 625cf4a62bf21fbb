/** The words of a share say its name, what it is doing, why nothing moves and what to do about it. Pure. */

import type { DraftSnapshot, OwnFilesStatus, ShareSnapshot } from "../../bridge/commands.ts";
import type { Stall } from "../../engine/snapshot.ts";
import { isAllHere, percentOf, progressPercent } from "../share-progress.ts";
import { countInWords, plural, sizeInWords } from "./quantities.ts";
import { refusalSentence } from "./tracker.ts";
import { visibleName } from "./visible-name.ts";

/** The name of a share, or other words while it is not known. */
export function shareName(share: ShareSnapshot): string {
  if (share.title !== null) return visibleName(share.title);
  return share.name === null ? "Shared with you" : nameWithOthers({ ...share, name: share.name });
}

/** Told where an address leads to nothing. */
export const nothingThereSentence =
  "There is nothing at this address, so this is the first page. If a link led you here, ask the sender to copy it again.";

/** The name of what is shared or prepared, and how much there is besides: "fish.jpg and 2 more". */
export function nameWithOthers({ name, otherEntries }: { name: string; otherEntries: number }): string {
  const visible = visibleName(name);
  return otherEntries === 0 ? visible : `${visible} and ${countInWords(otherEntries)} more`;
}

/** The title of the sender's note. */
export function noteHeading({ fromFiles }: ShareSnapshot): string {
  return fromFiles ? "Your note" : "Note from the sender";
}

/** Size and number of files: "2.1 GB in 14 files"; one clause less while unknown. */
export function contentSentence(share: ShareSnapshot): string {
  if (share.size === null) return "";
  if (share.fileCount === 1) return sizeInWords(share.size);
  return `${sizeInWords(share.size)} in ${plural(share.fileCount, "file")}`;
}

/** One short sentence on what is going on, without numbers: it is read aloud whenever it changes. */
export function phaseSentence(share: ShareSnapshot): string {
  if (share.folder?.state === "looking") return "Preparing the folder…";
  if (share.folder?.state === "waiting") return "Stopped: this browser asks you about the folder first.";
  if (share.needsFiles)
    return isOnlyAsked(share)
      ? "Sharing has stopped: this browser asks you before it reads the files again."
      : "Sharing has stopped: this browser can no longer read the files.";
  if (share.phase === "seeding" && share.ownFiles?.missing) return partSentence(share.ownFiles);
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
      return share.haveCount === 0
        ? "Stopped."
        : "Nothing more is downloaded. What has arrived is still shared with others.";
  }
}

/**
 * The files that go out where some own files cannot be read, and one that does not: "Sharing 2 of 3 files. “b.txt” has
 * changed: …".
 */
function partSentence({ total, readable, notAllowed, missing }: OwnFilesStatus): string {
  const others = total - readable - 1;
  const name = `“${visibleName(missing!.name)}”`;
  const what = {
    changed: `${name} has changed`,
    gone: `${name} can no longer be read`,
    "not-given": `${name} cannot be read without you`,
    "not-allowed": `${name} cannot be read without you`,
  }[missing!.reason];
  if (notAllowed === total - readable)
    return `Sharing ${countInWords(readable)} of ${plural(total, "file")}. This browser asks you before it reads the others.`;
  const rest =
    others === 0
      ? ": give it again."
      : `, and ${plural(others, "more file is", "more files are")} missing: give them again.`;
  return `Sharing ${countInWords(readable)} of ${plural(total, "file")}. ${what}${rest}`;
}

/** Whether nothing is missing but the person's permission to read the files. */
function isOnlyAsked({ ownFiles }: ShareSnapshot): boolean {
  return ownFiles !== null && ownFiles.notAllowed === ownFiles.total - ownFiles.readable;
}

/** A person's way to mend own files that cannot be read. */
export function missingFilesAdvice(share: ShareSnapshot): string {
  if ((share.ownFiles?.notAllowed ?? 0) > 0)
    return isOnlyAsked(share)
      ? "Press Go on sharing, and this browser asks you. Where it offers “Allow on every visit”, it does not ask again after that."
      : "Press Go on sharing, and this browser asks you for the files that it still knows. Drop the others here again as they were.";
  return share.needsFiles
    ? "Drop the same files here again to go on sharing under the same link. They are checked, not copied."
    : "Drop them here again as they were, and they go out under the same link. They are checked, not copied.";
}

/** The state of a share in a word or two, for the list of shares. */
export function phaseWord(share: ShareSnapshot): string {
  if (share.folder?.state === "looking") return "Preparing its folder";
  if (share.folder?.state === "waiting") return "Needs its folder";
  if (share.needsFiles) return isOnlyAsked(share) ? "Waits for your permission" : "Needs its files";
  switch (share.phase) {
    case "metadata":
      return "Looking for someone who has it";
    case "ready":
      return "Not downloaded yet";
    case "downloading":
      return share.stall === null ? "Downloading" : "Waiting";
    case "seeding":
      if (share.ownFiles?.missing)
        return `Sharing ${countInWords(share.ownFiles.readable)} of ${plural(share.ownFiles.total, "file")}`;
      if (share.stall === "tracker-refused") return "Cannot be found";
      return share.fromFiles ? "Sharing" : "Complete, sharing";
    case "paused":
      return isAllHere(share) ? "Complete, paused" : "Paused";
    case "failed":
      return "Stopped";
  }
}

const stallSentences: Readonly<Record<Exclude<Stall, "tracker-refused">, string>> = {
  "webrtc-blocked":
    "WebRTC is blocked in this browser, so nobody can be connected. Allow it in the settings of the browser or of its extensions, or open the link in another browser.",
  "no-tracker":
    "No tracker of this torrent can be reached from a browser, so nobody can be found. A BitTorrent client can download it.",
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
  return share.stall === "tracker-refused" ? refusalSentence(share.trackers) : stallSentences[share.stall];
}

/** The loss of a share's pieces, and how they come back; null when nothing is lost or it is coming. */
export function lostSentence({ lostCount, phase, stall }: ShareSnapshot): string | null {
  if (lostCount === 0 || (phase === "downloading" && stall === null)) return null;
  const one = lostCount === 1;
  const what = `${plural(lostCount, "piece")} of what this browser had stored ${one ? "is" : "are"} damaged or gone. Everything else is kept.`;
  const they = one ? "It is" : "They are";
  if (phase !== "downloading") return `${what} ${they} fetched again from others once you resume.`;
  return `${what} ${they} fetched again as soon as someone who has this share is here: ask the sender, or anyone who has downloaded it, to open Shoal.`;
}

/** The window's title: progress first, so that it shows in a narrow tab. */
export function documentTitle(share: ShareSnapshot | null, hashing: DraftSnapshot | null): string {
  if (share !== null) {
    const name = shareName(share);
    return share.phase === "downloading"
      ? `${progressPercent(share)}\u00a0% · ${name} · Shoal`
      : `${name} · Shoal`;
  }
  if (hashing !== null)
    return `${percentOf(hashing.hashed, hashing.size)}\u00a0% · ${nameWithOthers(hashing)} · Shoal`;
  return "Shoal: share files straight from your browser";
}

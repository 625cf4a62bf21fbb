/**
 * The words of an error say what happened, what was kept where something could have been lost, and what to do.
 * engine/errors.ts says what the detail of each code is.
 */

import { type ErrorCode, ShoalError } from "../../engine/errors.ts";
import { countInWords, plural, sizeInWords } from "./quantities.ts";
import { visibleName } from "./visible-name.ts";

/** The sentence of a code: the same each time, or made with the error's detail. */
type Wording = string | ((detail: string) => string);

const sentences: Readonly<Record<ErrorCode, Wording>> = {
  // Links, magnets and .torrent files
  "link/not-a-link": "This is not a Shoal link or a magnet link. Paste the whole link.",
  "link/torrent-address":
    "This is the address of a .torrent file on another site, and Shoal does not fetch files from other sites. Download that file, then drop it here.",
  "link/several": (count) =>
    `These are links to ${countInWords(Number(count))} different shares. Paste one of them at a time.`,
  "link/no-hash": "This link names no content: its hash is missing. Ask the sender to copy it again.",
  "link/hash-length": (lengths) => {
    const [has = "", should = ""] = lengths.split("/");
    return `The hash in this link is damaged: it has ${plural(Number(has), "character")} instead of ${should}. Ask the sender to copy it again.`;
  },
  "link/bad-hash": (hash) =>
    `The hash in this link is damaged${aside(hash)}. Ask the sender to copy it again.`,
  "link/two-torrents": "This link names two torrents at once. Ask the sender to copy it again.",
  "link/private-unsupported":
    "This is a private share. This version of Shoal cannot open private shares yet.",
  "torrent/malformed": (part) =>
    `This .torrent file is damaged or not a torrent${aside(part)}. Nothing was added.`,
  "torrent/no-name": (name) =>
    name === ""
      ? "This torrent does not name its file, so it cannot be saved. Nothing was added."
      : `This torrent names its file “${name}”, which is no name that a file can have. Nothing was added.`,
  "torrent/too-large": (bytes) =>
    `This torrent's description is larger than Shoal accepts${aside(sizeInWords(Number(bytes)))}. Nothing was added.`,
  "torrent/too-many-pieces": (count) =>
    `This makes ${countInWords(Number(count))} pieces, more than Shoal accepts in one torrent. Nothing was added.`,
  "torrent/too-many-files": (count) =>
    `${plural(Number(count), "file")} are too many for one share. Nothing was added. Share some of them, or all as one archive.`,
  "torrent/pieces-too-long": (bytes) =>
    `This torrent comes in pieces of ${sizeInWords(Number(bytes))}, which is more than Shoal supports. Nothing was added.`,
  "torrent/newer-version":
    "This torrent is written in a newer version of the format than Shoal knows. Nothing was added.",
  "torrent/too-many-names":
    "The folders of this torrent are nested deeper, and hold more files, than Shoal accepts. Nothing was added.",
  "torrent/incomplete":
    "The .torrent file cannot be written yet: parts of the description are still on their way. Try again once the download has started.",
  "torrent/bad-name": (name) => `The name “${name}” cannot be shared. Rename the file and add it again.`,
  "torrent/empty": "There is nothing to share here: no files were found.",

  // Storage and the sender's own files
  "storage/full":
    "The storage that this browser gives Shoal is full. What arrived is kept. Free some space or remove another share, then resume.",
  "storage/failed": "This browser could not store a piece. What arrived before is kept. Resume to try again.",
  "storage/lost": (piece) =>
    `A part of what this browser had stored is damaged or gone (piece ${piece}), and nobody who is connected has it. Everything else is kept. It is fetched again as soon as someone who has this share opens Shoal; then save again.`,
  "storage/damaged":
    "What this browser kept of a share is damaged, so that share is not shown. Nothing else was lost. Open its link again, or share its files again.",
  "storage/refused":
    "This browser refuses storage to Shoal, as private windows do. Open the link in a normal window.",
  "storage/blocked": "Another tab runs an older version of Shoal. Close it, and this one goes on.",
  "storage/newer":
    "This tab runs an older version of Shoal than the one that keeps the storage now. Reload the page.",
  "storage/closed":
    "This browser closed Shoal's storage. Reload the page; what it still holds is found again.",
  "storage/deleted":
    "Shoal's storage was deleted in this browser's settings, and what was downloaded here with it. Reload the page to begin anew.",
  "storage/unreadable":
    "This browser cannot open Shoal's storage. Start the browser again. If that does not help, delete this site's data in its settings.",
  "storage/too-large": (bytes) =>
    `This share needs ${sizeInWords(Number(bytes))} more than this browser gives Shoal. Select fewer files or free some space.`,
  "source/changed": (name) =>
    `“${name}” has changed on this device since it was shared, so it is no longer sent. Drop it here again as it was, or share the new version on its own.`,
  "source/gone": (name) =>
    `“${name}” can no longer be read on this device. Drop it again to go on sharing it.`,
  "source/unreadable": (name) =>
    `“${name}” cannot be read on this device, and there is nothing else to share. Nothing was added.`,

  // Sharing, saving
  "share/cancelled": "Preparing the share was cancelled. Nothing was kept.",
  "share/unknown-draft": "What you chose is no longer at hand here. Choose it again.",
  "share/bad-limit": (given) => `${given} is no limit. Give a number of bytes a second above 0, or none.`,
  "share/note-too-long": (bytes) =>
    `The note is too long${aside(sizeInWords(Number(bytes)))}. Make it shorter, or share it as a file.`,
  "share/unknown": "This share is no longer here.",
  "save/incomplete": (name) => `“${name}” is not complete yet. It can be saved once all of it has arrived.`,
  "save/exists": (name) =>
    `There is another “${name}” in this folder. Nothing was written: choose another folder.`,
  "save/no-reading":
    "This browser does not let Shoal pass on what it writes straight to disk. Nothing was written: make room in the browser’s storage instead.",
  "save/failed":
    "Saving stopped: the file could not be written. What was downloaded is kept in this browser: save again.",
  "save/stopped":
    "This browser stopped Shoal while it was saving. What was downloaded is kept in this browser: save again.",
  "save/cancelled": "Saving was cancelled. What was downloaded is kept in this browser.",

  // Connections
  "connection/webrtc-unavailable":
    "This browser has WebRTC switched off, so it cannot connect to others. Allow it, or use another browser.",
  "connection/worker-not-loaded":
    "Shoal's engine could not be loaded. What was downloaded is kept. Reload the page.",
  "connection/worker-failed": "Something in Shoal failed. What was downloaded is kept. Reload the page.",

  // The page
  "page/insecure": (host) =>
    `Browsers let Shoal work only on secure pages, and ${host} is not one. Open its https:// address.`,
};

/** A detail in parentheses behind what it explains; nothing for none. */
function aside(detail: string): string {
  return detail === "" ? "" : ` (${detail})`;
}

/**
 * The sentence for an error's code and detail. A tab of another version may send a code that is not in the table. It
 * is told as something that failed.
 */
export function errorSentence(code: ErrorCode, detail = ""): string {
  if (!Object.hasOwn(sentences, code)) return errorSentence("connection/worker-failed");
  const wording = sentences[code];
  return typeof wording === "string" ? wording : wording(visibleName(detail));
}

/** The sentence for anything that was thrown. The browser's own words are for the log. */
export function sentenceFor(error: unknown): string {
  if (error instanceof ShoalError) return errorSentence(error.code, error.detail);
  return errorSentence("connection/worker-failed");
}

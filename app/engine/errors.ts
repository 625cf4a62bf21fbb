/**
 * Every error that can reach a person, by code. A sentence says what happened, what was kept where something
 * could have been lost, and what to do. `{detail}` stands for the error's own detail.
 */
const messages = {
  // Links, magnets and .torrent files
  "link/not-a-link": "This is not a Shoal link, a magnet link or a .torrent address. Paste the whole link.",
  "link/no-hash":
    "This link names no content: its hash is missing or cut short. Ask the sender to copy it again.",
  "link/bad-hash": "The hash in this link is damaged ({detail}). Ask the sender to copy it again.",
  "link/private-unsupported":
    "This is a private share. This version of Shoal cannot open private shares yet.",
  "torrent/malformed": "This .torrent file is damaged or not a torrent ({detail}). Nothing was added.",
  "torrent/unsafe-path":
    "This torrent names a file outside its own folder ({detail}), so Shoal refuses it. Nothing was added.",
  "torrent/too-large":
    "This torrent's description is larger than Shoal accepts ({detail}). Nothing was added.",
  "torrent/unsupported":
    "This torrent uses something that Shoal does not support ({detail}). Nothing was added.",
  "torrent/incomplete":
    "The .torrent file cannot be written yet: parts of the description are still on their way. Try again once the download has started.",
  "torrent/bad-name": "The name “{detail}” cannot be shared. Rename the file and add it again.",
  "torrent/empty": "There is nothing to share here: no files were found.",

  // Storage and the sender's own files
  "storage/full":
    "The storage that this browser gives Shoal is full. What arrived is kept. Free some space or remove another share, then resume.",
  "storage/failed":
    "This browser could not store a piece ({detail}). What arrived before is kept. Resume to try again.",
  "storage/damaged":
    "What this browser kept of a share is damaged, so that share is not shown. Nothing else was lost. Open its link again, or share its files again.",
  "storage/refused":
    "This browser refuses storage to Shoal, as private windows do. Open the link in a normal window.",
  "storage/blocked": "Another tab runs an older version of Shoal. Close it, and this one goes on.",
  "storage/newer":
    "This tab runs an older version of Shoal than the one that keeps the storage now. Reload the page.",
  "storage/closed":
    "This browser closed Shoal's storage. Reload the page; what it still holds is found again.",
  "storage/too-large":
    "This share needs {detail} more than this browser gives Shoal. Select fewer files or free some space.",
  "source/changed":
    "“{detail}” has changed on this device since it was shared, so it is no longer sent. Drop it again to share the new version.",
  "source/gone": "“{detail}” can no longer be read on this device. Drop it again to go on sharing it.",

  // Sharing, saving
  "share/cancelled": "Preparing the share was cancelled. Nothing was kept.",
  "share/bad-limit": "{detail} is no limit. Give a number of bytes a second above 0, or none.",
  "share/unknown": "This share is no longer here.",
  "save/incomplete": "“{detail}” is not complete yet. It can be saved once all of it has arrived.",
  "save/failed": "Saving stopped ({detail}). What was downloaded is kept in this browser: save again.",
  "save/cancelled": "Saving was cancelled. What was downloaded is kept in this browser.",

  // Connections
  "connection/webrtc-unavailable":
    "This browser has WebRTC switched off, so it cannot connect to others. Allow it, or use another browser.",
  "connection/worker-failed":
    "Shoal's engine stopped ({detail}). What was downloaded is kept. Reload the page.",

  // The page
  "page/insecure":
    "Browsers let Shoal work only on secure pages, and {detail} is not one. Open its https:// address.",
} as const;

export type ErrorCode = keyof typeof messages;

/** An error with a code from the table above. Its message is fit to be shown as it is. */
export class ShoalError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail = "", options?: { cause?: unknown }) {
    super(errorMessage(code, detail), options);
    this.name = "ShoalError";
    this.code = code;
    this.detail = detail;
  }
}

/**
 * The sentence for a code; used where only the code crossed a thread. A tab of another version may send one that is not
 * in the table: it is told as an engine that failed, with the code as its reason.
 */
export function errorMessage(code: ErrorCode, detail = ""): string {
  if (!Object.hasOwn(messages, code)) return errorMessage("connection/worker-failed", code);
  return messages[code].replace("{detail}", () => detail);
}

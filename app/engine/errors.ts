/**
 * A `ShoalError` is an error that can reach a person. It has a code and a detail. The user interface makes a sentence
 * of the two (ui/words/errors.ts). A detail is data that the sentence needs: a name, a number in digits without its
 * unit, a key of a format, or the browser's own message.
 */

export type ErrorCode =
  // Links, magnets and .torrent files
  | "link/not-a-link"
  /** The address of a .torrent file. */
  | "link/torrent-address"
  /** Links to several shares in one text. Detail: how many. */
  | "link/several"
  | "link/no-hash"
  /** Detail: the characters that the hash has, and those that it should have: `39/40`. */
  | "link/hash-length"
  /** Detail: the hash as it is written, cut short. */
  | "link/bad-hash"
  | "link/two-torrents"
  | "link/private-unsupported"
  /** Detail: the wrong key, and where it helps the path of its file or the byte at which reading stopped. */
  | "torrent/malformed"
  /** A single file that has no name. Detail: what stands in its place. */
  | "torrent/no-name"
  /** Detail: bytes of the info dictionary or of the .torrent file. */
  | "torrent/too-large"
  /** Detail: how many. */
  | "torrent/too-many-pieces"
  /** Detail: how many. */
  | "torrent/too-many-files"
  /** Detail: bytes of one piece. */
  | "torrent/pieces-too-long"
  | "torrent/newer-version"
  | "torrent/too-many-names"
  | "torrent/incomplete"
  /** Detail: the name or path. */
  | "torrent/bad-name"
  | "torrent/empty"

  // Storage and the sender's own files
  | "storage/full"
  /** Detail: the browser's message, which no sentence repeats. The same holds for all that name it below. */
  | "storage/failed"
  /** A stored piece is damaged or gone, and nobody who is connected has it. Detail: the piece's index. */
  | "storage/lost"
  /** Detail: the wrong field of the record, or the code or message of the error that it caused. */
  | "storage/damaged"
  | "storage/refused"
  | "storage/blocked"
  | "storage/newer"
  | "storage/closed"
  /** The person deleted it in the browser's settings. */
  | "storage/deleted"
  /** The browser cannot open what is there. */
  | "storage/unreadable"
  /** Detail: bytes that are missing. */
  | "storage/too-large"
  /** Detail: the file's name. */
  | "source/changed"
  /** Detail: the file's name. */
  | "source/gone"
  /** Nothing of what was dropped or picked can be opened. Detail: the name of the first of it. */
  | "source/unreadable"

  // Sharing, saving
  | "share/cancelled"
  /** The worker does not hold all files of a draft. The page sends them again, and tells nobody. */
  | "share/unknown-draft"
  /** Detail: the limit that was given. */
  | "share/bad-limit"
  | "share/unknown"
  /** Detail: bytes of the note. */
  | "share/note-too-long"
  /** Detail: the file's name. */
  | "save/incomplete"
  /** A file of this name is in the chosen folder, with other content. Detail: the name. */
  | "save/exists"
  /** This browser does not let a file be read while it is written. */
  | "save/no-reading"
  /** Detail: the browser's message. */
  | "save/failed"
  /** The browser stopped the service worker in the middle of a save. */
  | "save/stopped"
  | "save/cancelled"

  // Connections
  | "connection/webrtc-unavailable"
  | "connection/worker-not-loaded"
  /** Detail: the exception's message. */
  | "connection/worker-failed"

  // The page
  /** Detail: the page's host. */
  | "page/insecure";

/** An error with a code from the list above. Its message is for developers: the code and the detail. */
export class ShoalError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail = "", options?: { cause?: unknown }) {
    super(detail === "" ? code : `${code}: ${detail}`, options);
    this.name = "ShoalError";
    this.code = code;
    this.detail = detail;
  }
}

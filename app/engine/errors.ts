/**
 * Every error that can reach a person, by code. What a code says is worded where it is shown (ui/words/errors.ts).
 * A detail is data that the wording puts in: a name, a number in digits without its unit, a key of a format, or the
 * browser's own message.
 */

export type ErrorCode =
  // Links, magnets and .torrent files
  | "link/not-a-link"
  | "link/no-hash"
  /** Detail: the hash as it is written, cut short. */
  | "link/bad-hash"
  | "link/two-torrents"
  | "link/private-unsupported"
  /** Detail: the key that is wrong, and where it helps, the path of its file or the byte where reading stopped. */
  | "torrent/malformed"
  /** Detail: the path. */
  | "torrent/unsafe-path"
  /** Detail: bytes of the description. */
  | "torrent/too-large"
  /** Detail: how many. */
  | "torrent/too-many-pieces"
  /** Detail: how many. */
  | "torrent/too-many-files"
  /** Detail: bytes of one piece. */
  | "torrent/pieces-too-long"
  | "torrent/newer-version"
  /** Detail: its path. */
  | "torrent/symbolic-link"
  | "torrent/incomplete"
  /** Detail: the name or path. */
  | "torrent/bad-name"
  | "torrent/empty"

  // Storage and the sender's own files
  | "storage/full"
  /** Detail: the browser's message. */
  | "storage/failed"
  /** Stored before, and no longer there in whole. Detail: the piece's index. */
  | "storage/lost"
  /** Detail: the field of the record that is wrong, or the code or message of what it led to. */
  | "storage/damaged"
  | "storage/refused"
  | "storage/blocked"
  | "storage/newer"
  | "storage/closed"
  /** Detail: bytes that are missing. */
  | "storage/too-large"
  /** Detail: the file's name. */
  | "source/changed"
  /** Detail: the file's name. */
  | "source/gone"

  // Sharing, saving
  | "share/cancelled"
  /** Detail: what was given. */
  | "share/bad-limit"
  | "share/unknown"
  /** Detail: the file's name. */
  | "save/incomplete"
  /** Detail: the browser's message. */
  | "save/failed"
  /** The browser stopped the service worker that was at it. */
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

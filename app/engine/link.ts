/** What a connection to one peer is called, carries and ends for. */

/** One connection to one peer, from the first offer until it is closed. The engine chooses it; never reused. */
export type LinkId = number;

/** What carries a link's bytes. */
export interface LinkInfo {
  /** Most bytes that one `send` may carry. */
  readonly maxMessageLength: number;
}

/** What is known of a connection's other end while it is being made. */
export interface OtherEnd {
  readonly shoal: boolean;
  /** It can be told more later: input `handleSignal`. So descriptions need not be whole. */
  readonly trickle: boolean;
}

/** Why a link ended, from either side. Shown in the log and, for failures to connect, to the person. */
export type LinkEnd =
  | "remote-closed"
  /** Its path broke, and no other was found in time. */
  | "lost"
  /** Nothing came any more, though it was asked for a sign of life. */
  | "silent"
  | "connect-failed"
  /** Both ends were there, but nothing passes between their networks, and no relay server is known. */
  | "no-route"
  | "connect-timeout"
  /** The node has as many connections as a browser bears. */
  | "no-room"
  | "webrtc-unavailable"
  | "not-needed"
  | "duplicate"
  | "self"
  /** A later description of it names another certificate: somebody on the way would take its other end's place. */
  | "not-trusted"
  /** Its handshake names another peer than was introduced. */
  | "wrong-peer-id"
  | "torrent-removed"
  | "protocol-error"
  | "bad-piece"
  | "unrequested-data"
  | "idle"
  | "useless"
  | "handshake-timeout"
  | "banned";

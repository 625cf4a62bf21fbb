/**
 * The vocabulary in which the engine and its host speak of connections: their numbers, their properties, their other
 * ends, and why they end. In these names, *link* means every connection: an offer, a dial, a link or a lane
 * (connection-table.ts).
 */

/** The number of a connection, from its offer until it is closed. The engine chooses it and never reuses it. */
export type LinkId = number;

/** Properties of an open connection. */
export interface LinkInfo {
  /** Bytes in one `send` at most. */
  readonly maxMessageLength: number;
  /** Null where they are unknown, or are not SHA-256. */
  readonly fingerprints: LinkFingerprints | null;
}

/** The SHA-256 of the DTLS certificates of a connection's two ends, 32 bytes each. RFC 8122. */
export interface LinkFingerprints {
  readonly own: Uint8Array;
  readonly remote: Uint8Array;
}

/** The other end of a connection that is being made, as far as it is known. */
export interface OtherEnd {
  readonly shoal: boolean;
  /** Signals reach it after the descriptions (input `handleSignal`), so descriptions need not hold all candidates. */
  readonly trickle: boolean;
}

/** Why a connection ended, from either side. It is logged; a person is shown the failures to connect. */
export type LinkEnd =
  | "remote-closed"
  /** Its path broke, and no other was found in time. A lane: its bytes waited, and none left. */
  | "lost"
  /** The peer gave no sign of life, although it was pinged. */
  | "silent"
  | "connect-failed"
  /** Both ends were there, but nothing passes between their networks, and no TURN relay is known. */
  | "no-route"
  | "connect-timeout"
  /** The page has as many connections as a browser bears. */
  | "no-room"
  | "webrtc-unavailable"
  | "not-needed"
  | "duplicate"
  | "self"
  /** A later description names another certificate: somebody on the way tried to take the other end's place. */
  | "not-trusted"
  /** Its handshake names another peer than the introduced one. */
  | "wrong-peer-id"
  | "torrent-removed"
  /** The torrent is members-only, and this peer was not met through one of its own trackers. */
  | "members-only"
  | "protocol-error"
  | "bad-piece"
  | "unrequested-data"
  | "idle"
  | "useless"
  | "handshake-timeout"
  | "banned";

/** Every tuned number of the window's side. */

/** Live connections at most. Chromium allows 500 in a process, closed ones that are not collected yet included. */
export const MAX_CONNECTIONS = 100;

/** What the engine may ask for on each kind of device. Links of a torrent: libtorrent's 50; radios and memory of phones
 * bear fewer (design). */
export const CONNECTION_LIMITS = {
  desktop: { node: MAX_CONNECTIONS, torrent: 50 },
  phone: { node: 40, torrent: 20 },
} as const;

/** GiB of memory, as far as browsers tell (8 at most), up to which a device that is touched counts as a phone. */
export const PHONE_MEMORY = 4;

/** Milliseconds after the latest candidate before a description is handed out: most networks are done by then,
 * while a STUN server that does not answer would hold gathering up for seconds. */
export const GATHERING_QUIET = 500;

/** The same after a candidate of the kind that comes last: other network interfaces bring theirs at the same time. */
export const GATHERING_ENOUGH = 50;

/** Milliseconds that a found candidate waits for others to be told with: those of one round trip come together. */
export const CANDIDATE_PATIENCE = 30;

/** Candidates in one signal, and characters of one; browsers find about 10 of 100 characters. */
export const MAX_SIGNAL_CANDIDATES = 30;
export const MAX_CANDIDATE_LENGTH = 500;

/** Signals kept for a connection that is being made: they come from a stranger. */
export const MAX_EARLY_SIGNALS = 8;

/** Milliseconds of gathering at most; other WebTorrent clients wait as long. */
export const GATHERING_LIMIT = 5_000;

/** Milliseconds for each of: making a description, and connecting once both are known. A connection through TURN
 * over TCP on a slow line takes about 10 s. */
export const CONNECT_TIMEOUT = 20_000;

/**
 * Milliseconds that a connection may stay disconnected when its other end cannot be told of another path. Browsers
 * take 5 to 6 s to notice, so that a dead one is replaced within 10 s.
 */
export const DISCONNECTED_LIMIT = 4_000;

/** Milliseconds before a lost path's replacement is asked for again: what was said before may have been lost. */
export const RESTART_RETRY = 1_000;

/** The stream of the second channel between Shoal peers: above all that simple-peer's own channel can take. */
export const BULK_CHANNEL_ID = 64;

/** Bytes of a relayed message at most: a block and its header, what every client accepts. */
export const RELAY_MESSAGE_LENGTH = 16_384 + 13;

/**
 * Bytes of a message from another client at most: a bitfield of as many pieces as a torrent may have (2 Mi), with its
 * head. Firefox lets a message have a gigabyte.
 */
export const RELAY_RECEIVED_LENGTH = 262_144 + 5;

/** Bytes queued on a relayed channel below which the worker is told that it drained. */
export const RELAY_LOW_WATER = 65_536;

/**
 * Milliseconds from one look at a route to the next, after something that may have changed it: checks of better paths
 * take some seconds, and where a relay is first heard of by what comes from it, it is called one only later.
 */
export const ROUTE_LOOKS = [1_000, 1_000, 2_000, 4_000, 8_000];

/** Milliseconds for /api/ice to answer: nearby peers connect without it, so an offer does not wait for longer. */
export const ICE_SERVERS_TIMEOUT = 3_000;

/** Milliseconds before ICE servers are asked for again after a failure. */
export const ICE_SERVERS_RETRY = 30_000;

/** Milliseconds that ICE servers are used: well below the lifetime of TURN credentials. */
export const ICE_SERVERS_LIFETIME = 30 * 60_000;

/** Milliseconds for the service worker to begin a save, before the page falls back to a Blob. */
export const SAVE_START_TIMEOUT = 5_000;

/** Milliseconds between two signs of life to a service worker that streams: Firefox stops an idle one after 30 s. */
export const KEEP_ALIVE_INTERVAL = 5_000;

/** Milliseconds that a download's frame or Blob address stays: browsers take a small one over after its last byte
 * was read, and drop it when its frame is gone by then. */
export const DOWNLOAD_GRACE = 60_000;

/**
 * The tuned numbers of the server. Those in `defaultLimits` can be changed for each server, some of them by
 * environment variables (config.ts).
 */

/** The most that one client may do, and how long it may do nothing. */
export interface Limits {
  /** Open sockets of one address (/64 in IPv6). */
  readonly socketsPerAddress: number;
  /** WebSocket upgrades a second of one address, and how many at once. */
  readonly upgradesPerSecond: number;
  readonly upgradeBurst: number;
  /** Messages a second on one socket, and how many at once. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Bytes of one message. Public trackers: 64 KiB. */
  readonly messageBytes: number;
  /** Messages of one socket that wait while one before them is being handled. */
  readonly queuedMessages: number;
  /** Swarms that one socket may be in, and all sockets of one address together. */
  readonly swarmsPerSocket: number;
  readonly swarmsPerAddress: number;
  readonly offersPerAnnounce: number;
  /** Bytes of one SDP in UTF-8. Browsers' data channel offers have 0.5–3 KB. */
  readonly sdpBytes: number;
  readonly scrapeHashes: number;
  /** Offers that one peer is handed a minute. Each makes its browser create a connection. */
  readonly offersPerMinute: number;
  /** Milliseconds in which a handed-over offer can be answered. WebTorrent drops its own after 50 s. */
  readonly offerLifetime: number;
  /** Answered offers of one peer whose ends may signal to each other; more than the links that a client keeps. */
  readonly routesPerPeer: number;
  /** Signals a second from one end of an answered offer to the other, and how many at once. */
  readonly signalsPerSecond: number;
  readonly signalBurst: number;
  /** Milliseconds in which a peer whose connection broke off finds its routes again on another. */
  readonly absence: number;
  /** Seconds between announces that clients are told. Public trackers: 120. */
  readonly announceInterval: number;
  /** Announces a second of a socket in many swarms: it is told so long an interval. */
  readonly announcesPerSecond: number;
  /** Seconds of the longest interval for that; less than `idle`, as all its announces may come close together. */
  readonly announceIntervalMost: number;
  /** Milliseconds from the upgrade to the first valid message. */
  readonly firstMessage: number;
  /** Milliseconds without any message: longer than two announce intervals. */
  readonly idle: number;
  /** Milliseconds between pings; who leaves one unanswered until the next is gone. */
  readonly ping: number;
  /** Milliseconds in which an old socket must answer a ping when a new one claims its peer id. */
  readonly contest: number;
  /** Milliseconds between two looks at all sockets' timeouts. */
  readonly sweep: number;
  /** Bytes waiting to be sent to a socket above which it gets no offers, and above which it is closed. */
  readonly bufferedForOffers: number;
  readonly bufferedForClose: number;
  /** Milliseconds for which a socket may take nothing of what waits for it. */
  readonly stuck: number;
  /** Bad messages forgiven at once, and how many more a second, before the socket is closed. */
  readonly strikeBurst: number;
  readonly strikesPerSecond: number;
}

export const defaultLimits: Limits = {
  socketsPerAddress: 64,
  upgradesPerSecond: 10,
  upgradeBurst: 30,
  messagesPerSecond: 20,
  // A device of 500 shares announces 1,000 info-hashes within 30 s, at 30 a second and the first 50 at once: 370 more
  // than the rate lets pass. A peer of 50 links that changes networks says three things about each at once.
  messageBurst: 500,
  messageBytes: 64 * 1024,
  // More than clients say at once, as it may all come while one message is being handled.
  queuedMessages: 200,
  // 500 shares, as each has two info-hashes. A peer in a swarm takes 540 bytes here, measured: 0.54 MB a socket, and
  // 4.3 MB an address, whose 64 sockets could take 35 MB otherwise. 8,000 are twenty devices with 200 shares each.
  swarmsPerSocket: 1_000,
  swarmsPerAddress: 8_000,
  offersPerAnnounce: 10,
  sdpBytes: 8 * 1024,
  scrapeHashes: 64,
  offersPerMinute: 30,
  offerLifetime: 120_000,
  routesPerPeer: 200,
  signalsPerSecond: 0.5,
  signalBurst: 20,
  absence: 30_000,
  announceInterval: 120,
  announcesPerSecond: 2,
  announceIntervalMost: 240,
  firstMessage: 10_000,
  idle: 300_000,
  ping: 30_000,
  contest: 5_000,
  sweep: 1_000,
  bufferedForOffers: 256 * 1024,
  bufferedForClose: 1024 * 1024,
  stuck: 10_000,
  strikeBurst: 10,
  strikesPerSecond: 0.1,
};

/** Absent peers remembered, of all swarms together; each holds about a kilobyte. */
export const MAX_ABSENT_PEERS = 10_000;

/** Fragments of one WebSocket message, and chunks held back while one arrives: slow-drip clients send thousands. */
export const MAX_FRAGMENTS = 16;
export const MAX_BUFFERED_CHUNKS = 64;

/** Milliseconds for an HTTP request's headers, and for all of it. No request has a body. */
export const HTTP_HEADERS_TIMEOUT = 10_000;
export const HTTP_REQUEST_TIMEOUT = 15_000;
export const HTTP_BODY_LIMIT = 1024;

/** Milliseconds that clients get to take their leave when the server stops; then sockets are cut. */
export const CLOSE_TIMEOUT = 1_000;

/** Addresses of the server for which its page is kept, with its compressed forms: about 10 KB each. */
export const MAX_PAGE_HOSTS = 32;

/**
 * Brotli's quality for the page, of 0 to 11. It is compressed within a request: 11 takes 12 to 48 ms of the event loop,
 * 5 takes less than 1, and the page of 2.5 KB takes 820 bytes instead of 700.
 */
export const PAGE_BROTLI_QUALITY = 5;

/** Seconds for which browsers remember to come back over TLS only: half a year. */
export const HSTS_MAX_AGE = 15_552_000;

/** Seconds for which files with a hash in their name are kept: a year, the most that caches honour. */
export const IMMUTABLE_MAX_AGE = 31_536_000;

/** Public STUN servers, the same that WebTorrent asks: they tell a browser its address as others see it. */
export const DEFAULT_STUN_SERVERS = ["stun:stun.l.google.com:19302", "stun:global.stun.twilio.com:3478"];

/** WebSocket close codes (RFC 6455, 7.4.1 and the IANA registry). */
export const CloseCode = { policyViolation: 1008, internalError: 1011, restart: 1012 } as const;

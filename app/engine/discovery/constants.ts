/** Every tuned number of discovery, with its unit, its reason and its source. */

/** Offers in one announce, at most. WebTorrent: 5; public trackers allow 10. */
export const OFFERS_PER_ANNOUNCE = 5;

/** Milliseconds that an offer waits for its answer. WebTorrent: 50 s. */
export const OFFER_LIFETIME = 50_000;

/**
 * Milliseconds from an offer of a Shoal peer until another offer of that peer may replace it. The peer has our answer
 * by then. It makes no other offer while it connects, so its network must have lost the answer.
 */
export const ANSWER_PATIENCE = 1_000;

/** Milliseconds that an announce waits for its offers to be gathered. Offers that take longer are left out. */
export const OFFER_PATIENCE = 2_000;

/** Seconds between announces when a tracker does not say. */
export const ANNOUNCE_INTERVAL = 120;

/** Seconds between announces at least and at most, whatever a tracker says. */
export const ANNOUNCE_INTERVAL_MIN = 15;
export const ANNOUNCE_INTERVAL_MAX = 3_600;

/**
 * Milliseconds until a swarm that wants links is announced again. They double with each announce, up to the tracker's
 * interval.
 */
export const STARVED_ANNOUNCE = 3_000;

/** Refusals of a swarm in a row from which on a person is told. The first may pass within the 3 s to the second. */
export const REFUSALS_SHOWN = 2;

/**
 * Announces to one tracker at once. Our server takes 500 messages at once and 20 a second, and forgives a device of 500
 * shares the rate below. Public trackers do not tell their limits.
 */
export const ANNOUNCE_BURST = 50;

/**
 * Announces to one tracker a second, at least and at most, and the seconds in which all its swarms have their turn. With
 * the burst, the 400 swarms of 200 shares take 22 s, and the 1,000 that our server takes on a socket 32 s.
 */
export const ANNOUNCE_RATE_MIN = 10;
export const ANNOUNCE_RATE_MAX = 30;
export const ANNOUNCE_SPREAD = 25;

/**
 * Milliseconds until a torrent that lost a peer or did not reach it announces again: the first bound and the longest
 * of a backoff (backoff.ts). The longest is two of the usual announces, which carry offers in any case.
 */
export const REDIAL_FIRST = 500;
export const REDIAL_MAX = 240_000;

/** Milliseconds after which a link was a good one: when it ends, pauses between attempts begin with the shortest. */
export const LINK_LASTED = 10_000;

/**
 * Milliseconds after an announce without any message from the tracker, after which its socket counts as dead. On a
 * network that is gone, nothing else shows that for minutes. A busy page is late by seconds at most.
 */
export const TRACKER_PATIENCE = 10_000;

/** Milliseconds until a tracker is tried again: the first bound and the longest of a backoff (backoff.ts). */
export const TRACKER_RETRY_FIRST = 500;
export const TRACKER_RETRY_MAX = 30_000;

/**
 * The longest bound for the tracker of the page's own server, in milliseconds. People whose server was away meet within
 * 5 s of its return, so both have to notice it within 3 s. While it is away, an attempt costs it nothing and a client
 * about a millisecond: no socket is opened before the server answers (worker/tracker-sockets.ts). When it returns, the
 * clients come spread over these 3 s. To bring 2,000 of them back takes 3.2 s of a core (tests/bench/outage.ts). Of more
 * some find it busy, and wait up to TRACKER_RETRY_MAX.
 */
export const SERVER_RETRY_MAX = 3_000;

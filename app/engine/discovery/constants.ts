/** Every tuned number of how peers meet, with its unit, its reason and its source. */

/** Offers made for one announce. WebTorrent: 5; public trackers allow 10. */
export const OFFERS_PER_ANNOUNCE = 5;

/** Milliseconds that an offer waits for its answer. WebTorrent: 50 s. */
export const OFFER_LIFETIME = 50_000;

/**
 * Milliseconds after which a further offer of a Shoal peer replaces the one that is being answered: it got our answer
 * by then, and would not have made another offer while it connects, unless its network took the answer away.
 */
export const ANSWER_PATIENCE = 1_000;

/** Milliseconds that an announce waits for its offers; later ones are left out. */
export const OFFER_PATIENCE = 2_000;

/** Seconds between announces when a tracker does not say, and the least and most that are heeded. */
export const ANNOUNCE_INTERVAL = 120;
export const ANNOUNCE_INTERVAL_MIN = 15;
export const ANNOUNCE_INTERVAL_MAX = 3_600;

/** Milliseconds until a starved torrent announces again, doubling up to the tracker's interval. */
export const STARVED_ANNOUNCE = 3_000;

/**
 * Until a torrent announces again that lost a peer or could not reach one: first delay and longest, milliseconds,
 * doubling, full jitter. The longest is two of the usual announces, which carry offers in any case.
 */
export const REDIAL_FIRST = 500;
export const REDIAL_MAX = 240_000;

/** Milliseconds after which a link that ends was a good one: its peer is tried again at once. */
export const LINK_LASTED = 10_000;

/**
 * Milliseconds for a tracker to say anything after an announce, until its socket counts as dead: on a network that is
 * gone nothing else tells, for minutes. The page is busy for seconds at most.
 */
export const TRACKER_PATIENCE = 10_000;

/** Reconnection to a tracker: first delay and longest, milliseconds, doubling, with full jitter. */
export const TRACKER_RETRY_FIRST = 500;
export const TRACKER_RETRY_MAX = 30_000;

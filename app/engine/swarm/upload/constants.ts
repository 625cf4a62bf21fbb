/** Every tuned number of uploads and choking, with its unit, its reason and its source. */

/** Milliseconds of a peer's rate that may be queued, and bytes on each connection at most: what a busy computer sends
 * before it looks again. A choke, a cancel or a seek takes effect that much later. */
export const SEND_AHEAD = 50;
export const SEND_QUEUE_MAX = 1_048_576;

/**
 * The same where that is less than these bytes: two ticks, and one block at least. Our own requests wait behind what is
 * queued: behind 128 KiB to each of four peers on 1 mbit/s for 4 s. Simulated, mixed uplinks: the last ends 8 % sooner.
 */
export const SEND_AHEAD_SLOW = 200;
export const SEND_QUEUE_SLOW = 131_072;
export const SEND_QUEUE_MIN = 16_384;

/** Pieces read ahead for one peer's queue, so that the disk works while the link does. */
export const READ_AHEAD_PIECES = 3;

/** Milliseconds between rounds of choking. mainline: 10 s. */
export const CHOKE_INTERVAL = 10_000;

/** Unchoke slots at least. mainline: 4. */
export const UNCHOKE_SLOTS_MIN = 4;

/**
 * Bytes a second that a peer must be sent to earn a further slot, and by how much that rises a slot: an uplink of 5
 * mbit/s has six slots, one of 100 has 27. libtorrent's 2 KiB make that 17 and 76: each peer gets so little that pieces
 * become whole late, a swarm of equals takes 5 % longer, and free riders find slots that nobody earned.
 */
export const UNCHOKE_RATE_FIRST = 1_024;
export const UNCHOKE_RATE_STEP = 16_384;

/** Peers served at least although none of them sends us anything: otherwise the uplink would idle. */
export const SERVED_LEAST = 2;

/** Milliseconds that an optimistic unchoke lasts: a round. mainline: 30 s, for which others starve. */
export const OPTIMISTIC_INTERVAL = 10_000;

/** How much likelier a newcomer is to be unchoked optimistically. mainline: 3. */
export const NEWCOMER_WEIGHT = 3;

/** How much likelier one is that gave us more than it got: a slow one gives too little to be among the best. */
export const CREDITOR_WEIGHT = 6;

/** Share of the time below which an uplink is so idle that one more peer is served, above which so busy that one less
 * is; and milliseconds that are looked at, and that one more has to begin. Chosen by simulation of mixed uplinks. */
export const SPARE_SHARE = 0.6;
export const SPARE_KEPT = 0.9;
export const SPARE_INTERVAL = 1_000;

/** One slot in this many is optimistic. libtorrent: 20 % of the slots. */
export const OPTIMISTIC_SHARE = 5;

/** A seed's peer has had its turn after this many pieces and milliseconds. libtorrent: 20 pieces and 60 s. */
export const SEED_TURN_PIECES = 20;
export const SEED_TURN_TIME = 60_000;

/**
 * Pieces given to a peer first that may be with nobody else before others are served before it: some are on their way
 * to it or from it to the next. BEP 16 gives no second before the first has been seen elsewhere, which idles.
 */
export const HOARD_PIECES = 12;

/** Bytes suggested to a peer ahead of its getting them, at least: more than a new peer's window asks for. */
export const SUGGEST_BYTES = 196_608;

/** Milliseconds of a peer's rate that are suggested on top: the round trip of news, and some pieces in one go. */
export const SUGGEST_AHEAD = 1_000;

/** Bytes of a peer's queue whose pieces are read ahead: what its link is handed at once at most (SEND_QUEUE_MAX). */
export const READ_AHEAD_BYTES = 1_048_576;

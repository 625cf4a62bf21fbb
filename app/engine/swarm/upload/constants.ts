/** Every tuned number of uploads and choking, with its unit, its reason and its source. */

/**
 * Milliseconds of a connection's rate that may be queued on it, and bytes at most. A busy computer sends that much
 * before it looks again. A choke, a cancel or a seek takes effect that much later.
 */
export const SEND_AHEAD = 50;
export const SEND_QUEUE_MAX = 1_048_576;

/**
 * The same for a slow connection: two ticks of its rate, between one block (SEND_QUEUE_MIN) and SEND_QUEUE_SLOW. Our
 * own requests wait behind what is queued. On an uplink of 1 mbit/s with 128 KiB queued to each of four peers, they
 * wait for 4 s. Simulated with mixed uplinks: the last peer ends 8 % sooner.
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
 * Bytes a second that a peer must be sent to earn a further slot, and by how much they rise with each slot. An uplink
 * of 5 mbit/s earns six slots, one of 100 mbit/s 27. libtorrent's rise of 2 KiB makes that 17 and 76. Each peer then
 * gets so little that pieces become whole late, a swarm of equals takes 5 % longer, and free riders find slots that
 * nobody earned.
 */
export const UNCHOKE_RATE_FIRST = 1_024;
export const UNCHOKE_RATE_STEP = 16_384;

/** Peers served at least, even if none of them sends us anything. Otherwise the uplink would idle. */
export const SERVED_LEAST = 2;

/** Milliseconds that an optimistic unchoke lasts: one round. In mainline's 30 s others starve. */
export const OPTIMISTIC_INTERVAL = 10_000;

/** How much likelier than others a newcomer is to be unchoked optimistically. mainline: 3. */
export const NEWCOMER_WEIGHT = 3;

/**
 * How much likelier than others a peer is that gave us more than it got. A slow peer gives too little to be ranked
 * among the best.
 */
export const CREDITOR_WEIGHT = 6;

/**
 * Share of the time with something to send below which one more peer is served, and above which a spare slot is taken
 * back; and milliseconds over which that share is averaged, and that a peer has to begin before one more is served.
 * Chosen by simulation of mixed uplinks.
 */
export const SPARE_SHARE = 0.6;
export const SPARE_KEPT = 0.9;
export const SPARE_INTERVAL = 1_000;

/** One slot in this many is optimistic. libtorrent: 20 % of the slots. */
export const OPTIMISTIC_SHARE = 5;

/** Pieces and milliseconds, both, after which a seed's peer has had its turn. libtorrent: 20 pieces and 60 s. */
export const SEED_TURN_PIECES = 20;
export const SEED_TURN_TIME = 60_000;

/**
 * Pieces that a peer may keep (super-seeding.ts); with more, others are served before it. Some pieces are always on
 * their way to the peer or on to the next one. BEP 16 gives a peer no second piece before the first has been seen
 * elsewhere, which lets the uplink idle.
 */
export const HOARD_PIECES = 12;

/** Bytes of pieces suggested to a peer ahead, at least: more than a new peer's window asks for. */
export const SUGGEST_BYTES = 196_608;

/** Milliseconds of a peer's rate that are suggested besides: for the round trip of news, and some pieces at once. */
export const SUGGEST_AHEAD = 1_000;

/**
 * Bytes of a peer's queue whose pieces are read ahead: as many as a connection is handed at most (SEND_QUEUE_MAX).
 */
export const READ_AHEAD_BYTES = 1_048_576;

/** Every tuned number of requests and picking, with its unit, its reason and its source. */

/** Milliseconds of the peer's rate that one block may hold: larger ones cost less, smaller ones adapt faster. */
export const BLOCK_TIME = 10;

/** Bounds of a request's time-out, milliseconds, around mean + 4 deviations of the peer's block times. libtorrent. */
export const REQUEST_TIMEOUT_MIN = 2_000;
export const REQUEST_TIMEOUT_MAX = 60_000;

/** Milliseconds without a block that we wait for, after which a peer is snubbed. libtorrent's request_timeout. */
export const SNUB_AFTER = 20_000;

/**
 * Bytes of a piece up to which a newcomer is left alone with its first: brought in seconds even on slow lines. Larger
 * ones are shared, so that a beginner soon has a whole piece to trade; hashes of their blocks tell who sent which.
 */
export const TRIAL_ALONE = 262_144;

/** Unrequested blocks after which a peer is banned: races explain a few, never this many. */
export const UNREQUESTED_LIMIT = 16;

/** Pieces stored before picking turns from random to rarest first. libtorrent's initial_picker_threshold. */
export const RANDOM_FIRST_PIECES = 4;

/** Pieces in progress per peer, and bytes of them in all, beyond which no new one is begun. libtorrent: 1.5 and 32 MiB. */
export const PARTIALS_PER_PEER = 1.5;
export const PARTIAL_BYTES = 33_554_432;

/** Milliseconds in which a peer must fetch a whole piece to be left alone with it. libtorrent: whole_pieces_threshold. */
export const WHOLE_PIECE_TIME = 20_000;

/** Milliseconds of a peer's rate, and bytes, asked of it in pieces that follow one another. libtorrent: 4 MiB. */
export const CONTIGUOUS_TIME = 1_000;
export const CONTIGUOUS_BYTES = 4_194_304;

/** Milliseconds of a peer's queue beyond which nothing urgent is asked of it. libtorrent stops at 2 s. */
export const URGENT_QUEUE = 2_000;

/** Share of the serving peers, slowest first, that nothing urgent is asked of. libtorrent: 10 %. */
export const URGENT_SLOWEST = 0.1;

/**
 * Share of the path's own delay by which later requests must have been sent: lanes with smaller congestion windows are
 * slower by some of it. RACK's reordering window is between a quarter and all of it. In simulated bursts of losses all of
 * it came later and helped less.
 */
export const REORDERED_BY = 0.5;

/**
 * Bytes of failed pieces kept until their leaves are told, and as many until they are compared: what may wait for the
 * disk (UNSTORED_BYTES). Whoever comes under ever new names can have any number of pieces fail.
 */
export const FAILED_BYTES = 33_554_432;

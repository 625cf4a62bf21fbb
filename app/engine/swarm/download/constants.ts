/** Tuned numbers of requests and picking, each with its unit, its reason and its source. */

/**
 * Milliseconds of a peer's rate that one request may cover: 64 KiB at 6.6 MB/s. Larger requests cost less, and
 * smaller ones adapt faster.
 */
export const BLOCK_TIME = 10;

/**
 * Bounds of a request's time-out, in milliseconds. The time-out is the mean of the peer's block times plus 4
 * deviations. libtorrent.
 */
export const REQUEST_TIMEOUT_MIN = 2_000;
export const REQUEST_TIMEOUT_MAX = 60_000;

/**
 * Milliseconds without a block, while requests are under way, after which a peer is snubbed. libtorrent's
 * request_timeout.
 */
export const SNUB_AFTER = 20_000;

/**
 * Milliseconds after which a peer is asked again for a piece that it refused although it does not choke us. A queue
 * that was full has room by then.
 */
export const REFUSED_FOR = 15_000;

/**
 * Bytes of the largest piece that is left to a peer on probation alone. Such a piece arrives within seconds even on
 * slow lines. Larger pieces are shared among peers, so that a node that has nothing yet soon has a whole piece to
 * trade. Leaf hashes then tell which peer sent the bad blocks.
 */
export const TRIAL_ALONE = 262_144;

/** Unrequested blocks after which a peer is banned. Races explain a few of them, but never this many. */
export const UNREQUESTED_LIMIT = 16;

/** Stored pieces after which picking changes from random to rarest first. libtorrent's initial_picker_threshold. */
export const RANDOM_FIRST_PIECES = 4;

/**
 * Pieces with free blocks per peer, and bytes of all pieces in progress. Beyond either, free blocks are picked before
 * a new piece is begun. Beyond twice the bytes, a new piece is begun only in place of an idle one. libtorrent: 1.5
 * and 32 MiB.
 */
export const PARTIALS_PER_PEER = 1.5;
export const PARTIAL_BYTES = 33_554_432;

/**
 * Milliseconds in which a peer must be able to send a whole piece to be left alone with it. libtorrent's
 * whole_pieces_threshold.
 */
export const WHOLE_PIECE_TIME = 20_000;

/**
 * Bounds of a run of consecutive pieces that one peer is asked for: milliseconds of the peer's rate, and bytes.
 * libtorrent: 4 MiB.
 */
export const CONTIGUOUS_TIME = 1_000;
export const CONTIGUOUS_BYTES = 4_194_304;

/**
 * Milliseconds that a peer needs to send the blocks under way, beyond which no urgent block is requested from it.
 * libtorrent stops at 2 s.
 */
export const URGENT_QUEUE = 2_000;

/** Share of the serving peers, the slowest, from which no urgent block is requested. libtorrent: 10 %. */
export const URGENT_SLOWEST = 0.1;

/**
 * Share of the base by which a request must be older than an answered one to count as overtaken. A lane with a
 * smaller congestion window is slower by a part of the base. RACK's reordering window is between a quarter of the
 * base and all of it. In simulated bursts of losses, a share of 1 found the losses later and helped less.
 */
export const REORDERED_BY = 0.5;

/**
 * Bytes of failed pieces that wait for leaf hashes, and as many bytes of failed pieces that are kept as evidence. The
 * bound is that of pieces that wait for the disk (UNSTORED_BYTES). It is needed because an attacker that returns
 * under ever new peer ids can make any number of pieces fail.
 */
export const FAILED_BYTES = 33_554_432;

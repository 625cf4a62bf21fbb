/** Every tuned number of flow control, with its unit, its reason and its source. */

/** Bytes, two blocks. Less would leave the line idle between a block and the next request. */
export const WINDOW_MIN = 32_768;

/** Bytes asked of a new peer. 128 KiB overfilled the queues of uplinks of 5 mbit: a second of losses (simulated). */
export const WINDOW_INITIAL = WINDOW_MIN;

/** Bytes: 1 gbit/s over 128 ms. Beyond that, several connections serve better than a larger window. */
export const WINDOW_MAX = 16_777_216;

/** Milliseconds of queueing that the window aims at. RFC 6817 allows 100; calls over the same line want less. */
export const WINDOW_TARGET_DELAY = 20;

/** Milliseconds of the base up to which a peer is near: both ends are taken to be on one machine or network. */
export const WINDOW_NEAR = 10;

/**
 * Milliseconds of queueing that the window aims at where the peer is near. No uplink is shared there, and what looks
 * like a queue is mostly the computers' own work. Measured on loopback: a tenth faster.
 */
export const WINDOW_TARGET_NEAR = 80;

/** Milliseconds of a round at least, where the peer is near: longer than a busy computer's hiccups. */
export const WINDOW_ROUND_NEAR = 100;

/**
 * Blocks that tell whether there is a queue: so many of a round, or so many in a row. RFC 9406 takes 8 samples; ours
 * are a dozen packets each.
 */
export const WINDOW_ROUND_SAMPLES = 4;

/**
 * Bytes by which the window grows in *starting* for each byte that comes. 1 would overshoot a home line's queue of
 * 100 ms.
 */
export const WINDOW_SLOW_START = 0.5;

/** Full rounds in a row without a queue after which the window grows fast again. */
export const WINDOW_CALM_ROUNDS = 3;

/**
 * Share of the window that must be under way for it to count as full. Blocks of one that is not full tell nothing.
 */
export const WINDOW_USED = 0.6;

/** Milliseconds by which a block may take longer than the base and still confirm it. */
export const WINDOW_BASE_SLACK = 2;

/** Milliseconds for which the base counts after a block last confirmed it; routes and clocks change. BBR: 10 s. */
export const WINDOW_BASE_LIFETIME = 10_000;

/** Milliseconds from the end of *starting* to the first probe. The queue of the fast growth is gone by then. */
export const WINDOW_FIRST_PROBE = 500;

/** Milliseconds of a probe at least. BBR: 200 ms. */
export const WINDOW_PROBE_LEAST = 100;

/** Share of the largest limit since the last probe, below which the window wants a probe if queueing stayed. */
export const WINDOW_GAVE_WAY = 0.25;

/** Milliseconds from one probe to the next at least, where the base is not too old. */
export const WINDOW_PROBE_REST = 2_000;

/**
 * Share of the window that is asked for at a time. Requests that go out together cost less, and bring their blocks in
 * a burst.
 */
export const REFILL_SHARE = 0.2;

/** Milliseconds of what the window brings. No more than that is asked for at a time where the peer is not near. */
export const REFILL_TIME = 10;

/** Bytes received and not yet stored, of all torrents together, from which on nothing more is asked for. */
export const UNSTORED_BYTES = 33_554_432;

/** Bytes that a peer gets in its turn, at least. An association that gets one block at a time never gets going. */
export const UPLINK_QUANTUM = 32_768;

/** Milliseconds for which a peer counts as active on the uplink after each block that it was sent. */
export const UPLINK_ACTIVE = 1_000;

/** Milliseconds beyond the usual interval after which a tick is late: the computer has more to do than it can. */
export const TICK_LATE = 25;

/** Milliseconds for which the computer counts as late after a late tick. */
export const TICK_LATE_HELD = 1_000;

/**
 * Milliseconds beyond its peer's least delay after which a block is late, and no longer counts as under way. A line's
 * queue is seldom longer, and never while we keep it short.
 */
export const UPLINK_LATE = 200;

/** Milliseconds after which a block is forgotten: it is no sample any more, even if it comes. */
export const UPLINK_FORGOTTEN = 2_000;

/** Milliseconds of a rate limit that may pass at once: longer than a tick, and short enough to look even. */
export const LIMIT_BURST = 300;

/** Milliseconds, the time constant of the rates that people are shown. */
export const RATE_SHOWN = 3_000;

/** Milliseconds, the time constant of the rates by which peers are compared. mainline measures over 20 s. */
export const RATE_COMPARED = 10_000;

/** Milliseconds between two ticks beyond which our own computer stood still. Silence of peers says nothing then. */
export const TICK_STALL = 2_000;

/** Intervals between ticks whose median is the usual one. */
export const OWN_LAG_COMPARED = 9;

/** Time constants without any bytes after which a rate is zero and not merely small. */
export const RATE_SILENCE = 3;

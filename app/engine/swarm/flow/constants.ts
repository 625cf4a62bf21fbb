/** Every tuned number of flow control, with its unit, its reason and its source. */

/** Bytes. Two blocks: less would leave the line idle between one block and the next request. */
export const WINDOW_MIN = 32_768;

/** Bytes asked of a new peer at first. 128 KiB overfilled the queues of uplinks of 5 mbit: a second of losses (simulated). */
export const WINDOW_INITIAL = WINDOW_MIN;

/** Bytes. 1 gbit/s over 128 ms; beyond that several connections serve better than a larger window. */
export const WINDOW_MAX = 16_777_216;

/** Milliseconds of queueing that requests may cause on a line; RFC 6817 allows 100, people's calls want less. */
export const WINDOW_TARGET_DELAY = 20;

/**
 * Milliseconds of a block's least time below which both ends are on one machine or network, and the target there: no
 * uplink is shared, and what looks like a queue is mostly the computers' own work. Measured on loopback: a tenth faster.
 */
export const WINDOW_NEAR = 10;
export const WINDOW_TARGET_NEAR = 80;

/** Milliseconds of a round at least on such a network: longer than a busy computer's hiccups. */
export const WINDOW_ROUND_NEAR = 100;

/** Blocks of a round that tell whether there is a queue. RFC 9406 takes 8; ours are a dozen packets each. */
export const WINDOW_ROUND_SAMPLES = 4;

/** Bytes that the window first grows by for each that comes. 1 would overshoot a home line's queue of 100 ms. */
export const WINDOW_SLOW_START = 0.5;

/** Rounds without a queue after which the window grows from what it is, not from what was under way a round before. */
export const WINDOW_CALM_ROUNDS = 3;

/** Share of the window under way at least for a block to say anything about the window. */
export const WINDOW_USED = 0.6;

/** Milliseconds within which a block counts as having met no queue. */
export const WINDOW_BASE_SLACK = 2;

/** Milliseconds for which the least delay seen counts as the path's own; routes and clocks change. BBR: 10 s. */
export const WINDOW_BASE_LIFETIME = 10_000;

/** Milliseconds from the end of the fast growth, whose queue is gone by then, to the first look for the base. */
export const WINDOW_FIRST_PROBE = 500;

/** Milliseconds for which the queue is let run empty, at least, to see the path's own delay. BBR: 200 ms. */
export const WINDOW_PROBE_LEAST = 100;

/** Share of its largest at which a window that still meets a queue looks again, and milliseconds between two such looks. */
export const WINDOW_GAVE_WAY = 0.25;
export const WINDOW_PROBE_REST = 2_000;

/** Share of the window at most and, unless the path is near, milliseconds of what it carries that are asked for at a
 * time: requests that go out together cost less, and bring their blocks in a burst. */
export const REFILL_SHARE = 0.2;
export const REFILL_TIME = 10;

/** Bytes received and not yet stored, all torrents together, beyond which nothing more is asked for. */
export const UNSTORED_BYTES = 33_554_432;

/** Bytes that a peer gets in its turn at least: an association that gets one block at a time never gets going. */
export const UPLINK_QUANTUM = 32_768;

/** Milliseconds for which a peer that a block was sent to counts as one that shares the uplink. */
export const UPLINK_ACTIVE = 1_000;

/** Milliseconds by which a tick is late where the computer has more to do than it can, and for which it is taken to. */
export const TICK_LATE = 25;
export const TICK_LATE_HELD = 1_000;

/** Milliseconds beyond its path's least time after which a block is late, and is not waited for: a line's queue is
 * seldom longer, and never while we keep it short. And milliseconds after which it tells nothing even if it comes. */
export const UPLINK_LATE = 200;
export const UPLINK_FORGOTTEN = 2_000;

/** Milliseconds of a rate limit that may pass at once: longer than a tick, short enough to look even. */
export const LIMIT_BURST = 300;

/** Time constants of the rates shown and of those compared, milliseconds. mainline measures over 20 s. */
export const RATE_SHOWN = 3_000;
export const RATE_COMPARED = 10_000;

/** Milliseconds between two ticks beyond which we stood still ourselves, and cannot say who was quiet. */
export const TICK_STALL = 2_000;

/** Ticks whose intervals are compared. */
export const OWN_LAG_COMPARED = 9;

/** Time constants without any bytes after which the rate is zero, not merely small: nothing moves. */
export const RATE_SILENCE = 3;

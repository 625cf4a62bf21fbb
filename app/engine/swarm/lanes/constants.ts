/** Every tuned number of lanes, with its unit, its reason and its source. */

/** Lanes to a peer after each step. The gain of a single lane is hard to tell from what rates vary by. */
export const LANE_STEPS = [3, 7];

/** Milliseconds of a round trip at least for an early step (lane-plan.ts). A busy neighbour's ping may take 10 ms. */
export const LANE_FAR = 15;

/** Bytes that must be to come for an early step: a second or two of what such a path carries. */
export const LANE_WORTH = 4_194_304;

/**
 * Bytes a second below which an early step is given back. On lines of 2 mbit, lanes cost up to a seventh (simulated).
 */
export const LANE_SLOW = 262_144;

/** Milliseconds for which a peer must be limited to be asked for lanes. Breaks of up to half of that do not count. */
export const LANE_PATIENCE = 500;

/** Bytes a second up to which a peer needs no lanes, and counts as not served. */
export const LANE_LEAST_RATE = 65_536;

/**
 * Peers that send at once, or are sent to, from which on no lanes are made. So many peers are several connections.
 */
export const LANE_SOURCES = 3;

/** Milliseconds between two messages that ask a peer for lanes, and for which the peer keeps such a message. */
export const LANE_WANT_INTERVAL = 3_000;

/** Milliseconds that new lanes have to find their pace, before they are measured. */
export const LANE_SETTLING = 700;

/** Milliseconds for which new lanes are measured. */
export const LANE_TRIAL = 1_300;

/** The factor by which a step must raise the rate to be kept: more than rates vary by themselves. */
export const LANE_GAIN = 1.15;

/** Milliseconds of rest after a first trial in vain. Each further rest is twice as long, as lines change seldom. */
export const LANE_REST = 10_000;

/** Milliseconds of the longest rest. */
export const LANE_REST_MAX = 600_000;

/** Share of the rate in the last trial in vain. A rate below that may end a rest early. */
export const LANE_FALL = 0.7;

/** Stretches in a row with such a rate that end a rest. */
export const LANE_FALL_STRETCHES = 4;

/** Milliseconds in which a lane must open. */
export const LANE_TIMEOUT = 15_000;

/**
 * Milliseconds after which a lane is closed if bytes wait and none leaves. A collapsed association may stall for tens
 * of seconds.
 */
export const LANE_STALL = 1_500;

/** Milliseconds without a block, in either direction, after which a lane is closed. */
export const LANE_IDLE = 20_000;

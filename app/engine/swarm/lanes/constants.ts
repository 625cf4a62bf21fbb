/** Every tuned number of lanes, with its unit, its reason and its source. */

/** Further connections to a peer, by step: what one more brings is hard to tell from what rates vary by themselves. */
export const LANE_STEPS = [3, 7];

/**
 * Milliseconds of a round trip from which lanes are asked for ahead of any proof, and bytes that must be to come: a
 * second or two of what such a path carries. A busy neighbour's ping may take 10 ms.
 */
export const LANE_FAR = 15;
export const LANE_WORTH = 4_194_304;

/** Bytes a second below which they are given back: on lines of 2 mbit they take up to a seventh (simulated). */
export const LANE_SLOW = 262_144;

/** Milliseconds for which a peer must have been limited before lanes are asked for. */
export const LANE_PATIENCE = 500;

/** Bytes a second below which one connection is enough for anybody. */
export const LANE_LEAST_RATE = 65_536;

/** Peers that send, or are sent to, at once from which on no lanes are made: they are several connections already. */
export const LANE_SOURCES = 3;

/** Milliseconds between two times of asking, and for which asking holds. */
export const LANE_WANT_INTERVAL = 3_000;

/** Milliseconds that new lanes have to find their pace, and then to show what they bring. */
export const LANE_SETTLING = 700;
export const LANE_TRIAL = 1_300;

/** How much faster a step must make a peer to be kept: beyond what rates vary by themselves. */
export const LANE_GAIN = 1.15;

/** Milliseconds until lanes are tried again after a trial in vain; doubling up to the second. Lines change seldom. */
export const LANE_REST = 10_000;
export const LANE_REST_MAX = 600_000;

/** Share of the rate found in vain below which lanes are tried at once, and stretches in a row, LANE_PATIENCE each. */
export const LANE_FALL = 0.7;
export const LANE_FALL_STRETCHES = 4;

/** Milliseconds for a lane to open. */
export const LANE_TIMEOUT = 15_000;

/** Milliseconds without taking anything after which a lane is given up: a collapsed one may stand for tens of seconds. */
export const LANE_STALL = 1_500;

/** Milliseconds without a block after which a lane is given back. */
export const LANE_IDLE = 20_000;

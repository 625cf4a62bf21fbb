/** The service worker's tuned numbers. */

/** Milliseconds in which a save needs the piece that it has come to: what somebody plays meanwhile is needed sooner. */
export const SAVE_DEADLINE = 10_000;

/** The service worker's tuned numbers, each with unit and reason. */

/** Milliseconds in which a save needs the piece that it has come to: what somebody plays meanwhile is needed sooner. */
export const SAVE_DEADLINE = 10_000;

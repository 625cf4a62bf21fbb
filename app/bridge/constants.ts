/** The bridge's tuned numbers, each with unit and reason. */

/**
 * The number of what tabs and the worker say to each other. It grows with each change of commands, snapshots and
 * updates that an older tab or worker would not understand, so that tabs of two versions know it of each other.
 */
export const PROTOCOL = 1;

/** Milliseconds for a worker to say that it is there. A worker that is starting has its records to read first. */
export const WORKER_PATIENCE = 5_000;

/** Milliseconds in which a save needs the piece that it has come to: what somebody plays meanwhile is needed sooner. */
export const SAVE_DEADLINE = 10_000;

/** Paths that are named of a list of files: more than a person reads, and little enough for one message. */
export const MAX_NAMED_PATHS = 100;

/**
 * Milliseconds that long work runs before its thread does what else there is: a frame has 16, and a page that works
 * for more than 50 at a time feels stuck.
 */
export const SLICE_LENGTH = 8;

/** Names that are sorted, or folded, before the work may pause: 1 ms or so. */
export const NAMES_AT_ONCE = 256;

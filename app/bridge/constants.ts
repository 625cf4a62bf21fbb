/** The bridge's tuned numbers, each with unit and reason. */

/** Milliseconds for a worker to say that it is there. A worker that is starting has its records to read first. */
export const WORKER_PATIENCE = 5_000;

/** Paths that are named of a list of files: more than a person reads, and little enough for one message. */
export const MAX_NAMED_PATHS = 100;

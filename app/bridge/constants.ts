/** The bridge's tuned numbers. */

/** Milliseconds for a worker to say that it is there. One that only begins has its records to read first. */
export const WORKER_PATIENCE = 5_000;

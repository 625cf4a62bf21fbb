/** The bridge's tuned numbers, each with unit and reason. */

/** Milliseconds for a worker to say that it is there. A worker that is starting has its records to read first. */
export const WORKER_PATIENCE = 5_000;

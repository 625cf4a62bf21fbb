/** The tuned numbers of the storage room, each with unit and reason. */

/**
 * Entries in one row of a torrent's file table. 100,000 files are 391 rows, and one file is found with one small
 * read.
 */
export const FILES_PER_PAGE = 256;

/** Most bytes that `readRange` hands out at a time. Media elements and streams want bounded parts. */
export const MAX_PART_LENGTH = 2 * 1024 * 1024;

/** Batches of pieces whose Blob is kept after a read: pieces that were stored together are often read together. */
export const BATCHES_AT_HAND = 8;

/**
 * Milliseconds after the browser closed the database until it is asked whether it is still there. Deleting an empty one
 * takes less than 300 in Chromium on a busy computer; a person who deleted something waits for no answer.
 */
export const DELETION_TIME = 2_000;

/**
 * Digests of one piece under way at once. Measured with 1 to 8 reads at once: one digest at a time is slow
 * in Firefox; from 8 digests on, both browsers are within a tenth of their best, SHA-1 included.
 */
export const DIGESTS_AT_ONCE = 32;

/**
 * Times that a reader waits for a piece which it cannot use. The first wait ends when the piece is there and right. A
 * device that damages the piece once more will do so again.
 */
export const WAITS_MOST = 2;

/** The storage room's numbers, with unit and reason. */

/** Entries in one row of a torrent's file table: 100,000 files are 400 rows, and one file is one small read. */
export const FILES_PER_PAGE = 256;

/** Bytes. The most that `readRange` hands out at a time; media elements and streams want bounded parts. */
export const MAX_PART_LENGTH = 2 * 1024 * 1024;

/** Batches of pieces whose Blob is kept after a read: pieces that were stored together are often read together. */
export const BATCHES_AT_HAND = 8;

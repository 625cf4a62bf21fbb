/** Every tuned number of pieces in memory, with its unit, its reason and its source. */

/** Bytes of pieces kept in memory for uploads, all torrents together. */
export const PIECE_CACHE_BYTES = 33_554_432;

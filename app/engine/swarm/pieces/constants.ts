/** Every tuned number of pieces in memory, with its unit, its reason and its source. */

/** Bytes of pieces kept in memory for uploads, all torrents together. */
export const PIECE_CACHE_BYTES = 33_554_432;

/**
 * Bytes kept at most: a piece of 4 MiB, a large torrent's, for each of thirty peers. Phones with little memory end tabs
 * at several times that.
 */
export const PIECE_CACHE_MOST = 134_217_728;

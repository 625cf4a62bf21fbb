/** Tuned numbers of the piece cache, each with its unit, its reason and its source. */

/** Bytes of pieces that are kept in memory for uploads, for all torrents together. */
export const PIECE_CACHE_BYTES = 33_554_432;

/**
 * Bytes that are kept at most while peers are served from them. Thirty peers that are each served from a piece of 4
 * MiB, as a large torrent has, need 120 MiB. Phones with little memory end tabs at several times that.
 */
export const PIECE_CACHE_MOST = 134_217_728;

/**
 * Milliseconds without any use of the cache after which it is emptied. Whoever asks later costs one read more of each
 * piece. A node that only waits for people keeps nothing.
 */
export const PIECE_CACHE_PATIENCE = 30_000;

/** Tuned numbers of the pieces in memory and being read, each with its unit, its reason and its source. */

/** Bytes of pieces that are kept in memory for uploads, for all torrents together. */
export const PIECE_CACHE_BYTES = 33_554_432;

/**
 * Bytes that are kept at most while peers are served from them. Thirty peers that are each served from a piece of 4
 * MiB, as a large torrent has, need 120 MiB. Phones with little memory end tabs at several times that.
 */
export const PIECE_CACHE_MOST = 134_217_728;

/**
 * Milliseconds after which peers are told again of a piece that could not be read, when the reason may pass. Browsers
 * give up a transaction or a read when they are short of something, and that takes moments. Each telling may bring
 * requests that fail again.
 */
export const TELL_AGAIN_PAUSE = 5_000;

/** The numbers that bound and shape content. Each with its unit, reason and source. */

/** Bytes of a leaf of the v2 Merkle tree, and of the usual block. BEP 52. */
export const LEAF_LENGTH = 16 * 1024;

/** Bytes of the largest info dictionary. WebTorrent's ut_metadata refuses more than 1E7. */
export const MAX_INFO_BYTES = 10_000_000;

/** Bytes of the largest .torrent file: the info dictionary and, at 32 bytes a piece against its 20, the layers. */
export const MAX_TORRENT_FILE_BYTES = 32 * 1024 * 1024;

/** Levels of nested lists and dictionaries. libtorrent's default for torrent files. */
export const MAX_BENCODE_DEPTH = 100;

/**
 * Values in one bencoded text. A hybrid dictionary of 10 MB has about 1.2 million at most; the bound keeps
 * two-byte values from each costing a hundred bytes of memory without end.
 */
export const MAX_BENCODE_VALUES = 2_000_000;

/** Components of one path: what still fits MAX_BENCODE_DEPTH when nested in a file tree inside a .torrent file. */
export const MAX_PATH_DEPTH = 90;

/** Pieces of one torrent. v2 sizes are only claims, so the count needs a bound. libtorrent's default. */
export const MAX_PIECES = 2 ** 21;

/** Bytes of the longest piece. A piece is held in memory until it is verified. libtorrent's limit for BEP 52. */
export const MAX_PIECE_LENGTH = 128 * 1024 * 1024;

/** Hashes in one hash request. BEP 52 recommends serving 512 at most. */
export const MAX_HASHES_PER_REQUEST = 512;

/** Characters of the longest link that is looked at. A magnet link with 100 trackers has about 8,000. */
export const MAX_LINK_LENGTH = 64 * 1024;

/** Files that the selection of one magnet link (BEP 53) may name; ranges make large counts cheap to write. */
export const MAX_SELECTED_FILES = 100_000;

/** Trackers and web seeds that are taken from one link or .torrent file, each. Public lists have about 100. */
export const MAX_ADDRESSES = 256;

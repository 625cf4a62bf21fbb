/** Bounds and sizes of content, each with its unit, its reason and its source. */

/** Bytes of a leaf of the v2 Merkle tree, and of the usual block. BEP 52. */
export const LEAF_LENGTH = 16 * 1024;

/**
 * Bytes of the largest info dictionary. A hybrid one of 50,000 files has 10 to 15 million. libtorrent takes 30 MiB from
 * peers, WebTorrent 1E7 bytes: with more, its peers need the .torrent.
 */
export const MAX_INFO_BYTES = 16_000_000;

/** Bytes of the largest .torrent file. A piece takes 20 bytes in the info dictionary and 32 in the piece layers. */
export const MAX_TORRENT_FILE_BYTES = 32 * 1024 * 1024;

/** Levels of nested lists and dictionaries. libtorrent's default for torrent files. */
export const MAX_BENCODE_DEPTH = 100;

/**
 * Values in one bencoded text. A hybrid dictionary of 16 MB has about 1.9 million at most. Without the bound, a text
 * full of two-byte values would take about a hundred bytes of memory for each of them.
 */
export const MAX_BENCODE_VALUES = 2_000_000;

/** Components of one path. A file tree of this depth still fits MAX_BENCODE_DEPTH inside a .torrent file. */
export const MAX_PATH_DEPTH = 90;

/**
 * Names in all paths of one torrent together. A file tree names a folder once for all files below it, so that a short
 * tree could name 90 folders for each of 400,000 files. 100,000 files, each 20 folders deep, fit.
 */
export const MAX_PATH_NAMES = 2_000_000;

/** Characters of one name in a path. The common file systems take 255 bytes or UTF-16 units; the longest elsewhere is 1,020. */
export const MAX_COMPONENT_LENGTH = 1024;

/** Symbolic links that are named of those that are left out. The rest is counted. */
export const MAX_NAMED_LINKS = 5;

/**
 * Pieces of one torrent. The sizes in a v2 dictionary are only claims, so they do not bound the count. libtorrent's
 * default.
 */
export const MAX_PIECES = 2 ** 21;

/** Bytes of the longest piece. A piece is held in memory until it is verified. libtorrent's limit for BEP 52. */
export const MAX_PIECE_LENGTH = 128 * 1024 * 1024;

/** Hashes in one hash request. BEP 52 recommends serving 512 at most. */
export const MAX_HASHES_PER_REQUEST = 512;

/**
 * Characters of a link's parameters that are read. A magnet link with 100 trackers has about 8,000. The hash stands
 * before them.
 */
export const MAX_LINK_LENGTH = 64 * 1024;

/**
 * Characters of one address: that of a link up to its hash sign, of a tracker, of a web seed. Browsers and servers take
 * no more than a few thousand.
 */
export const MAX_ADDRESS_LENGTH = 2048;

/** Characters of a name that a link gives. The longest name of a file on common file systems has 255. */
export const MAX_LINK_NAME_LENGTH = 255;

/** Line ends within one hash: mails wrap at 72 characters, and quote marks make lines shorter. */
export const MAX_FOLDS = 4;

/** How often a link is percent-decoded: once for each app that passed it on inside a link of its own. */
export const MAX_DECODINGS = 3;

/** Characters of the shortest key of a private share: 16 bytes in base64url. */
export const MIN_KEY_LENGTH = 22;

/**
 * Hosts of other apps whose addresses hold magnet links and info-hashes as ours do. They run no tracker of Shoal's, and
 * are told of no share.
 */
export const OTHER_APPS: readonly string[] = [
  "instant.io",
  "btorrent.xyz",
  "webtorrent.io",
  "webtor.io",
  "wormhole.app",
  "file.pizza",
];

/** Files that the selection of one magnet link (BEP 53) may name. A range such as 0-99999 is short and names many. */
export const MAX_SELECTED_FILES = 100_000;

/** Trackers that are taken from one link or .torrent file, and as many web seeds. Public lists have about 100. */
export const MAX_ADDRESSES = 256;

/**
 * Characters of all trackers that are taken from one link or .torrent file together, and as many of web seeds. 256
 * addresses have about 15,000. The share's link names them, and all of a link is read (MAX_LINK_LENGTH), though
 * percent-encoding makes three characters of one, or more where it is no ASCII.
 */
export const MAX_ADDRESSES_LENGTH = 20_000;

/** Bytes of the largest about: the times of 200,000 files. An info dictionary of MAX_INFO_BYTES has about as many. */
export const MAX_ABOUT_BYTES = 1024 * 1024;

/** Values in the dictionary of an about. This version has two; the rest is room for later ones. */
export const MAX_ABOUT_VALUES = 64;

/** Bytes of the longest note of a sender: a page or two of text. */
export const MAX_NOTE_BYTES = 4096;

/**
 * Every tuned number of the engine, with its unit, its reason and its source. Each room has a section.
 */

// --- wire: what a link may carry ---

/** Bytes. The block that every client requests and serves; libtorrent refuses more. BEP 3. */
export const BLOCK_LENGTH = 16_384;

/** Bytes. The largest block accepted from peers that are not Shoal: WebTorrent serves no more than 128 KiB. */
export const MAX_FOREIGN_BLOCK = 131_072;

/** Bytes. The largest block between Shoal peers: one channel message in Chromium holds at most 256 KiB. */
export const MAX_SHOAL_BLOCK = 262_144;

/**
 * Bytes of a message after its length prefix, bitfields apart, until a peer is known to be Shoal: a block of
 * MAX_FOREIGN_BLOCK and the 9 bytes before it. Everything else that peers send is smaller.
 */
export const MAX_FOREIGN_MESSAGE = MAX_FOREIGN_BLOCK + 9;

/** Bytes. The same for a peer that negotiated larger blocks. */
export const MAX_SHOAL_MESSAGE = MAX_SHOAL_BLOCK + 9;

/** Bytes of a bitfield while the piece count is unknown: 2 million pieces, 128 GB in 64 KiB pieces. */
export const MAX_UNKNOWN_BITFIELD = 262_144;

/** Hashes in one hash request: the most that libtorrent and anacrolix serve at a time. BEP 52. */
export const MAX_HASHES_PER_REQUEST = 512;

/** Bytes of one ut_metadata part, the last one apart. BEP 9. */
export const METADATA_PART_LENGTH = 16_384;

/** Bytes of an info dictionary. WebTorrent refuses more. */
export const MAX_METADATA_SIZE = 10_000_000;

/** Requests that a peer may be sent at once when it does not say: libtorrent's own default for `reqq`. */
export const DEFAULT_REQUEST_QUEUE = 250;

/** Names kept from the `m` of one extension handshake; real clients send about ten. */
export const MAX_EXTENSIONS = 64;

/** Bytes of a client's name (`v`) or of an extension's name that are read; real ones stay below 40. */
export const MAX_EXTENSION_TEXT = 128;

/**
 * Every tuned number of the wire, with its unit, its reason and its source: the bounds of messages and requests. The
 * swarm, content and discovery have their own constants.ts.
 */
import { MAX_PIECES } from "./content/constants.ts";

/** Bytes of the block that every client requests and serves; libtorrent refuses more. BEP 3. */
export const BLOCK_LENGTH = 16_384;

/** Bytes of the largest block accepted from a peer of another client. WebTorrent serves no more than 128 KiB. */
export const MAX_FOREIGN_BLOCK = 131_072;

/** Bytes of the largest block between Shoal peers: a channel message in Chromium holds at most 256 KiB. */
export const MAX_SHOAL_BLOCK = 262_144;

/**
 * Bytes of the largest message after its length prefix, until a peer is known to be Shoal: a block of
 * MAX_FOREIGN_BLOCK and the 9 bytes before it. All other messages are smaller, except bitfields, which have their own
 * bound.
 */
export const MAX_FOREIGN_MESSAGE = MAX_FOREIGN_BLOCK + 9;

/** Bytes of the largest message after its length prefix, from a peer that negotiated larger blocks. */
export const MAX_SHOAL_MESSAGE = MAX_SHOAL_BLOCK + 9;

/** Bytes of the largest bitfield while the piece count is unknown: of the most pieces that a torrent may have. */
export const MAX_UNKNOWN_BITFIELD = MAX_PIECES / 8;

/** Bytes of each part of an info dictionary or an about but the last. BEP 9. */
export const PART_LENGTH = 16_384;

/** Requests under way to a peer that sends no `reqq`, at most: libtorrent's own default for `reqq`. BEP 10. */
export const DEFAULT_REQUEST_QUEUE = 250;

/** Extensions that are read from the `m` of one extension handshake. Real clients send about ten. BEP 10. */
export const MAX_EXTENSIONS = 64;

/** Levels of nesting in the dictionary of an extension message. Real messages have two. */
export const MAX_EXTENSION_DEPTH = 8;

/** Values in the dictionary of an extension message. Real messages have about thirty. */
export const MAX_EXTENSION_VALUES = 1000;

/** Bytes that are read of a client's name (`v`) or an extension's name. Real names stay below 40. */
export const MAX_EXTENSION_TEXT = 128;

/**
 * Requests that a peer may have waiting here, sent to it as `reqq`; also the most that are under way to a peer.
 * libtorrent's out_request_queue limit: 500–2000.
 */
export const REQUEST_QUEUE = 1000;

/** Blocks that are remembered of those given to a lane last, in case it breaks: a window of 16 MiB. */
export const MAX_LANE_LOSSES = 256;

/** Bytes of the longest description or signal that a peer may send over a link. Real ones have 500 to 3,000. */
export const MAX_DESCRIPTION = 16_384;

/** Bytes of the usual block between Shoal peers. Measured on channels: 28 MB/s, against 21 MB/s with 16 KiB. */
export const SHOAL_BLOCK = 65_536;

/**
 * Milliseconds that a hash request waits for its answer, before its hashes are requested elsewhere. A peer that
 * rejects a request or does not answer it is left out for as long. By design at least 3 s.
 */
export const HASH_REQUEST_TIMEOUT = 5_000;

/**
 * The tuned numbers of the wire, each with its unit, its reason and its source: what a link may carry. Those of the
 * swarm, of content and of discovery are in constants.ts there.
 */
import { MAX_PIECES } from "./content/constants.ts";

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

/** Bytes of a bitfield while the piece count is unknown: as many pieces as any torrent may have. */
export const MAX_UNKNOWN_BITFIELD = MAX_PIECES / 8;

/** Bytes of one ut_metadata part, the last one apart. BEP 9. */
export const METADATA_PART_LENGTH = 16_384;

/** Requests that a peer may be sent at once when it does not say: libtorrent's own default for `reqq`. */
export const DEFAULT_REQUEST_QUEUE = 250;

/** Names kept from the `m` of one extension handshake; real clients send about ten. */
export const MAX_EXTENSIONS = 64;

/** Levels of nesting and values in the dictionary of an extension message; real ones have two and about thirty. */
export const MAX_EXTENSION_DEPTH = 8;
export const MAX_EXTENSION_VALUES = 1000;

/** Bytes of a client's name (`v`) or of an extension's name that are read; real ones stay below 40. */
export const MAX_EXTENSION_TEXT = 128;

/** Requests that we let a peer have outstanding, told as `reqq`. libtorrent's out_request_queue limit: 500–2000. */
export const REQUEST_QUEUE = 1000;

/** Blocks given to a lane that are remembered, in case it breaks: what a window of 16 MiB can have under way. */
export const MAX_LANE_LOSSES = 256;

/** Bytes of a session description that a peer may pass; real ones have 500 to 3,000. */
export const MAX_DESCRIPTION = 16_384;

/** Bytes of a block between Shoal peers: measured best for channel messages, 28 MB/s against 21 at 16 KiB. */
export const SHOAL_BLOCK = 65_536;

/** Milliseconds before a hash request is repeated elsewhere. design: at least 3 s. */
export const HASH_REQUEST_TIMEOUT = 5_000;

/** Every tuned number of fetching info dictionaries and hashes, with its unit, its reason and its source. */
import { METADATA_PART_LENGTH } from "../../constants.ts";

/** Requests for parts of the info dictionary under way at one peer. */
export const METADATA_WINDOW = 8;

/**
 * Milliseconds without a new part after which a fetch is given up, for which its peer is left alone then, and by
 * which our patience with fetches grows.
 */
export const METADATA_TIMEOUT = 5_000;

/** Hash requests under way at one peer. */
export const HASH_WINDOW = 4;

/**
 * Bytes queued on a link beyond which hash requests are rejected, because a request of 49 bytes brings up to 16 KiB.
 * They are twice what blocks fill a link with (upload/constants.ts, SEND_QUEUE_MAX), so a peer that is served gets
 * its hashes all the same.
 */
export const HASHES_QUEUED_MOST = 2_097_152;

/**
 * Requests of one peer for leaves that may wait: as many as bring all leaves of a piece of 128 MiB, 512 at a time.
 */
export const LEAF_REQUESTS = 16;

/** Fetches under way at most: one that takes long, and another that may be faster. */
export const METADATA_FETCHES = 2;

/**
 * Bytes queued on a link below which the next part is handed to it. Above, parts that were asked for wait, because a
 * request of 40 bytes brings 16 KiB. The limit is as much as we have under way ourselves (METADATA_WINDOW).
 * libtorrent waits as well.
 */
export const METADATA_SERVE_BELOW = METADATA_WINDOW * METADATA_PART_LENGTH;

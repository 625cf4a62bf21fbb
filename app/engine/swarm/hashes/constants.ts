/** Every tuned number of fetching info dictionaries and hashes, with its unit, its reason and its source. */
import { METADATA_PART_LENGTH } from "../../constants.ts";

/** Requests for parts of the info dictionary under way at one peer. */
export const METADATA_WINDOW = 8;

/** Milliseconds without a part after which the next peer is asked. */
export const METADATA_TIMEOUT = 5_000;

/** Hash requests under way at one peer. */
export const HASH_WINDOW = 4;

/**
 * Bytes queued on a link beyond which hash requests are rejected: one of 49 bytes brings up to 16 KiB. Twice what
 * blocks fill it with (upload/constants.ts, SEND_QUEUE_MAX), so that a peer that is being served is told its hashes
 * all the same.
 */
export const HASHES_QUEUED_MOST = 2_097_152;

/** Requests for leaves of one peer that may wait: as many as bring those of the longest piece, 128 MiB, 512 at a time. */
export const LEAF_REQUESTS = 16;

/** Fetches under way at most: one that takes long, and one more that may be faster. */
export const METADATA_FETCHES = 2;

/**
 * Bytes queued on a link from which on no more parts are handed to it; what is asked for waits. A request of 40 bytes
 * brings 16 KiB: as much as we have under way ourselves (METADATA_WINDOW). libtorrent waits as well.
 */
export const METADATA_SERVE_BELOW = METADATA_WINDOW * METADATA_PART_LENGTH;

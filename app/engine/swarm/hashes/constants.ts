/** Every tuned number of fetching info dictionaries, abouts and hashes, with its unit, its reason and its source. */
import { PART_LENGTH } from "../../constants.ts";

/** How fast a part exchange goes. */
export interface PartPace {
  /** Requests for parts under way at one peer. */
  readonly window: number;
  /** Milliseconds by which the rest after a failed fetch grows with each of them. */
  readonly rest: number;
  /** Whether parts count for the person's own limits. */
  readonly isLimited: boolean;
}

/** Nothing else can be done without the info dictionary. */
export const METADATA_PACE: PartPace = { window: 8, rest: 0, isLimited: false };

/**
 * An about comes beside the content: two parts under way bring one of 250,000 bytes within a second on most paths.
 */
export const ABOUT_PACE: PartPace = { window: 2, rest: 5_000, isLimited: true };

/** Milliseconds of the longest rest. A fetch in vain brings 1 MiB at most, so that is 2 kB/s. */
export const REST_MOST = 600_000;

/**
 * Milliseconds without a new part after which a fetch is given up, for which its peer is left alone then, and by
 * which our patience with fetches grows.
 */
export const PART_TIMEOUT = 5_000;

/** How often a peer may ask for all parts over one link. Clients ask again after a fetch in which one was missing. */
export const PART_SERVINGS = 8;

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
export const FETCHES_AT_ONCE = 2;

/**
 * Bytes queued on a link below which the next part is handed to it. Above, parts that were asked for wait, because a
 * request of 40 bytes brings 16 KiB. The limit is as much as we have under way ourselves (METADATA_PACE).
 * libtorrent waits as well.
 */
export const PART_SERVE_BELOW = METADATA_PACE.window * PART_LENGTH;

/** Every tuned number of fetching info dictionaries and hashes, with its unit, its reason and its source. */

/** Requests for parts of the info dictionary under way at one peer. */
export const METADATA_WINDOW = 8;

/** Milliseconds without a part after which the next peer is asked. */
export const METADATA_TIMEOUT = 5_000;

/** Hash requests under way at one peer. */
export const HASH_WINDOW = 4;

/** Every tuned number of the soak, with unit and reason. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes that a killed receiver may have to be sent again for each batch on its way to the disk, and how many are. */
export const BATCH_LENGTH = 2 * MIB;
export const BATCHES_UNDER_WAY = 2;

/** Bytes of a block, in which requests are counted. BEP 3. */
export const BLOCK_LENGTH = 16 * KIB;

/** Bytes a second that the sender may send while browsers are killed: a rate at which a kill hits a transfer. */
export const KILLED_RATE = 4_000_000;

/** The part of the kills whose moment is counted from the opening of the page; of the others, from when bytes came. */
export const KILLS_FROM_OPENING = 0.3;

/** Milliseconds from there to the kill, the least and the most: from a page that is loading to a transfer at its rate. */
export const EARLIEST_KILL = 200;
export const LATEST_KILL = 3_500;

/** Bytes of the file for each kill: more than come between two, so that the last kill hits a transfer as well. */
export const BYTES_PER_KILL = 12_000_000;

/** Bytes of the file that is downloaded while leaders are closed, for each of them: 1 % of it may be sent twice. */
export const BYTES_PER_LEADER = 64_000_000;

/** Bytes a second that come while leaders are closed: a home line of 50 Mbit/s. */
export const LEADER_RATE = 6_000_000;

/** Milliseconds that a transfer may take. */
export const PATIENCE = 10 * 60_000;

// --- permission ---

/**
 * Milliseconds from one press of keys for a dialog to the next: Chromium takes none in the first half second of some
 * dialogs, so that nobody answers by mistake.
 */
export const ANSWER_INTERVAL = 1_500;

// --- many shares ---

/** Bytes of each file: some pieces. */
export const MANY_FILE_LENGTH = 300_000;

/** Shares of the many that another browser downloads. */
export const SHARES_DOWNLOADED = 3;

/** Seconds in which all shares of a device are to be announced after the server was away. */
export const ANNOUNCED_WITHIN = 30;

/** Milliseconds until what was used last is let go, and for which idleness is measured: two intervals of announces. */
export const IDLE_SETTLING = 45_000;
export const IDLE_TIME = 60_000;

/** The most that hundreds of idle shares may cost. */
export const IDLE_CORE_PERCENT = 2;
export const IDLE_MEGABYTES = 150;

// --- the server away ---

/** Milliseconds for which the server is away, the least and the most. */
export const SHORTEST_OUTAGE = 2_000;
export const LONGEST_OUTAGE = 60_000;

/** Seconds from its return in which two people meet. */
export const MEETING_WITHIN = 5;

/** Bytes of the file that is not downloaded to its end. */
export const OUTAGE_FILE_LENGTH = 30_000_000;

/** MB that a renderer may need at most while it shares, downloads or saves a file, beside those of an idle page. */
export const MEMORY_MORE_MB = 150;

/** Milliseconds for each step with a large file: hours at the rate of a busy computer. */
export const LARGE_PATIENCE = 3 * 60 * 60_000;

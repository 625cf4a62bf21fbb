/** The worker's tuned numbers, each with unit, reason and source. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** BEP 20: SH for Shoal, then its version. */
export const PEER_ID_PREFIX = "-SH0100-";

// --- the clock and what tabs are told ---

/**
 * Milliseconds that the page has to tell why a connection ended, after its channel closed here. The page hears of the
 * end at the same time as the worker.
 */
export const VERDICT_TIMEOUT = 1_000;

/** Milliseconds between two ticks of the engine. */
export const TICK_INTERVAL = 100;

/**
 * Milliseconds between two looks at what changed. A change in what a share is doing is told to the tabs within this
 * time.
 */
export const SNAPSHOT_INTERVAL = 250;

/**
 * Milliseconds by which a look may do something before it is due. Timers are never on the dot, and the next look
 * comes only after SNAPSHOT_INTERVAL.
 */
export const TIMER_SLACK = SNAPSHOT_INTERVAL / 2;

/**
 * Milliseconds between two updates in which only numbers changed. For each update, drawing the page costs 10 ms of
 * CPU time, and more in the browser's other processes.
 */
export const NUMBERS_INTERVAL = 1_000;

/**
 * Milliseconds between two looks while no input and no command changed anything. Rates and countdowns move by
 * themselves.
 */
export const IDLE_SNAPSHOT_INTERVAL = 1_000;

/** Milliseconds between two samples of the rates, as fine as a graph of a minute can show on a phone. */
export const RATE_SAMPLE_INTERVAL = 1_000;

/** Samples of the rates that are kept of each share: those of a minute, and the one at its start. */
export const RATE_SAMPLES = 61;

/**
 * Milliseconds between two estimates of storage that are asked of the browser. The browser walks its files to answer.
 */
export const ESTIMATE_INTERVAL = 5_000;

/**
 * Milliseconds between the starts of downloads that had no room, after something was deleted. Chromium deletes the file
 * of a Blob up to ten seconds after its row, when nothing is written meanwhile and the Blob itself is collected.
 */
export const ROOM_PAUSES = [1_000, 4_000, 12_000, 24_000, 48_000];

/**
 * Bytes. Chromium from 138 on reports what is used and at most 10 GiB more as the quota, on disks of less than that
 * their size in whole GiB. It does so for privacy, and enforces another limit: 60 % of the disk in 156, and a part of
 * the memory in private windows.
 */
export const ROUND_QUOTA_MAX = 10 * 1024 * MIB;
export const ROUND_QUOTA_STEP = 1024 * MIB;

/** Milliseconds until a record that the database refused is written again: room comes when somebody makes some. */
export const WRITE_RETRY = 5_000;

/**
 * Milliseconds without a tick of the clock after which the worker asks whether it still leads before it does anything: it
 * was frozen or hung, and another may have taken its place. It ticks ten times a second.
 */
export const ASLEEP = 3_000;

/** Milliseconds between two writes of what shares have transferred: what a browser that is killed forgets. */
export const STATISTICS_INTERVAL = 2_000;

/** Share of a rate's old value kept each second: hashing rates settle within a few seconds. */
export const RATE_MEMORY = 0.6;

// --- links ---

/**
 * Most bytes in one message of the bulk channel. Chromium takes no more. Larger messages cost less CPU time per byte.
 */
export const BULK_MESSAGE_LENGTH = 256 * KIB;

/**
 * Bytes that a channel may hold queued. Further messages wait in the worker. Chromium throws above 16 MiB, Firefox
 * never refuses, and a full queue collapses on real lines.
 */
export const CHANNEL_LIMIT = 1 * MIB;

/**
 * Bytes down to which the queue of a channel has to fall before the engine may send again, or half of what was queued
 * if that is more. Less is not worth an event.
 */
export const CHANNEL_LOW_WATER = 16 * KIB;

/**
 * Bytes of one link that may be on their way to the page and queued in simple-peer's channel. Further messages wait
 * in the worker.
 */
export const RELAY_LIMIT = 256 * KIB;

/**
 * Bytes of one relayed link that have not left yet, those that wait in the worker included, at which the engine may
 * send again.
 */
export const RELAY_LOW_WATER = 64 * KIB;

/**
 * Milliseconds to wait for the greeting on the bulk channel, once simple-peer's own channel is open: two round trips
 * on any line, and time for a busy tab to hand its end over.
 */
export const BULK_TIMEOUT = 3_000;

/** Milliseconds for a tracker's socket to open: browsers themselves wait for minutes. */
export const TRACKER_TIMEOUT = 15_000;

/**
 * Milliseconds for the page's own server to answer whether it is there. A network that swallows packets is tried again
 * by the system after 1, 3 and 7 s, so that one request notices the return as soon as two. TLS over a slow line takes
 * some seconds.
 */
export const PROBE_TIMEOUT = 10_000;

// --- hashing ---

/** Bytes of one read of a file that is being hashed or saved. Each read costs a message to the browser's process. */
export const SHARE_READ_LENGTH = 4 * MIB;

/** Reads being hashed at once: one is read while others are digested. */
export const SHARE_READS_AT_ONCE = 4;

/** Small files of one read that are hashed at once: their digests are made by other threads, and come one by one. */
export const FILES_AT_ONCE = 8;

/**
 * Bytes of one read of a shared file while its parts are asked for in sequence. Such reads end at multiples of this
 * length. From 4 MiB on, the fixed cost of a read is small beside the cost of its bytes.
 */
export const EXTENT_LENGTH = 4 * MIB;

/** Extents kept: two peers that download in sequence, each with one being read and one being sent. */
export const EXTENTS_AT_HAND = 4;

/**
 * Milliseconds without a read after which a share's extents are let go. A peer that goes on later costs one read more; a
 * share that was served keeps up to 17 MB otherwise, and a device has hundreds. Peers that are served ask every second.
 */
export const EXTENT_PATIENCE = 10_000;

/** Ends of reads remembered: one for each peer that may be served at a time. */
export const READ_ENDS = 16;

// --- storage ---

/**
 * Bytes of a torrent's pieces that are written as one batch. Chromium makes a file of each Blob, and of each value
 * from 64 KiB on, and a file costs more than its bytes do. CPU time of Chromium's two processes per MB of 256 KiB
 * pieces, with a value for each piece and with batches: 16 ms and 7.5 ms for pieces that come at 25 MB/s, 8 ms and
 * 5.7 ms for pieces that come all at once.
 */
export const WRITE_BATCH_LENGTH = 2 * MIB;

/**
 * Milliseconds that a batch waits for its next piece, and in all. A batch fills as long as pieces come fast, and the
 * engine soon hears that a piece is stored. Making a Blob stops the worker for a message to the browser's process, so
 * a batch that is cut off early costs as much as a full one.
 */
export const WRITE_PATIENCE = 50;
export const WRITE_PATIENCE_MAX = 400;

/** Write transactions under way at once: one runs in the browser's process while the next is handed over. */
export const WRITES_AT_ONCE = 2;

/** Pieces read in one transaction. */
export const READ_BATCH_PIECES = 16;

/**
 * Milliseconds between two looks at whether the pieces that are waited for will still come. No event tells that a
 * share stopped. After a command, a look follows at once.
 */
export const WAITS_CHECK_INTERVAL = 500;

/**
 * Milliseconds for which a lost piece is waited for while no linked peer has it. A share that lacks something again
 * announces itself at once, and a connection takes seconds.
 */
export const LOST_PATIENCE = 10_000;

/** File handles asked for their file at once when shares are found again at start. */
export const HANDLES_AT_ONCE = 16;

/**
 * Milliseconds between two batches of files that a share takes again. Each writes the share's whole record, which is
 * 17 MB for 50,000 files; taking files one by one wrote 676 MB for 2,000 of them.
 */
export const TAKE_INTERVAL = 2_000;

/** Files of which a part of a manifest tells: some milliseconds of work. */
export const MANIFEST_FILES_AT_ONCE = 1000;

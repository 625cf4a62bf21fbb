/** Every tuned number of the worker, with unit, reason and source. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** BEP 20: SH for Shoal, then its version. */
export const PEER_ID_PREFIX = "-SH0100-";

// --- the clock and what tabs are told ---

/** Milliseconds for the page to say why a connection ended whose channel closed here: it hears of it at the same time. */
export const VERDICT_TIMEOUT = 1_000;

/** Milliseconds between two ticks of the engine. */
export const TICK_INTERVAL = 100;

/** Milliseconds between two looks at what changed: what a share is doing is told that soon. */
export const SNAPSHOT_INTERVAL = 250;

/** Milliseconds before its time that something is done in a look: timers are never on the dot, and the next look is
 * far. */
export const TIMER_SLACK = SNAPSHOT_INTERVAL / 2;

/** Milliseconds between two tellings of mere numbers: drawing the page costs 10 ms of processor each time, and more in
 * the browser's other processes. */
export const NUMBERS_INTERVAL = 1_000;

/** Milliseconds between two looks at whether rates and countdowns moved by themselves. */
export const IDLE_SNAPSHOT_INTERVAL = 1_000;

/** Milliseconds between two samples of the rates, as fine as a graph of a minute can show on a phone. */
export const RATE_SAMPLE_INTERVAL = 1_000;

/** Samples of the rates that are kept of each share: those of a minute, and the one at its start. */
export const RATE_SAMPLES = 61;

/** Milliseconds between two questions to the browser about storage; it walks its files to answer. */
export const ESTIMATE_INTERVAL = 5_000;

/** Share of a rate's old value kept each second: hashing rates settle within a few seconds. */
export const RATE_MEMORY = 0.6;

// --- links ---

/** Bytes in one message of the bulk channel: Chromium takes no more. Larger messages cost less CPU per byte. */
export const BULK_MESSAGE_LENGTH = 256 * KIB;

/** Bytes that a channel may hold queued before the rest waits here: Chromium throws above 16 MiB, Firefox never
 * refuses, and a full queue collapses on real lines. */
export const CHANNEL_LIMIT = 1 * MIB;

/** Bytes queued at which the engine may send again, or half of what was queued where that is more: less is not worth
 * an event. */
export const CHANNEL_LOW_WATER = 16 * KIB;

/** Bytes on their way through the page to simple-peer's channel at most. */
export const RELAY_LIMIT = 256 * KIB;

/** The same, at which the engine may send again. */
export const RELAY_LOW_WATER = 64 * KIB;

/** Milliseconds for the bulk channel to answer once simple-peer's own channel is open: two round trips on any
 * line, and time for a busy tab to hand its end over. */
export const BULK_TIMEOUT = 3_000;

/** Milliseconds for a tracker's socket to open: browsers themselves wait for minutes. */
export const TRACKER_TIMEOUT = 15_000;

// --- hashing ---

/** Digests of one piece under way at once. Measured with SHARE_READS_AT_ONCE from 1 to 8: one at a time is slow in
 * Firefox; from 8 on both browsers are within a tenth of their best, SHA-1 included. */
export const DIGESTS_AT_ONCE = 32;

/** Bytes read from a file being shared at a time: small reads cost a message to the browser's process each. */
export const SHARE_READ_LENGTH = 4 * MIB;

/** Reads being hashed at once: one is read while others are digested. */
export const SHARE_READS_AT_ONCE = 4;

/** Bytes of a shared file that are read at a time while they are asked for in sequence, at whose multiples such reads
 * end: from 4 MiB on a read's fixed cost is lost in the bytes'. */
export const EXTENT_LENGTH = 4 * MIB;

/** Extents kept: two peers that download in sequence, each with one being read and one being sent. */
export const EXTENTS_AT_HAND = 4;

/** Ends of reads remembered: one for each peer that may be served at a time. */
export const READ_ENDS = 16;

// --- storage ---

/** Bytes of a torrent's pieces that are written as one batch. Chromium makes a file of each Blob, and of each value
 * from 64 KiB on, which costs more than its bytes do. CPU of its two processes per MB of 256 KiB pieces that come at
 * 25 MB/s: 16 ms with a value each, 7.5 in batches; of pieces that come all at once, 8 and 5.7. */
export const WRITE_BATCH_LENGTH = 2 * MIB;

/** Milliseconds that a batch waits for its next piece, and in all: it fills as long as pieces come fast, and whoever
 * waits to hear that one is stored waits for a moment only. Making a Blob stops the worker for a message to the
 * browser's process, so a batch cut off early costs as much as a full one. */
export const WRITE_PATIENCE = 50;
export const WRITE_PATIENCE_MAX = 400;

/** Write transactions under way at once: one runs in the browser's process while the next is handed over. */
export const WRITES_AT_ONCE = 2;

/** Pieces read in one transaction. */
export const READ_BATCH_PIECES = 16;

/** Milliseconds between two looks at whether pieces that somebody waits for will still come: that a share stopped is no
 * event. Commands are looked at at once. */
export const WAITS_CHECK_INTERVAL = 500;

/** File handles asked for their file at once when shares are found again at start. */
export const HANDLES_AT_ONCE = 16;

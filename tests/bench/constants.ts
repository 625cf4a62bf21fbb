/** Every tuned number of the benchmark, with unit and reason. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes of a message on the bare channel: what the design's measurements of the limit were made with. */
export const MESSAGE_LENGTH = 64 * KIB;

/** Bytes that the bare channel may hold queued, and at which more is given to it: as in Shoal's own worker. Measured
 * up to 12 and 4 MiB: no faster. */
export const CHANNEL_LIMIT = 1 * MIB;
export const CHANNEL_LOW_WATER = 256 * KIB;

/** MiB transferred in a round: 5 to 10 seconds at the rates seen on two cores. */
export const DEFAULT_SIZE = 192;

/** Odd, so that the median is a round that was. */
export const DEFAULT_ROUNDS = 3;

/** Bytes transferred before the clock runs, so that code is compiled and windows are open. */
export const WARM_UP_SIZE = 16 * MIB;

/** Bytes transferred while tasks are traced: some seconds, so that the page is drawn anew several times. */
export const TRACED_SIZE = 48 * MIB;

/** Receivers of the swarm. Its file is so many times smaller: a round moves as many bytes as a pair's. */
export const RECEIVERS = 4;

/** MB of the file that a big one's memory is compared with. */
export const SMALL_FILE_MB = 64;

/** Milliseconds between two samples of a renderer's memory. */
export const MEMORY_INTERVAL = 100;

/** Milliseconds between two looks at whether a transfer has ended; the times themselves are taken in the page. */
export const LOOK_INTERVAL = 250;

/** Milliseconds between two samples of what came so far. */
export const PROGRESS_INTERVAL = 100;

/** Seconds that a transfer over a network is watched: past start-up, where a collapse shows; the networks' measurements
 * in the design took as long. */
export const WATCHED_SECONDS = 12;

/** Bytes of a network's transfer where only the computer bounds the rate: more than it carries in that time. */
export const UNBOUNDED_SIZE = 256 * MIB;

/** Bytes that the bare channel holds queued when it blasts, and at which more is given to it: the channel takes up
 * to 16 MiB, and pages that fill it do so by the megabyte. */
export const BLAST_LIMIT = 4 * MIB;
export const BLAST_LOW_WATER = 1 * MIB;

/** Bytes that the bare channel has unacknowledged by the receiver where its window is fixed; the better counts. */
export const FIXED_WINDOWS = [256 * KIB, 512 * KIB] as const;

/** The part of a line's bits that is a data channel's payload, the rest being headers of SCTP, DTLS, UDP and IP and the
 * connection's upkeep: measured with Chromium, 24 MB in messages of 64 KiB. */
export const PAYLOAD_SHARE = 0.936;

/** Seconds between two pings, and how many tell of the line at rest. */
export const PING_INTERVAL = 0.1;
export const IDLE_PINGS = 15;

/** The swarm of home lines: who downloads, and MiB. */
export const HOME_LEECHERS = 3;
export const HOME_SWARM_SIZE = 24;

/** Files of the folder of many, and bytes of each: what they hold costs little beside that they are many. */
export const DEFAULT_FILES = 10_000;
export const FILE_BYTES = 1_000;

/** Milliseconds that a transfer may take. */
export const PATIENCE = 30 * 60_000;

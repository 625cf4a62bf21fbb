/**
 * The numbers of the simulated lines and of the associations on them. An association's are those of WebRTC's SCTP,
 * net/dcsctp (dcsctp_options.h, data_tracker.h, retransmission_queue.cc), with the rules of RFC 9260.
 */

/** Bytes of payload in a full packet: dcSCTP's MTU of 1,191 less the headers of packet and chunk, in fours. */
export const PAYLOAD = 1_160;

/** Bytes that a packet takes on the line besides: SCTP 28, DTLS 20 to 37, UDP and IP 28. Measured: 6.4 % of a packet. */
export const HEADERS = 78;

/** Bytes on the line of a packet that only acknowledges. Measured, on average. */
export const SACK_LENGTH = 80;

/** Bytes that the association counts its congestion window in: its MTU. */
export const MTU = 1_191;

/** Packets of the first congestion window, and of the least one after a loss. RFC 9260 7.2.1, 7.2.3. */
export const WINDOW_INITIAL = 10;
export const WINDOW_LEAST = 4;

/** Bytes: the receiver's buffer, which also is where slow start would end by itself. */
export const RECEIVE_BUFFER = 5 * 1024 * 1024;

/** Packets sent at once: on one message or one acknowledgement. RFC 9260 6.1 D. */
export const BURST = 4;

/** Acknowledgements that miss a packet until it counts as lost. RFC 9260 7.2.4. */
export const MISSES = 3;

/**
 * Runs of received packets that an acknowledgement tells of. A queue that overflows in slow start leaves far more
 * holes than that, and what lies beyond the last run told is not known to be lost.
 */
export const RUNS_TOLD = 20;

/** Milliseconds of the retransmission time-out: first, least and most; and what it adds to the round trip at least. */
export const TIMEOUT_FIRST = 500;
export const TIMEOUT_LEAST = 400;
export const TIMEOUT_MOST = 60_000;
export const VARIANCE_LEAST = 220;

/** Milliseconds that an acknowledgement of a single packet waits for a second one. */
export const SACK_DELAY = 200;

/** Milliseconds between two looks at the windows: the engine's tick. */
export const TICK = 100;

/** Bytes of the largest block, and milliseconds over which its rate is averaged: as between Shoal nodes. */
export const BLOCK_MOST = 131_072;
export const METER_TIME = 3_000;

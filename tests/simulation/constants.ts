/** The numbers of the simulated world, with unit and reason. Those of a scenario's hosts are in scenarios.ts. */

/**
 * Bytes up to which a message leaves at once when nothing of its link waits: it is a packet or two, which a line
 * carries between those of larger messages. Its bytes delay what the line carries next.
 */
export const SMALL_MESSAGE = 2_048;

/** Bytes of one packet, for losses: what a data channel puts into one. */
export const PACKET_LENGTH = 1_200;

/** Milliseconds between the moments at which small messages reach a host: a browser's tasks take turns. */
export const ARRIVAL_GRID = 10;

/** Milliseconds to gather an offer or an answer, least and most: STUN on a common line. */
export const GATHER_LEAST = 50;
export const GATHER_MOST = 200;

/** Round trips until a connection is open once both descriptions are there: ICE, DTLS and SCTP. */
export const SETUP_ROUND_TRIPS = 5;

/** Milliseconds until an attempt to connect is given up. */
export const CONNECT_TIMEOUT = 15_000;

/** Milliseconds until the other end is known to have vanished: ICE consent expires after 30 s. RFC 7675. */
export const CONSENT_TIMEOUT = 30_000;

/** Milliseconds until a lost packet is sent again, at least: SCTP's least time-out in browsers is near this. */
export const RETRANSMIT_LEAST = 200;

/** Bytes of pieces that a simulated engine keeps for uploads: little, as thousands share one machine's memory. */
export const CACHE_BYTES = 524_288;

/** Every tuned number of a torrent as a whole, with its unit, its reason and its source. Each room has its own. */

/** Milliseconds between two probes of the peers served: fewer than make the bases of their windows too old. */
export const BASE_PROBE_INTERVAL = 9_000;

/** Milliseconds that a peer is served before the peers served are told to probe. It has found its pace by then. */
export const BASE_PROBE_NEWCOMER = 1_500;

/** Milliseconds that the peer that answered an offer waits for a handshake before it sends its own. */
export const ANSWERER_PATIENCE = 3_000;

/** Failed attempts to connect in a row, from which on a person is told why connections fail. */
export const FAILURES_SHOWN = 2;

/**
 * Milliseconds after a link broke for which a person is told that it is being replaced. They cover the time-outs of
 * two browsers.
 */
export const RECONNECTING_SHOWN = 60_000;

/** Links below which a download asks its trackers for more peers. aria2 and mainline: about 20 to 40. */
export const LINKS_WANTED = 20;

/**
 * Milliseconds after its last link for which a torrent is announced before those that nobody asked for. Whoever was cut
 * off comes again within that time, or another person whom the same link was sent to.
 */
export const RECENTLY_LINKED = 600_000;

/**
 * Messages without effect in one input, at most. Clients send a keep-alive every two minutes, and one port message.
 * BEP 3.
 */
export const IDLE_MESSAGES = 64;

/**
 * Milliseconds between two ticks of a torrent without any connection. Nothing of it is under way; 200 of them took a
 * hundredth of a core at ten ticks a second.
 */
export const QUIET_TICK = 1_000;

/**
 * Milliseconds for which a link whose path was lost may mean the loss of our network. Links that are lost together
 * end one after the other.
 */
export const NETWORK_LOSS_MEMORY = 5_000;

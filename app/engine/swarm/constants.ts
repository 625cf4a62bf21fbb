/** Every tuned number of a torrent as a whole, with its unit, its reason and its source. Each room below has its own. */

/** Milliseconds between two times that a sender has its peers' queues run empty: before their own bases are too old. */
export const BASE_PROBE_INTERVAL = 9_000;

/** Milliseconds that a newcomer is served before it is made to look: by then it has found its pace. */
export const BASE_PROBE_NEWCOMER = 1_500;

/** Milliseconds that an answerer waits for the other's handshake before it sends its own. */
export const ANSWERER_PATIENCE = 3_000;

/** Attempts to connect that failed in a row before a person is told that it is their networks. */
export const FAILURES_SHOWN = 2;

/** Milliseconds after a link broke for which a person is told that it is being replaced: two browsers' time-outs. */
export const RECONNECTING_SHOWN = 60_000;

/** Links below which a downloading torrent asks its trackers for more peers. aria2 and mainline: about 20 to 40. */
export const LINKS_WANTED = 20;

/** Messages without a meaning in one input at most: clients send a keep-alive in two minutes, and one port. BEP 3. */
export const IDLE_MESSAGES = 64;

/** Milliseconds for which the loss of the last peer is taken for one of our network: those lost together are told so
 * one after another. */
export const NETWORK_LOSS_MEMORY = 5_000;

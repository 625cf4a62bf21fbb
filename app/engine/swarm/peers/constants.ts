/** Every tuned number of links and peers, with its unit, its reason and its source. */

/** Given-up requests remembered per peer, so that their blocks are not taken for unrequested ones. */
export const GIVEN_UP_REQUESTS = 2_000;

/** Share of a node's connections that may be lanes: 32 on a desktop, enough for four peers with all lanes. */
export const LANES_SHARE = 0.32;

/**
 * Milliseconds since its link opened for which a peer is a newcomer: two turns of an optimistic unchoke. mainline:
 * one minute, two of its turns.
 */
export const NEWCOMER_AGE = 20_000;

/** Milliseconds since a link opened within which both handshakes must be done. */
export const HANDSHAKE_TIMEOUT = 10_000;

/** Milliseconds without sending after which a keep-alive goes out. Peers give up after 120 s. BEP 3. */
export const KEEP_ALIVE = 55_000;

/** Milliseconds without receiving anything after which a link is dead: two missed keep-alives and a margin. */
export const IDLE_TIMEOUT = 150_000;

/**
 * Milliseconds of quiet after which a Shoal peer is pinged; and milliseconds from the ping until the peer is
 * suspected, and until its link ends. A link ends 6.5 s after the last sign of life. A computer with five times the
 * work that it can do is another 2.5 s late (measured). It must not be taken for dead, and must notice a dead link
 * within 10 s.
 */
export const PING_AFTER = 2_000;
export const PING_SUSPICION = 2_000;
export const PING_PATIENCE = 4_500;

/** Share of a node's connections for torrents that download, however many torrents seed. */
export const DOWNLOADS_SHARE = 0.5;

/** Peer ids remembered per torrent: of banned peers, and of ended links, whose peers may still be found guilty. */
export const BAN_MEMORY = 1_000;

/** Pieces remembered of a peer's haves before the info dictionary is known, of its allowed-fast and its suggests. */
export const EARLY_HAVES = 4_096;

/**
 * Pieces that a peer may lose again, at once and per second. The first loss of each piece is not counted. A loss may
 * cause a search of all pieces, which takes some milliseconds where there are many.
 */
export const LOST_AGAIN_BURST = 64;
export const LOST_AGAIN_PER_SECOND = 1;

/** Bytes for which a new outbox has room: a few haves and requests. */
export const OUTBOX_CAPACITY = 64;

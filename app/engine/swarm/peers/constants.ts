/** Every tuned number of links and peers, with its unit, its reason and its source. */

/** Late or cancelled requests remembered per peer, so that their blocks are not taken for unrequested ones. */
export const GIVEN_UP_REQUESTS = 2_000;

/** Share of a node's connections that may be lanes: 32 on a desktop, for four peers with all of them. */
export const LANES_SHARE = 0.32;

/** Milliseconds since connecting for which a peer is a newcomer: two turns. mainline: one minute, two of its turns. */
export const NEWCOMER_AGE = 20_000;

/** Milliseconds until a link must have brought a handshake. */
export const HANDSHAKE_TIMEOUT = 10_000;

/** Milliseconds without sending after which a keep-alive goes out; peers give up at 120 s. BEP 3. */
export const KEEP_ALIVE = 55_000;

/** Milliseconds without receiving anything after which a link is dead: two missed keep-alives and a margin. */
export const IDLE_TIMEOUT = 150_000;

/**
 * Milliseconds of quiet after which a Shoal peer is asked for a sign of life; without one after that, until its blocks
 * are asked of others, and until its link ends. Together well below 10 s: a computer with five times the work it can do
 * is another 2.5 s late (measured), and must be neither blamed nor slow to notice.
 */
export const PING_AFTER = 2_000;
export const PING_SUSPICION = 2_000;
export const PING_PATIENCE = 4_500;

/** Share of a node's connections that is for torrents which download, however many seeds there are beside them. */
export const DOWNLOADS_SHARE = 0.5;

/** Banned peer ids remembered per torrent, and those of ended links, in case one is to be banned yet. */
export const BAN_MEMORY = 1_000;

/** Pieces remembered of what a peer says before it can be understood or used: haves, allowed fast, suggestions. */
export const EARLY_HAVES = 4_096;

/**
 * Pieces that a peer may lose again, at once and a second, beyond each of them once. Each may cause a search of all
 * pieces, some milliseconds where there are many.
 */
export const LOST_AGAIN_BURST = 64;
export const LOST_AGAIN_PER_SECOND = 1;

/** Bytes that there is room for at first: a few haves and requests. */
export const OUTBOX_CAPACITY = 64;

/**
 * Every tuned number of the swarm, with its unit, its reason and its source. What bounds messages is in the engine's
 * constants.ts.
 */

// --- requests ---

/** Bytes. Two blocks: less would leave the line idle between one block and the next request. */
export const WINDOW_MIN = 32_768;

/** Bytes asked of a new peer at first. 128 KiB overfilled the queues of uplinks of 5 mbit: a second of losses (simulated). */
export const WINDOW_INITIAL = WINDOW_MIN;

/** Bytes. 1 gbit/s over 128 ms; beyond that several connections serve better than a larger window. */
export const WINDOW_MAX = 16_777_216;

/** Milliseconds of queueing that requests may cause on a line; RFC 6817 allows 100, people's calls want less. */
export const WINDOW_TARGET_DELAY = 20;

/**
 * Milliseconds of a block's least time below which both ends are on one machine or network, and the target there: no
 * uplink is shared, and what looks like a queue is mostly the computers' own work. Measured on loopback: a tenth faster.
 */
export const WINDOW_NEAR = 10;
export const WINDOW_TARGET_NEAR = 80;

/** Milliseconds of a round at least on such a network: longer than a busy computer's hiccups. */
export const WINDOW_ROUND_NEAR = 100;

/** Blocks of a round that tell whether there is a queue. RFC 9406 takes 8; ours are a dozen packets each. */
export const WINDOW_ROUND_SAMPLES = 4;

/** Bytes that the window first grows by for each that comes. 1 would overshoot a home line's queue of 100 ms. */
export const WINDOW_SLOW_START = 0.5;

/** Rounds without a queue after which the window grows from what it is, not from what was under way a round before. */
export const WINDOW_CALM_ROUNDS = 3;

/** Share of the window under way at least for a block to say anything about the window. */
export const WINDOW_USED = 0.6;

/** Milliseconds within which a block counts as having met no queue. */
export const WINDOW_BASE_SLACK = 2;

/** Milliseconds for which the least delay seen counts as the path's own; routes and clocks change. BBR: 10 s. */
export const WINDOW_BASE_LIFETIME = 10_000;

/** Milliseconds from the end of the fast growth, whose queue is gone by then, to the first look for the base. */
export const WINDOW_FIRST_DRAIN = 500;

/** Milliseconds for which the queue is let run empty, at least, to see the path's own delay. BBR: 200 ms. */
export const WINDOW_DRAIN_LEAST = 100;

/** Share of its largest at which a window that still meets a queue looks again, and milliseconds between two such looks. */
export const WINDOW_GAVE_WAY = 0.25;
export const WINDOW_DRAIN_REST = 2_000;

/** Milliseconds between two times that a sender has its peers' queues run empty: before their own bases are too old. */
export const DRAIN_INTERVAL = 9_000;

/** Milliseconds that a newcomer is served before it is made to look: by then it has found its pace. */
export const DRAIN_NEWCOMER = 1_500;

/** Share of the window at most and, unless the path is near, milliseconds of what it carries that are asked for at a
 * time: requests that go out together cost less, and bring their blocks in a burst. */
export const REFILL_SHARE = 0.2;
export const REFILL_TIME = 10;

/** Milliseconds of the peer's rate that one block may hold: larger ones cost less, smaller ones adapt faster. */
export const BLOCK_TIME = 10;

/** Bytes of a block between Shoal peers: measured best for channel messages, 28 MB/s against 21 at 16 KiB. */
export const SHOAL_BLOCK = 65_536;

/** Bounds of a request's time-out, milliseconds, around mean + 4 deviations of the peer's block times. libtorrent. */
export const REQUEST_TIMEOUT_MIN = 2_000;
export const REQUEST_TIMEOUT_MAX = 60_000;

/** Milliseconds without a block that we wait for, after which a peer is snubbed. libtorrent's request_timeout. */
export const SNUB_AFTER = 20_000;

/** Late or cancelled requests remembered per peer, so that their blocks are not taken for unrequested ones. */
export const LAPSED_REQUESTS = 2_000;

/**
 * Bytes of a piece up to which a newcomer is left alone with its first: brought in seconds even on slow lines. Larger
 * ones are shared, so that a beginner soon has a whole piece to trade; hashes of their blocks tell who sent which.
 */
export const TRIAL_ALONE = 262_144;

/** Unrequested blocks after which a peer is banned: races explain a few, never this many. */
export const UNREQUESTED_LIMIT = 16;

/** Pieces stored before picking turns from random to rarest first. libtorrent's initial_picker_threshold. */
export const RANDOM_FIRST_PIECES = 4;

/** Pieces in progress per peer, and bytes of them in all, beyond which no new one is begun. libtorrent: 1.5 and 32 MiB. */
export const PARTIALS_PER_PEER = 1.5;
export const PARTIAL_BYTES = 33_554_432;

/** Milliseconds in which a peer must fetch a whole piece to be left alone with it. libtorrent: whole_pieces_threshold. */
export const WHOLE_PIECE_TIME = 20_000;

/** Milliseconds of a peer's rate, and bytes, asked of it in pieces that follow one another. libtorrent: 4 MiB. */
export const CONTIGUOUS_TIME = 1_000;
export const CONTIGUOUS_BYTES = 4_194_304;

/** Milliseconds of a peer's queue beyond which nothing urgent is asked of it. libtorrent stops at 2 s. */
export const URGENT_QUEUE = 2_000;

/** Share of the serving peers, slowest first, that nothing urgent is asked of. libtorrent: 10 %. */
export const URGENT_SLOWEST = 0.1;

/** Bytes received and not yet stored, all torrents together, beyond which nothing more is asked for. */
export const UNSTORED_BYTES = 33_554_432;

// --- lanes ---

/** Further connections to a peer, by step: what one more brings is hard to tell from what rates vary by themselves. */
export const LANE_STEPS = [3, 7];

/** Share of a node's connections that may be lanes: 32 on a desktop, for four peers with all of them. */
export const LANES_SHARE = 0.32;

/**
 * Milliseconds of a round trip from which lanes are asked for ahead of any proof, and bytes that must be to come: a
 * second or two of what such a path carries. A busy neighbour's ping may take 10 ms.
 */
export const LANE_FAR = 15;
export const LANE_WORTH = 4_194_304;

/** Bytes a second below which they are given back: on lines of 2 mbit they take up to a seventh (simulated). */
export const LANE_SLOW = 262_144;

/** Milliseconds for which a peer must have been limited before lanes are asked for. */
export const LANE_PATIENCE = 500;

/** Bytes a second below which one connection is enough for anybody. */
export const LANE_LEAST_RATE = 65_536;

/** Peers that send, or are sent to, at once from which on no lanes are made: they are several connections already. */
export const LANE_SOURCES = 3;

/** Milliseconds between two times of asking, and for which asking holds. */
export const LANE_WANT_INTERVAL = 3_000;

/** Milliseconds that new lanes have to find their pace, and then to show what they bring. */
export const LANE_SETTLING = 700;
export const LANE_TRIAL = 1_300;

/** How much faster a step must make a peer to be kept: beyond what rates vary by themselves. */
export const LANE_GAIN = 1.15;

/** Milliseconds until lanes are tried again after a trial in vain; doubling up to the second. Lines change seldom. */
export const LANE_REST = 10_000;
export const LANE_REST_MAX = 600_000;

/** Share of the rate found in vain below which lanes are tried at once, and stretches in a row, LANE_PATIENCE each. */
export const LANE_FALL = 0.7;
export const LANE_FALL_STRETCHES = 4;

/** Milliseconds for a lane to open. */
export const LANE_TIMEOUT = 15_000;

/** Milliseconds without taking anything after which a lane is given up: a collapsed one may stand for tens of seconds. */
export const LANE_STALL = 1_500;

/** Milliseconds without a block after which a lane is given back. */
export const LANE_IDLE = 20_000;

// --- uploads ---

/** Milliseconds of a peer's rate that may be queued, and bytes on each connection at most: what a busy computer sends
 * before it looks again. A choke, a cancel or a seek takes effect that much later. */
export const SEND_AHEAD = 50;
export const SEND_QUEUE_MAX = 1_048_576;

/**
 * The same where that is less than these bytes: two ticks, and one block at least. Our own requests wait behind what is
 * queued: behind 128 KiB to each of four peers on 1 mbit/s for 4 s. Simulated, mixed uplinks: the last ends 8 % sooner.
 */
export const SEND_AHEAD_SLOW = 200;
export const SEND_QUEUE_SLOW = 131_072;
export const SEND_QUEUE_MIN = 16_384;

/** Bytes that a peer gets in its turn at least: an association that gets one block at a time never gets going. */
export const UPLINK_TURN = 32_768;

/** Milliseconds for which a peer that a block was sent to counts as one that shares the uplink. */
export const UPLINK_ACTIVE = 1_000;

/** Milliseconds by which a tick is late where the computer has more to do than it can, and for which it is taken to. */
export const TICK_LATE = 25;
export const TICK_LATE_HELD = 1_000;

/** Milliseconds beyond its path's least time after which a block is late, and is not waited for: a line's queue is
 * seldom longer, and never while we keep it short. And milliseconds after which it tells nothing even if it comes. */
export const UPLINK_LATE = 200;
export const UPLINK_FORGOTTEN = 2_000;

/** Bytes of pieces kept in memory for uploads, all torrents together. */
export const PIECE_CACHE_BYTES = 33_554_432;

/** Pieces read ahead for one peer's queue, so that the disk works while the link does. */
export const READ_AHEAD_PIECES = 3;

/** Milliseconds of a rate limit that may pass at once: longer than a tick, short enough to look even. */
export const LIMIT_BURST = 300;

// --- choking ---

/** Milliseconds between rounds of choking. mainline: 10 s. */
export const CHOKE_INTERVAL = 10_000;

/** Unchoke slots at least. mainline: 4. */
export const UNCHOKE_SLOTS_MIN = 4;

/**
 * Bytes a second that a peer must be sent to earn a further slot, and by how much that rises a slot: an uplink of 5
 * mbit/s has six slots, one of 100 has 27. libtorrent's 2 KiB make that 17 and 76: each peer gets so little that pieces
 * become whole late, a swarm of equals takes 5 % longer, and free riders find slots that nobody earned.
 */
export const UNCHOKE_RATE_FIRST = 1_024;
export const UNCHOKE_RATE_STEP = 16_384;

/** Peers served at least although none of them sends us anything: otherwise the uplink would idle. */
export const SERVED_LEAST = 2;

/** Milliseconds that an optimistic unchoke lasts: a round. mainline: 30 s, for which others starve. */
export const OPTIMISTIC_INTERVAL = 10_000;

/** How much likelier a newcomer is to be unchoked optimistically. mainline: 3. */
export const NEWCOMER_WEIGHT = 3;

/** Milliseconds since connecting for which a peer is a newcomer: two turns. mainline: one minute, two of its turns. */
export const NEWCOMER_AGE = 20_000;

/** How much likelier one is that gave us more than it got: a slow one gives too little to be among the best. */
export const CREDITOR_WEIGHT = 6;

/** Share of the time below which an uplink is so idle that one more peer is served, above which so busy that one less
 * is; and milliseconds that are looked at, and that one more has to begin. Chosen by simulation of mixed uplinks. */
export const SPARE_SHARE = 0.6;
export const SPARE_KEPT = 0.9;
export const SPARE_INTERVAL = 1_000;

/** One slot in this many is optimistic. libtorrent: 20 % of the slots. */
export const OPTIMISTIC_SHARE = 5;

/** A seed's peer has had its turn after this many pieces and milliseconds. libtorrent: 20 pieces and 60 s. */
export const SEED_TURN_PIECES = 20;
export const SEED_TURN_TIME = 60_000;

/** Time constants of the rates shown and of those compared, milliseconds. mainline measures over 20 s. */
export const RATE_SHOWN = 3_000;
export const RATE_COMPARED = 10_000;

/**
 * Pieces given to a peer first that may be with nobody else before others are served before it: some are on their way
 * to it or from it to the next. BEP 16 gives no second before the first has been seen elsewhere, which idles.
 */
export const HOARD_PIECES = 12;

/** Bytes suggested to a peer ahead of its getting them, at least: more than a new peer's window asks for. */
export const SUGGEST_BYTES = 196_608;

/** Milliseconds of a peer's rate that are suggested on top: the round trip of news, and some pieces in one go. */
export const SUGGEST_AHEAD = 1_000;

// --- links ---

/** Milliseconds until a link must have brought a handshake. */
export const HANDSHAKE_TIMEOUT = 10_000;

/** Milliseconds that an answerer waits for the other's handshake before it sends its own. */
export const ANSWERER_PATIENCE = 3_000;

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

/** Milliseconds between two ticks beyond which we stood still ourselves, and cannot say who was quiet. */
export const TICK_STALL = 2_000;

/** Attempts to connect that failed in a row before a person is told that it is their networks. */
export const FAILURES_SHOWN = 2;

/** Milliseconds after a link broke for which a person is told that it is being replaced: two browsers' time-outs. */
export const RECONNECTING_SHOWN = 60_000;

/** Share of a node's connections that is for torrents which download, however many seeds there are beside them. */
export const DOWNLOADS_SHARE = 0.5;

/** Links below which a downloading torrent asks its trackers for more peers. aria2 and mainline: about 20 to 40. */
export const LINKS_WANTED = 20;

/** Banned peer ids remembered per torrent, and those of ended links, in case one is to be banned yet. */
export const BAN_MEMORY = 1_000;

/** Pieces remembered of what a peer says before it can be understood or used: haves, allowed fast, suggestions. */
export const EARLY_HAVES = 4_096;

// --- metadata and hashes ---

/** Requests for parts of the info dictionary under way at one peer. */
export const METADATA_WINDOW = 8;

/** Milliseconds without a part after which the next peer is asked. */
export const METADATA_TIMEOUT = 5_000;

/** Milliseconds before a hash request is repeated elsewhere. design: at least 3 s. */
export const HASH_REQUEST_TIMEOUT = 5_000;

/** Hash requests under way at one peer. */
export const HASH_WINDOW = 4;

/** Messages without a meaning in one input at most: clients send a keep-alive in two minutes, and one port. BEP 3. */
export const IDLE_MESSAGES = 64;

/**
 * Pieces that a peer may lose again, at once and a second, beyond each of them once. Each may cause a search of all
 * pieces, some milliseconds where there are many.
 */
export const LOST_AGAIN_BURST = 64;
export const LOST_AGAIN_PER_SECOND = 1;

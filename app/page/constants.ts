/** The tuned numbers of the window's side, each with unit, reason and source. */

/** Most live connections. Chromium allows 500 in a process, those included that are closed and not yet collected. */
export const MAX_CONNECTIONS = 100;

/**
 * How many connections the engine may ask for on each kind of device: of all torrents together, and links of one
 * torrent. 50 links are libtorrent's number. The radios and the memory of phones bear fewer (design).
 */
export const CONNECTION_LIMITS = {
  desktop: { node: MAX_CONNECTIONS, torrent: 50 },
  phone: { node: 40, torrent: 20 },
} as const;

/** GiB of memory up to which a device that is pointed at with a finger counts as a phone. Browsers tell 8 at most. */
export const PHONE_MEMORY = 4;

/**
 * Milliseconds after the latest candidate before a description is handed out. Most networks are done by then, while a
 * STUN server that does not answer would hold gathering up for seconds.
 */
export const GATHERING_QUIET = 500;

/**
 * Milliseconds that replace GATHERING_QUIET after a candidate of the kind that comes last: other network interfaces
 * bring theirs at the same time.
 */
export const GATHERING_ENOUGH = 50;

/**
 * Milliseconds that a candidate waits for others, to be told together: those that take one round trip come together.
 */
export const CANDIDATE_PATIENCE = 30;

/** Candidates in one signal, and characters of one; browsers find about 10 of 100 characters. */
export const MAX_SIGNAL_CANDIDATES = 30;
export const MAX_CANDIDATE_LENGTH = 500;

/** Most signals kept for a connection that is being made: they come from a stranger. */
export const MAX_EARLY_SIGNALS = 8;

/** Most milliseconds of gathering. Other WebTorrent clients wait as long. */
export const GATHERING_LIMIT = 5_000;

/**
 * Milliseconds to make a description, and again to connect once both descriptions are known. A connection through
 * TURN over TCP on a slow line takes about 10 s.
 */
export const CONNECT_TIMEOUT = 20_000;

/**
 * Milliseconds that a connection may stay disconnected when its other end cannot be told of another path. Browsers
 * take 5 to 6 s to notice, so that a dead one is replaced within 10 s.
 */
export const DISCONNECTED_LIMIT = 4_000;

/** Milliseconds before another path is asked for again: the signals before may have been lost. */
export const RESTART_RETRY = 1_000;

/**
 * The SCTP stream of the bulk channel between Shoal peers: above all streams that simple-peer's own channel can take.
 */
export const BULK_CHANNEL_ID = 64;

/** Most bytes of a relayed message: a block and its header, which every client accepts. */
export const RELAY_MESSAGE_LENGTH = 16_384 + 13;

/**
 * Most bytes of a message from another client: a bitfield of as many pieces as a torrent may have (2 Mi), with its
 * header. Firefox lets a message have a gigabyte.
 */
export const RELAY_RECEIVED_LENGTH = 262_144 + 5;

/** Bytes queued on a relayed channel below which the worker is told that it drained. */
export const RELAY_LOW_WATER = 65_536;

/**
 * Milliseconds from one look at a route to the next, after something that may have changed the route. ICE checks
 * better paths for some seconds. And a relay that is first known by a packet from it is called a relay only later.
 */
export const ROUTE_LOOKS = [1_000, 1_000, 2_000, 4_000, 8_000];

/**
 * Milliseconds for /api/ice to answer. Peers on the same network connect without it, so an offer does not wait
 * longer.
 */
export const ICE_SERVERS_TIMEOUT = 3_000;

/** Milliseconds before ICE servers are asked for again after a failure. */
export const ICE_SERVERS_RETRY = 30_000;

/** Milliseconds that ICE servers are used: well below the lifetime of TURN credentials. */
export const ICE_SERVERS_LIFETIME = 30 * 60_000;

/** Milliseconds for the service worker to begin a save, before the page falls back to a Blob. */
export const SAVE_START_TIMEOUT = 5_000;

/** Files that are asked for with one message when all of them are saved: what many of them take the page is then short. */
export const FILES_PER_QUESTION = 500;

/** Milliseconds between two signs of life to a service worker that streams: Firefox stops an idle one after 30 s. */
export const KEEP_ALIVE_INTERVAL = 5_000;

/**
 * Milliseconds that a download's frame or Blob address stays. Browsers take a small download over after its last byte
 * was read, and drop it if its frame is gone by then.
 */
export const DOWNLOAD_GRACE = 60_000;

/** Milliseconds from one look for other tabs to the next: a person takes longer from opening one to closing one. */
export const OTHER_TABS_INTERVAL = 1_000;

/** Removed shares whose addresses are still known: more than the entries of one tab's history (50 in Firefox). */
export const MAX_REMOVED_SHARES = 100;

/** Lost shares that are named, each with its link: some screens. */
export const MAX_LOST_SHARES = 50;

/**
 * Milliseconds that an intake works before the page has its turn: of 50 ms, where people begin to feel a page stall, the
 * rest is for the step that is under way, and for drawing.
 */
export const SLICE = 12;

/**
 * Files that are opened at once. Chromium opens 10,000 by their handles in 2 to 3 s, with 8 or 32 at once. By entries it
 * blocks for about 1 ms a file, so all that wait at the same time make one task.
 */
export const FILES_AT_ONCE = 8;

/** Folders that are listed at once. A listing waits for the disk, so a folder of many small ones would take long. */
export const FOLDERS_AT_ONCE = 8;

/** Names between two looks at the clock: about half a millisecond of work. */
export const NAMES_AT_ONCE = 256;

/** Components of one path, as the engine's (engine/content/constants.ts; a test compares them). */
export const MAX_PATH_DEPTH = 90;

/** Characters in the name of a note. In most scripts it is below the 255 bytes that file systems take. */
export const MAX_NOTE_NAME = 60;

/**
 * Files in one message to the worker. With their handles, posting 50 takes 5 ms and receiving them up to 15 ms: tasks that
 * leave the page and the worker free for others. Fewer cost as much in all, and more messages.
 */
export const FILES_PER_BATCH = 50;

/** Paths in one message to the worker: a millisecond's work. */
export const PATHS_PER_BATCH = 1_000;

// --- the leader ---

/**
 * Milliseconds between two beats of the heartbeat. Every second one costs a message to the leading tab and one back,
 * however many tabs there are.
 */
export const HEARTBEAT_INTERVAL = 2_000;

/**
 * Milliseconds for which a tab that leads holds its own end up while something is downloaded, so that its worker writes
 * what has come. Nobody sees a page at its end, and a reload takes as much longer. Of 10 MB/s, 2.4 MB had to be sent
 * again after a closed tab without it, and 0.9 MB with it (Chromium, on a busy computer).
 */
export const LAST_WRITES = 150;

/**
 * Beats that the leader may miss before its own tab starts another worker. Whatever the worker does at length pauses
 * after some milliseconds, so only a computer that is very busy lets as many pass.
 */
export const MISSED_OWN_BEATS = 3;

/** The same before another tab takes its place: twice as many, as its own tab needs some to start another worker. */
export const MISSED_BEATS = 6;

/** The same while the worker of the tab that leads has not said yet that it is there: its code comes over the network. */
export const MISSED_STARTING_BEATS = 30;

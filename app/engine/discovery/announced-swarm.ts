/**
 * An announced swarm is one info-hash at one tracker: what the tracker was told, what it answered, and when it is told
 * again. A torrent with a v1 and a v2 info-hash and three trackers has six announced swarms.
 *
 * A swarm is due at the earliest of three times:
 *
 * | time | is |
 * | --- | --- |
 * | `nextAt` | when the socket opens; then an interval after each announce or reply; sooner after a refusal |
 * | `starvedAt` | after a reply, if links are wanted and there are other peers: at once, then after 3 s, 6 s, 12 s … |
 * | `redialAt` | soon after a peer was not reached, or was lost (redials.ts) |
 *
 * "At once" is for links that were not wanted when the announce was made, as nobody was known. Example: a seed comes to
 * a swarm. It announces without offers, and hears that a leecher is there, which cannot know of the seed before its own
 * next announce. The seed announces again, with offers.
 *
 * A tracker may refuse an announce, or leave it unanswered while it answers others. Then the announce is made again
 * after 3 s, 6 s, 12 s …, up to an interval. A refusal may pass soon, as when the tracker still takes an old socket of
 * ours for alive. So a person is told of the second one in a row.
 *
 * tracker-client.ts makes the announces.
 */
import {
  ANNOUNCE_INTERVAL,
  ANNOUNCE_INTERVAL_MAX,
  ANNOUNCE_INTERVAL_MIN,
  REFUSALS_SHOWN,
  STARVED_ANNOUNCE,
  TRACKER_PATIENCE,
} from "./constants.ts";
import type { Introducer } from "./introducer.ts";
import type { Introductions } from "./introductions.ts";
import type { BinaryString } from "./tracker-messages.ts";

/** The peers of a swarm besides us, as a tracker counted them last. */
export interface Others {
  /** Seeds and leechers together. */
  readonly all: number;
  readonly leechers: number;
}

/** How much people need a torrent to be announced: the less the number, the sooner its turn. */
export const Urgency = {
  /** Something is fetched. */
  downloading: 0,
  /** A peer is linked or being connected, or was a short time ago. */
  active: 1,
  idle: 2,
} as const;
export type Urgency = (typeof Urgency)[keyof typeof Urgency];

/** A torrent as a tracker sees it. */
export interface AnnouncedTorrent {
  readonly introductions: Introductions;
  /** Bytes. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Bytes still missing; 0 for a seed. */
  readonly left: number;
  readonly urgency: Urgency;
  /** When a link to a peer ended last, or was not made, in milliseconds of the host's clock; -Infinity for never. */
  readonly askedForAt: number;
  /**
   * Whether the torrent wants more links, if these are the other peers that the tracker knows; null: it has not told.
   * Connections being made count as links.
   */
  wantsLinks(others: Others | null): boolean;
  /** The same, but connections being made do not count, because they may fail. */
  lacksLinks(others: Others): boolean;
  /** The tracker knows more peers than before. */
  handleNewcomers(): void;
  /** A signal came from the other end of one of the torrent's connections. */
  handleRemoteSignal(
    introducer: Introducer,
    remote: { peerId: BinaryString; offerId: BinaryString; signal: string },
  ): void;
}

/** A tracker's words of a swarm in its reply; null where it does not say. */
export interface SwarmReply {
  /** Seconds. */
  readonly interval: number | null;
  readonly complete: number | null;
  readonly incomplete: number | null;
}

export class AnnouncedSwarm {
  readonly torrent: AnnouncedTorrent;
  readonly infoHash: BinaryString;
  /** Whether `started` was announced on this socket. */
  #started: boolean;
  /** Whether `completed` was announced, or the torrent was complete when added. */
  #completed: boolean;
  /** Whether links were wanted at the latest announce. */
  #wanted: boolean;
  /** Milliseconds of the host's clock, as are the next three. Infinity for never. */
  #nextAt: number;
  #starvedAt: number;
  #redialAt: number;
  /** When the latest announce was made, if it is unanswered; else Infinity. */
  #askedAt: number;
  /** Whether the tracker left an announce unanswered, and answered none since. */
  #ignored: boolean;
  /** Milliseconds between announces, as the tracker said. */
  #interval: number;
  /** Milliseconds until the next announce of a starved or refused swarm. It doubles each time. */
  #delay: number;
  #seeds: number | null;
  #leechers: number | null;
  /** A link ended or was not made since the latest reply, so that its leecher may have left. */
  #isLeecherGone: boolean;
  #failure: string | null;
  /** Refusals in a row. */
  #refusals: number;

  /** It is due at once. */
  constructor(infoHash: BinaryString, torrent: AnnouncedTorrent) {
    this.torrent = torrent;
    this.infoHash = infoHash;
    this.#started = false;
    this.#completed = torrent.left === 0;
    this.#wanted = false;
    this.#nextAt = 0;
    this.#starvedAt = Infinity;
    this.#redialAt = Infinity;
    this.#askedAt = Infinity;
    this.#ignored = false;
    this.#interval = ANNOUNCE_INTERVAL * 1000;
    this.#delay = STARVED_ANNOUNCE;
    this.#seeds = null;
    this.#leechers = null;
    this.#isLeecherGone = false;
    this.#failure = null;
    this.#refusals = 0;
  }

  get started(): boolean {
    return this.#started;
  }

  /** Seeds and leechers as the tracker counted them last, ourselves included; null before the first reply. */
  get seeds(): number | null {
    return this.#seeds;
  }

  get leechers(): number | null {
    return this.#leechers;
  }

  /** Why the tracker refused or warned last, in its words; null after a reply. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Whether the tracker refuses the swarm, and that not in passing. */
  get isRefused(): boolean {
    return this.#refusals >= REFUSALS_SHOWN;
  }

  /** Whether an announce is unanswered. */
  get isAsked(): boolean {
    return this.#askedAt !== Infinity;
  }

  /** Whether the tracker seems to ignore the swarm, so that its silence says nothing of the socket. */
  get isIgnored(): boolean {
    return this.#ignored;
  }

  /** The peers besides us, as the tracker said last; null before the first reply. */
  get #others(): Others | null {
    if (this.#seeds === null) return null;
    const leechers = this.#leechers ?? 0;
    const ownPart = this.torrent.left === 0 ? 0 : 1;
    const others = this.#isLeecherGone ? 0 : Math.max(0, leechers - ownPart);
    return { all: Math.max(0, this.#seeds + leechers - 1), leechers: others };
  }

  /** Whether an announce should bring offers. */
  get wantsLinks(): boolean {
    return this.torrent.wantsLinks(this.#others);
  }

  /** A peer that waits makes an idle torrent an active one. */
  get urgency(): Urgency {
    const { urgency } = this.torrent;
    const isAwaited = Math.min(this.#starvedAt, this.#redialAt) !== Infinity;
    return urgency === Urgency.idle && isAwaited ? Urgency.active : urgency;
  }

  /** When it is due. */
  get dueAt(): number {
    return Math.min(this.#nextAt, this.#starvedAt, this.#redialAt);
  }

  /** Whether it is to be announced now. */
  isDue(now: number): boolean {
    // A further offer would begin the meeting with a peer anew that is being met by now.
    if (now >= this.#starvedAt && !this.wantsLinks) this.#starvedAt = Infinity;
    if (now - this.#askedAt >= TRACKER_PATIENCE) {
      this.#askedAt = Infinity;
      this.#ignored = true;
      this.#tryAgain(now);
    }
    return now >= this.dueAt;
  }

  /** Whether `completed` is to be announced: once, and only after `started`. The announce is made. */
  takeCompleted(): boolean {
    if (this.#completed || !this.#started || this.torrent.left > 0) return false;
    this.#completed = true;
    return true;
  }

  /**
   * It is announced once more at time `at`, however many links there are by then. A seed brings no offers: a leecher that
   * is still there is in the reply.
   */
  redial(at: number): void {
    this.#redialAt = at;
    this.#isLeecherGone = true;
  }

  /** The socket is open: nothing was announced on it. */
  handleOpened(): void {
    this.#started = false;
    this.#nextAt = 0;
    this.#redialAt = Infinity;
    this.#askedAt = Infinity;
    this.#ignored = false;
    this.#delay = STARVED_ANNOUNCE;
  }

  /** An announce is made. `wanted`: links were wanted before. */
  handleAnnounced(now: number, wanted: boolean): void {
    this.#started = true;
    this.#wanted = wanted;
    this.#askedAt = now;
    this.#nextAt = now + this.#interval;
    this.#starvedAt = Infinity;
    if (now >= this.#redialAt) this.#redialAt = Infinity;
  }

  handleReply({ interval, complete, incomplete }: SwarmReply, now: number): void {
    const seconds = Math.min(
      ANNOUNCE_INTERVAL_MAX,
      Math.max(ANNOUNCE_INTERVAL_MIN, interval ?? ANNOUNCE_INTERVAL),
    );
    const before = this.#others?.all ?? 0;
    this.#askedAt = Infinity;
    this.#ignored = false;
    this.#interval = seconds * 1000;
    this.#seeds = complete;
    this.#leechers = incomplete;
    this.#isLeecherGone = false;
    this.#failure = null;
    this.#refusals = 0;
    const others = this.#others ?? { all: 0, leechers: 0 };
    if (others.all > before) this.torrent.handleNewcomers();
    if (others.all > before || !this.torrent.lacksLinks(others)) this.#delay = STARVED_ANNOUNCE;
    this.#nextAt = now + this.#interval;
    this.#starvedAt = Infinity;
    if (others.all > 0 && this.torrent.wantsLinks(others))
      this.#starvedAt = this.#wanted ? this.#soon(now) : now;
  }

  /** The tracker has a message for people. It is no refusal. */
  handleWarning(reason: string): void {
    this.#failure = reason;
  }

  handleRefused(reason: string, now: number): void {
    this.#askedAt = Infinity;
    this.#ignored = false;
    this.#failure = reason;
    this.#refusals++;
    this.#tryAgain(now);
  }

  #tryAgain(now: number): void {
    this.#nextAt = Math.min(this.#nextAt, this.#soon(now));
  }

  /** When to announce again. The delay is twice as long the next time. */
  #soon(now: number): number {
    const delay = this.#delay;
    this.#delay = Math.min(this.#interval, delay * 2);
    return now + delay;
  }
}

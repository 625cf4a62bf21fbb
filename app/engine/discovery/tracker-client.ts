/**
 * One tracker, over its one WebSocket: announces every swarm that uses it at the right times, hands offers and
 * answers to the swarm they are for, and comes back with growing delays when the tracker cannot be reached.
 */
import {
  ANNOUNCE_INTERVAL,
  ANNOUNCE_INTERVAL_MAX,
  ANNOUNCE_INTERVAL_MIN,
  STARVED_ANNOUNCE,
  TRACKER_RETRY_FIRST,
  TRACKER_RETRY_MAX,
} from "../constants.ts";
import type { Host } from "../host.ts";
import type { TrackerSnapshot } from "../snapshot.ts";
import type { Introductions } from "./introductions.ts";
import {
  type AnnounceEvent,
  type AnnounceRequest,
  type BinaryString,
  decodeTrackerMessage,
} from "./tracker-messages.ts";

/** A torrent as a tracker sees it. */
export interface AnnouncedTorrent {
  readonly introductions: Introductions;
  /** Bytes. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Bytes still missing; 0 for a seed. */
  readonly left: number;
  /** More links would help, if the tracker knows `others` besides us. */
  wantsLinks(others: number): boolean;
}

/** One info-hash of one torrent at this tracker. */
interface Swarm {
  readonly torrent: AnnouncedTorrent;
  readonly infoHash: BinaryString;
  started: boolean;
  completed: boolean;
  /** Milliseconds of the host's clock. */
  nextAt: number;
  interval: number;
  /** Milliseconds until the next announce while peers are lacking; doubles. */
  starvedDelay: number;
  seeds: number | null;
  leechers: number | null;
  failure: string | null;
}

export class TrackerClient {
  readonly url: string;
  readonly #host: Host;
  readonly #ownId: BinaryString;
  readonly #swarms: Map<BinaryString, Swarm>;
  #state: "closed" | "connecting" | "open";
  #failures: number;
  #retryAt: number;

  constructor(host: Host, url: string, ownId: BinaryString) {
    this.url = url;
    this.#host = host;
    this.#ownId = ownId;
    this.#swarms = new Map();
    this.#state = "closed";
    this.#failures = 0;
    this.#retryAt = 0;
  }

  get isUsed(): boolean {
    return this.#swarms.size > 0;
  }

  /** Announces an info-hash from now on. */
  add(infoHash: BinaryString, torrent: AnnouncedTorrent): void {
    if (this.#swarms.has(infoHash)) return;
    this.#swarms.set(infoHash, {
      torrent,
      infoHash,
      started: false,
      completed: torrent.left === 0,
      nextAt: 0,
      interval: ANNOUNCE_INTERVAL * 1000,
      starvedDelay: STARVED_ANNOUNCE,
      seeds: null,
      leechers: null,
      failure: null,
    });
  }

  /** Says goodbye for a torrent. The socket closes when nothing uses it any more. */
  remove(torrent: AnnouncedTorrent): void {
    for (const swarm of [...this.#swarms.values()]) {
      if (swarm.torrent !== torrent) continue;
      if (this.#state === "open" && swarm.started) this.#announce(swarm, "stopped");
      this.#swarms.delete(swarm.infoHash);
    }
    if (this.#swarms.size > 0) return;
    if (this.#state !== "closed") this.#host.closeTracker(this.url);
    this.#state = "closed";
  }

  /** Announces a torrent soon: it lost a peer, or wants more. */
  hurry(torrent: AnnouncedTorrent): void {
    const soon = this.#host.now() + STARVED_ANNOUNCE;
    for (const swarm of this.#swarms.values()) {
      if (swarm.torrent === torrent && swarm.nextAt > soon) swarm.nextAt = soon;
    }
  }

  sendAnswer(answer: {
    infoHash: BinaryString;
    peerId: BinaryString;
    offerId: BinaryString;
    sdp: string;
  }): void {
    if (this.#state !== "open") return;
    this.#send({
      action: "announce",
      info_hash: answer.infoHash,
      peer_id: this.#ownId,
      to_peer_id: answer.peerId,
      offer_id: answer.offerId,
      answer: { type: "answer", sdp: answer.sdp },
    });
  }

  handleOpened(): void {
    this.#state = "open";
    this.#failures = 0;
    for (const swarm of this.#swarms.values()) {
      swarm.started = false;
      swarm.nextAt = 0;
      swarm.starvedDelay = STARVED_ANNOUNCE;
    }
    this.#host.log("info", "tracker", "connected", { url: this.url });
    this.handleTick(this.#host.now());
  }

  handleClosed(): void {
    this.#state = "closed";
    const longest = Math.min(TRACKER_RETRY_MAX, TRACKER_RETRY_FIRST * 2 ** this.#failures);
    this.#failures++;
    // Full jitter keeps clients of a restarted server from coming back all at once.
    this.#retryAt = this.#host.now() + Math.max(TRACKER_RETRY_FIRST / 2, longest * this.#host.random());
    this.#host.log("warn", "tracker", "not reachable", { url: this.url, failures: this.#failures });
  }

  handleMessage(text: string): void {
    const message = decodeTrackerMessage(text);
    if (message === null) return;
    const swarm = message.infoHash === null ? undefined : this.#swarms.get(message.infoHash);
    switch (message.kind) {
      case "failure":
      case "warning":
        this.#host.log("warn", "tracker", message.reason, { url: this.url });
        for (const each of swarm === undefined ? this.#swarms.values() : [swarm])
          each.failure = message.reason;
        return;
      case "announce":
        if (swarm !== undefined) this.#handleReply(swarm, message);
        return;
      case "offer":
        swarm?.torrent.introductions.handleRemoteOffer(this.url, message);
        return;
      case "answer":
        swarm?.torrent.introductions.handleRemoteAnswer(message);
    }
  }

  #handleReply(
    swarm: Swarm,
    reply: { interval: number | null; complete: number | null; incomplete: number | null },
  ): void {
    const now = this.#host.now();
    const seconds = Math.min(
      ANNOUNCE_INTERVAL_MAX,
      Math.max(ANNOUNCE_INTERVAL_MIN, reply.interval ?? ANNOUNCE_INTERVAL),
    );
    swarm.interval = seconds * 1000;
    swarm.seeds = reply.complete;
    swarm.leechers = reply.incomplete;
    swarm.failure = null;
    const others = (swarm.seeds ?? 0) + (swarm.leechers ?? 0) - 1;
    if (others > 0 && swarm.torrent.wantsLinks(others)) {
      swarm.nextAt = now + swarm.starvedDelay;
      swarm.starvedDelay = Math.min(swarm.interval, swarm.starvedDelay * 2);
    } else {
      swarm.nextAt = now + swarm.interval;
      swarm.starvedDelay = STARVED_ANNOUNCE;
    }
  }

  handleTick(now: number): void {
    if (this.#state === "closed" && this.isUsed && now >= this.#retryAt) {
      this.#state = "connecting";
      this.#host.openTracker(this.url);
    }
    if (this.#state !== "open") return;
    for (const swarm of this.#swarms.values()) {
      if (!swarm.completed && swarm.torrent.left === 0 && swarm.started) {
        swarm.completed = true;
        this.#announce(swarm, "completed");
      } else if (now >= swarm.nextAt) {
        this.#announceWithOffers(swarm, now);
      }
    }
  }

  #announceWithOffers(swarm: Swarm, now: number): void {
    const { introductions } = swarm.torrent;
    const others = (swarm.seeds ?? 0) + (swarm.leechers ?? 0) - 1;
    const wants = swarm.seeds === null ? swarm.torrent.left > 0 : swarm.torrent.wantsLinks(others);
    if (wants) introductions.prepare();
    if (!introductions.isReady(now)) return;
    swarm.nextAt = now + swarm.interval;
    this.#announce(swarm, swarm.started ? null : "started");
    swarm.started = true;
  }

  #announce(swarm: Swarm, event: AnnounceEvent | null): void {
    const { torrent } = swarm;
    const final = event === "stopped" || event === "completed";
    const offers = final ? [] : torrent.introductions.offers();
    const request: AnnounceRequest = {
      action: "announce",
      info_hash: swarm.infoHash,
      peer_id: this.#ownId,
      uploaded: torrent.uploaded,
      downloaded: torrent.downloaded,
      left: torrent.left,
      ...(event === null ? {} : { event }),
      ...(final ? {} : { numwant: offers.length, offers }),
    };
    this.#send(request);
  }

  #send(message: object): void {
    this.#host.sendTracker(this.url, JSON.stringify(message));
  }

  /** How the tracker stands for one torrent. */
  snapshot(torrent: AnnouncedTorrent, now: number): TrackerSnapshot {
    const swarms = [...this.#swarms.values()].filter((swarm) => swarm.torrent === torrent);
    // From the first failure until it answers again, the attempts in between included.
    const waiting = this.#failures > 0 && swarms.length > 0;
    const most = (count: (swarm: Swarm) => number | null) =>
      swarms.reduce<number | null>((top, swarm) => {
        const value = count(swarm);
        return value === null ? top : Math.max(top ?? 0, value);
      }, null);
    return {
      url: this.url,
      state:
        swarms.length === 0
          ? "stopped"
          : this.#state === "open"
            ? "working"
            : waiting
              ? "waiting"
              : "connecting",
      seeds: most((swarm) => swarm.seeds),
      leechers: most((swarm) => swarm.leechers),
      retryIn: waiting ? Math.max(0, Math.ceil((this.#retryAt - now) / 1000)) : null,
      failure: swarms.find((swarm) => swarm.failure !== null)?.failure ?? null,
    };
  }
}

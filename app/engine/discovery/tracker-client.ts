/**
 * One tracker, over its one WebSocket: announces every swarm that uses it at the right times, hands offers and
 * answers to the swarm they are for, and comes back with growing delays when the tracker cannot be reached.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeUtf8 } from "../content/utf8.ts";
import type { Host } from "../host.ts";
import type { TrackerSnapshot } from "../snapshot.ts";
import { type AnnouncedTorrent, newSwarm, othersIn, type Swarm } from "./announced-swarm.ts";
import { backoff } from "./backoff.ts";
import {
  ANNOUNCE_INTERVAL,
  ANNOUNCE_INTERVAL_MAX,
  ANNOUNCE_INTERVAL_MIN,
  STARVED_ANNOUNCE,
  TRACKER_PATIENCE,
  TRACKER_RETRY_FIRST,
  TRACKER_RETRY_MAX,
} from "./constants.ts";
import {
  type AnnounceEvent,
  type AnnounceRequest,
  type BinaryString,
  bytesToBinaryString,
  decodeTrackerMessage,
  ID_LENGTH,
  type SignalRequest,
} from "./tracker-messages.ts";

export class TrackerClient {
  readonly url: string;
  /** Its host and port, for the log: the rest of an address may hold a key. */
  readonly #name: string;
  readonly #host: Host;
  readonly #ownId: BinaryString;
  /** Proves to this tracker that we are the same on another socket. */
  readonly #key: BinaryString;
  readonly #swarms: Map<BinaryString, Swarm>;
  #state: "closed" | "connecting" | "open";
  #failures: number;
  #retryAt: number;
  #passesSignals: boolean;
  /** Since when it owes a word; null while it does not. */
  #askedAt: number | null;

  /** `secret`: of this node; each tracker gets a key that tells the others' nothing. */
  constructor(host: Host, url: string, ownId: BinaryString, secret: Uint8Array) {
    this.url = url;
    this.#name = /^\w+:\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(url)?.[1] ?? "";
    this.#host = host;
    this.#ownId = ownId;
    this.#key = bytesToBinaryString(hmac(sha256, secret, encodeUtf8(url)).subarray(0, ID_LENGTH));
    this.#swarms = new Map();
    this.#state = "closed";
    this.#failures = 0;
    this.#retryAt = 0;
    this.#passesSignals = false;
    this.#askedAt = null;
  }

  get isUsed(): boolean {
    return this.#swarms.size > 0;
  }

  /** Announces an info-hash from now on. */
  add(infoHash: BinaryString, torrent: AnnouncedTorrent): void {
    if (this.#swarms.has(infoHash)) return;
    this.#swarms.set(infoHash, newSwarm(infoHash, torrent));
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

  /** Announces a torrent once more at that time, whoever is linked by then. */
  redial(torrent: AnnouncedTorrent, at: number): void {
    for (const swarm of this.#swarms.values()) if (swarm.torrent === torrent) swarm.redialAt = at;
  }

  /** False when it cannot be reached now. */
  sendAnswer(answer: {
    infoHash: BinaryString;
    peerId: BinaryString;
    offerId: BinaryString;
    sdp: string;
  }): boolean {
    if (this.#state !== "open") return false;
    this.#send({
      action: "announce",
      info_hash: answer.infoHash,
      peer_id: this.#ownId,
      to_peer_id: answer.peerId,
      offer_id: answer.offerId,
      answer: { type: "answer", sdp: answer.sdp },
    });
    return true;
  }

  /** Whether it passes signals on: only Shoal's own does, and no other is ever sent one. */
  get passesSignals(): boolean {
    return this.#passesSignals;
  }

  /** Tells the other end of an answered offer something, if the tracker can be reached. */
  sendSignal(to: {
    infoHash: BinaryString;
    peerId: BinaryString;
    offerId: BinaryString;
    signal: string;
  }): void {
    if (this.#state !== "open" || !this.#passesSignals) return;
    const request: SignalRequest = {
      action: "signal",
      info_hash: to.infoHash,
      peer_id: this.#ownId,
      to_peer_id: to.peerId,
      offer_id: to.offerId,
      signal: to.signal,
    };
    this.#send(request);
  }

  handleOpened(): void {
    this.#state = "open";
    this.#failures = 0;
    this.#askedAt = null;
    for (const swarm of this.#swarms.values()) {
      swarm.started = false;
      swarm.nextAt = 0;
      swarm.redialAt = Infinity;
      swarm.starvedDelay = STARVED_ANNOUNCE;
    }
    this.#host.log("tracker-connected", { tracker: this.#name });
    this.handleTick(this.#host.now());
  }

  handleClosed(): void {
    this.#state = "closed";
    this.#retryAt =
      this.#host.now() +
      backoff(this.#host.random(), this.#failures++, TRACKER_RETRY_FIRST, TRACKER_RETRY_MAX);
    this.#host.log("tracker-unreachable", { tracker: this.#name, failures: this.#failures });
  }

  /**
   * The device is on another network. The socket may be dead without saying so: another is opened at once, and takes
   * this one's place. The torrents are to be told before.
   */
  handleNetworkChanged(): void {
    if (!this.isUsed) return;
    if (this.#state !== "closed") this.#host.closeTracker(this.url);
    this.#state = "closed";
    this.#failures = 0;
    this.#retryAt = this.#host.now();
    this.handleTick(this.#host.now());
  }

  handleMessage(text: string): void {
    this.#askedAt = null;
    const message = decodeTrackerMessage(text);
    if (message === null) return;
    const swarm = message.infoHash === null ? undefined : this.#swarms.get(message.infoHash);
    switch (message.kind) {
      case "failure":
      case "warning":
        this.#host.log(message.kind === "failure" ? "tracker-refused" : "tracker-warned", {
          tracker: this.#name,
          reason: message.reason,
        });
        for (const each of swarm === undefined ? this.#swarms.values() : [swarm])
          each.failure = message.reason;
        // What is refused now may not be soon, as when a socket of ours is taken for alive that is not.
        if (message.kind === "failure" && swarm !== undefined)
          swarm.nextAt = Math.min(swarm.nextAt, this.#soon(swarm));
        return;
      case "announce":
        this.#passesSignals = message.signals;
        if (swarm !== undefined) this.#handleReply(swarm, message);
        return;
      case "offer":
        swarm?.torrent.introductions.handleRemoteOffer(this.url, message);
        return;
      case "answer":
        swarm?.torrent.introductions.handleRemoteAnswer(this.url, message);
        return;
      case "signal":
        swarm?.torrent.handleRemoteSignal(this.url, message);
        return;
      case "undelivered":
        this.#host.log("tracker-undelivered", { tracker: this.#name, reason: message.reason });
        if (message.offerId !== null)
          swarm?.torrent.introductions.handleUndelivered(this.url, message.offerId);
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
    const before = othersIn(swarm) ?? 0;
    swarm.interval = seconds * 1000;
    swarm.seeds = reply.complete;
    swarm.leechers = reply.incomplete;
    swarm.failure = null;
    const others = othersIn(swarm) ?? 0;
    if (others > before) swarm.torrent.handleNewcomers();
    if (others > before || !swarm.torrent.lacksLinks(others)) swarm.starvedDelay = STARVED_ANNOUNCE;
    swarm.nextAt = now + swarm.interval;
    swarm.starvedAt = others > 0 && swarm.torrent.wantsLinks(others) ? this.#soon(swarm) : Infinity;
  }

  /** When to ask again, each time later. */
  #soon(swarm: Swarm): number {
    const delay = swarm.starvedDelay;
    swarm.starvedDelay = Math.min(swarm.interval, delay * 2);
    return this.#host.now() + delay;
  }

  handleTick(now: number): void {
    if (this.#state === "closed" && this.isUsed && now >= this.#retryAt) {
      this.#state = "connecting";
      this.#host.openTracker(this.url);
      // Offers are gathered while the socket opens; not again and again while it cannot.
      if (this.#failures === 0) this.#prepareOffers();
    }
    if (this.#state === "open" && this.#askedAt !== null && now - this.#askedAt >= TRACKER_PATIENCE) {
      this.#host.closeTracker(this.url);
      this.handleClosed();
    }
    if (this.#state !== "open") return;
    for (const swarm of this.#swarms.values()) {
      if (!swarm.completed && swarm.torrent.left === 0 && swarm.started) {
        swarm.completed = true;
        this.#announce(swarm, "completed");
      } else if (this.#isDue(swarm, now)) {
        this.#announceWithOffers(swarm, now);
      }
    }
  }

  #isDue(swarm: Swarm, now: number): boolean {
    // To whoever is being met by now, further offers would be a new beginning.
    if (now >= swarm.starvedAt && !this.#wantsLinks(swarm)) swarm.starvedAt = Infinity;
    return now >= Math.min(swarm.nextAt, swarm.starvedAt, swarm.redialAt);
  }

  #prepareOffers(): void {
    for (const swarm of this.#swarms.values())
      if (this.#wantsLinks(swarm)) swarm.torrent.introductions.prepare();
  }

  #wantsLinks(swarm: Swarm): boolean {
    const others = othersIn(swarm);
    return others === null ? swarm.torrent.left > 0 : swarm.torrent.wantsLinks(others);
  }

  #announceWithOffers(swarm: Swarm, now: number): void {
    const { introductions } = swarm.torrent;
    if (this.#wantsLinks(swarm)) introductions.prepare();
    if (!introductions.isReady(now)) return;
    swarm.nextAt = now + swarm.interval;
    swarm.starvedAt = Infinity;
    if (now >= swarm.redialAt) swarm.redialAt = Infinity;
    this.#askedAt ??= now;
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
      key: this.#key,
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

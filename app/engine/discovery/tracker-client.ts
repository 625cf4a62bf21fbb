/**
 * A tracker client talks to one tracker over one WebSocket, for all torrents of a node that use it.
 *
 * | state | begins | what happens | ends |
 * | --- | --- | --- | --- |
 * | closed | at first; when the socket closes or no torrent is left | after failures, a pause | when it is used |
 * | connecting | with `openTracker` | offers are gathered, unless the last attempt failed | when the socket opens |
 * | open | when the socket opens | swarms are announced, messages are taken | when the socket closes |
 *
 * The pause grows with each failure in a row, up to 30 s (backoff.ts). An open socket from which nothing comes for
 * 10 s after an announce is closed (TRACKER_PATIENCE). A swarm (announced-swarm.ts) is announced at the earliest of
 * three times:
 *
 * | time | is |
 * | --- | --- |
 * | `nextAt` | when the socket opens; then an interval after each announce or reply; sooner after a refusal |
 * | `starvedAt` | 3 s after a reply, if links are wanted and there are other peers; then 6 s, 12 s … |
 * | `redialAt` | soon after a peer was not reached, or was lost (redials.ts) |
 *
 * An announce waits up to 2 s for its offers. Two announces have no offers: `completed`, when the last byte is
 * stored, and `stopped`, when the torrent leaves. The offers, answers and signals that come are handed to the torrent
 * that they are for (introductions.ts, signal-paths.ts).
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
import type { Introducer, Introduction } from "./introducer.ts";
import {
  type AnnounceEvent,
  type AnnounceRequest,
  type BinaryString,
  bytesToBinaryString,
  decodeTrackerMessage,
  ID_LENGTH,
  type SignalRequest,
} from "./tracker-messages.ts";
import { trackerHost, withoutAddress } from "./tracker-name.ts";

export class TrackerClient implements Introducer {
  readonly url: string;
  /** Its host and port, for the log. The rest of its URL may hold a key. */
  readonly #name: string;
  readonly #host: Host;
  readonly #ownId: BinaryString;
  /** Proves to this tracker that we are the same peer on another socket. */
  readonly #key: BinaryString;
  readonly #swarms: Map<BinaryString, Swarm>;
  #state: "closed" | "connecting" | "open";
  #failures: number;
  #retryAt: number;
  #passesSignals: boolean;
  /** When the first announce was sent that no message has followed; null when there is none. */
  #askedAt: number | null;

  /** `secret`: the node's. A different key for each tracker is made from it. */
  constructor(host: Host, url: string, ownId: BinaryString, secret: Uint8Array) {
    this.url = url;
    this.#name = trackerHost(url);
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

  /** Announces an info-hash of a torrent from now on. */
  add(infoHash: BinaryString, torrent: AnnouncedTorrent): void {
    if (this.#swarms.has(infoHash)) return;
    this.#swarms.set(infoHash, newSwarm(infoHash, torrent));
  }

  /** Announces `stopped` for a torrent, and forgets it. The socket is closed when no torrent is left. */
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

  /** Announces a torrent once more at time `at`, however many links it has by then. */
  redial(torrent: AnnouncedTorrent, at: number): void {
    for (const swarm of this.#swarms.values()) if (swarm.torrent === torrent) swarm.redialAt = at;
  }

  get id(): string {
    return this.url;
  }

  sendAnswer(answer: Introduction & { readonly sdp: string }): boolean {
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

  get passesSignals(): boolean {
    return this.#passesSignals;
  }

  sendSignal(to: Introduction & { readonly signal: string }): void {
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
   * The device is on another network. Another socket is opened at once, because the present one may be dead without
   * showing it. The torrents must have handled the change before, so that they make new offers.
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
      case "warning": {
        const reason = withoutAddress(message.reason, this.url);
        this.#host.log(message.kind === "failure" ? "tracker-refused" : "tracker-warned", {
          tracker: this.#name,
          reason,
        });
        for (const each of swarm === undefined ? this.#swarms.values() : [swarm]) each.failure = reason;
        // A refusal may pass soon, as when the tracker still takes an old socket of ours for alive.
        if (message.kind === "failure" && swarm !== undefined)
          swarm.nextAt = Math.min(swarm.nextAt, this.#soon(swarm));
        return;
      }
      case "announce":
        this.#passesSignals = message.signals;
        if (swarm !== undefined) this.#handleReply(swarm, message);
        return;
      case "offer":
        swarm?.torrent.introductions.handleRemoteOffer(this, message);
        return;
      case "answer":
        swarm?.torrent.introductions.handleRemoteAnswer(this, message);
        return;
      case "signal":
        swarm?.torrent.handleRemoteSignal(this, message);
        return;
      case "undelivered":
        this.#host.log("tracker-undelivered", {
          tracker: this.#name,
          reason: withoutAddress(message.reason, this.url),
        });
        if (message.offerId !== null) swarm?.torrent.introductions.handleUndelivered(this, message.offerId);
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

  /** When to announce again. The delay is twice as long the next time. */
  #soon(swarm: Swarm): number {
    const delay = swarm.starvedDelay;
    swarm.starvedDelay = Math.min(swarm.interval, delay * 2);
    return this.#host.now() + delay;
  }

  handleTick(now: number): void {
    if (this.#state === "closed" && this.isUsed && now >= this.#retryAt) {
      this.#state = "connecting";
      this.#host.openTracker(this.url);
      // Offers are gathered while the socket opens. While attempts fail, they would be gathered again and again.
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
    // A further offer would begin the meeting with a peer anew that is being met by now.
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

  /** The tracker, as it stands for one torrent. */
  snapshot(torrent: AnnouncedTorrent, now: number): TrackerSnapshot {
    const swarms = [...this.#swarms.values()].filter((swarm) => swarm.torrent === torrent);
    // From the first failure until the socket opens, so also during the attempts in between.
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

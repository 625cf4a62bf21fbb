/**
 * A tracker client talks to one tracker over one WebSocket, for all torrents of a node that use it.
 *
 * | state | begins | what happens | ends |
 * | --- | --- | --- | --- |
 * | closed | at first; when the socket closes or no torrent is left | after failures, a pause | when it is used |
 * | connecting | with `openTracker` | offers are gathered, unless the last attempt failed | when the socket opens |
 * | open | when the socket opens | swarms are announced, messages are taken | when the socket closes |
 *
 * The pause grows with each failure in a row, up to 30 s, or 3 s for the page's own server unless that is busy
 * (backoff.ts). An open socket from which nothing comes for 10 s after an announce is closed (TRACKER_PATIENCE).
 *
 * Each swarm says when it is due (announced-swarm.ts). The pace says how many announces may be made (announce-pace.ts).
 * Of the swarms that are due, those come first whose torrents download, then those whose torrents have or had peers a
 * short time ago, then the others. Among equals, the one that is due for longest comes first, and then the torrent that
 * was added last.
 *
 * An announce waits up to 2 s for its offers. Offers are made only if links are wanted. A seed wants one only while
 * there are leechers and it has none, so an idle seed has no offers: a leecher brings its own. `completed`, when the
 * last byte is stored, and `stopped`, when the torrent leaves, have no offers either. The offers, answers and signals
 * that come are handed to the torrent that they are for (introductions.ts, signal-paths.ts).
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { encodeUtf8 } from "../content/utf8.ts";
import type { Host } from "../host.ts";
import type { TrackerSnapshot } from "../snapshot.ts";
import { AnnouncePace } from "./announce-pace.ts";
import { AnnouncedSwarm, type AnnouncedTorrent } from "./announced-swarm.ts";
import { backoff } from "./backoff.ts";
import { TRACKER_PATIENCE, TRACKER_RETRY_FIRST, TRACKER_RETRY_MAX } from "./constants.ts";
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
  /** Milliseconds. */
  readonly #longestPause: number;
  readonly #swarms: Map<BinaryString, AnnouncedSwarm>;
  /** Those of each torrent. */
  readonly #byTorrent: Map<AnnouncedTorrent, AnnouncedSwarm[]>;
  readonly #pace: AnnouncePace;
  #state: "closed" | "connecting" | "open";
  #failures: number;
  #retryAt: number;
  #passesSignals: boolean;
  /** When the first announce was sent that no message has followed; null when there is none. */
  #askedAt: number | null;

  /**
   * `secret`: the node's. A different key for each tracker is made from it. `longestPause`: milliseconds between two
   * attempts to reach the tracker, at most.
   */
  constructor(
    host: Host,
    url: string,
    ownId: BinaryString,
    secret: Uint8Array,
    longestPause = TRACKER_RETRY_MAX,
  ) {
    this.url = url;
    this.#name = trackerHost(url);
    this.#host = host;
    this.#ownId = ownId;
    this.#key = bytesToBinaryString(hmac(sha256, secret, encodeUtf8(url)).subarray(0, ID_LENGTH));
    this.#longestPause = longestPause;
    this.#swarms = new Map();
    this.#byTorrent = new Map();
    this.#pace = new AnnouncePace();
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
    const swarm = new AnnouncedSwarm(infoHash, torrent);
    this.#swarms.set(infoHash, swarm);
    this.#byTorrent.set(torrent, [...this.#swarmsOf(torrent), swarm]);
  }

  /** Announces `stopped` for a torrent, and forgets it. The socket is closed when no torrent is left. */
  remove(torrent: AnnouncedTorrent): void {
    for (const swarm of this.#swarmsOf(torrent)) {
      if (this.#state === "open" && swarm.started) this.#announce(swarm, "stopped");
      this.#swarms.delete(swarm.infoHash);
    }
    this.#byTorrent.delete(torrent);
    if (this.#swarms.size > 0) return;
    if (this.#state !== "closed") this.#host.closeTracker(this.url);
    this.#state = "closed";
  }

  /** Announces a torrent once more at time `at`, however many links it has by then. */
  redial(torrent: AnnouncedTorrent, at: number): void {
    for (const swarm of this.#swarmsOf(torrent)) swarm.redial(at);
  }

  #swarmsOf(torrent: AnnouncedTorrent): readonly AnnouncedSwarm[] {
    return this.#byTorrent.get(torrent) ?? [];
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
    for (const swarm of this.#swarms.values()) swarm.handleOpened();
    this.#host.log("tracker-connected", { tracker: this.#name });
    this.handleTick(this.#host.now());
  }

  /** The socket closed, or did not open. `isBusy`: the tracker's server is there, but took no socket. */
  handleClosed(isBusy = false): void {
    this.#state = "closed";
    const longest = isBusy ? TRACKER_RETRY_MAX : this.#longestPause;
    this.#retryAt =
      this.#host.now() + backoff(this.#host.random(), this.#failures++, TRACKER_RETRY_FIRST, longest);
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
      case "warning":
        this.#handleFailure(message.kind, withoutAddress(message.reason, this.url), swarm);
        return;
      case "announce":
        this.#passesSignals = message.signals;
        swarm?.handleReply(message, this.#host.now());
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

  /** A failure or a warning that names no swarm concerns those whose announces are unanswered, or else all. */
  #handleFailure(kind: "failure" | "warning", reason: string, named: AnnouncedSwarm | undefined): void {
    this.#host.log(kind === "failure" ? "tracker-refused" : "tracker-warned", {
      tracker: this.#name,
      reason,
    });
    const all = [...this.#swarms.values()];
    const asked = named === undefined ? all.filter((swarm) => swarm.isAsked) : [named];
    for (const swarm of asked.length === 0 ? all : asked) {
      if (kind === "failure" && asked.length > 0) swarm.handleRefused(reason, this.#host.now());
      else swarm.handleWarning(reason);
    }
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
    this.#pace.handleTick(now, this.#swarms.size);
    if (this.#state === "open") this.#announceDue(now);
  }

  #prepareOffers(): void {
    for (const { wantsLinks, torrent } of this.#swarms.values())
      if (wantsLinks) torrent.introductions.prepare();
  }

  #announceDue(now: number): void {
    const due: AnnouncedSwarm[] = [];
    for (const swarm of this.#swarms.values()) {
      if (swarm.takeCompleted()) this.#announce(swarm, "completed");
      else if (swarm.isDue(now)) due.push(swarm);
    }
    for (const swarm of due.length > 1 ? inOrder(due) : due) {
      if (!this.#pace.hasRoom) return;
      this.#announceWithOffers(swarm, now);
    }
  }

  #announceWithOffers(swarm: AnnouncedSwarm, now: number): void {
    const { introductions } = swarm.torrent;
    const { wantsLinks } = swarm;
    if (wantsLinks) introductions.prepare();
    if (!introductions.isReady(now)) return;
    this.#pace.take();
    if (!swarm.isIgnored) this.#askedAt ??= now;
    this.#announce(swarm, swarm.started ? null : "started");
    swarm.handleAnnounced(now, wantsLinks);
  }

  #announce(swarm: AnnouncedSwarm, event: AnnounceEvent | null): void {
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
    const swarms = this.#swarmsOf(torrent);
    // From the first failure until the socket opens, so also during the attempts in between.
    const waiting = this.#failures > 0 && swarms.length > 0;
    const most = (count: (swarm: AnnouncedSwarm) => number | null) =>
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
      refused: swarms.some((swarm) => swarm.isRefused),
    };
  }
}

/** The swarms that are due, in the order of their turns. `due`: as they were added. */
function inOrder(due: readonly AnnouncedSwarm[]): AnnouncedSwarm[] {
  // There may be hundreds, and each is compared with several.
  const keys = due.map((swarm) => ({ swarm, urgency: swarm.torrent.urgency, dueAt: swarm.dueAt }));
  keys.reverse().sort((a, b) => a.urgency - b.urgency || a.dueAt - b.dueAt);
  return keys.map(({ swarm }) => swarm);
}

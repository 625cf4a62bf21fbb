/**
 * A part exchange fetches one piece of data of a torrent while only its hash is known, and serves it afterwards, in
 * parts of 16 KiB (wire/part-message.ts). There is one for the info dictionary and one for the about, which is fetched
 * more slowly (`PartPace`). A fetch asks one peer for all parts, so that wrong data has one culprit:
 *
 * | a fetch | what follows |
 * | --- | --- |
 * | brings the last part | the whole is verified; if it is wrong, the peer is banned |
 * | brings a reject, a malformed part, or nothing for 5 s | it is given up; another peer is asked from the start |
 * | takes longer than our patience, 5 s at first | another peer is asked besides |
 * | is the slower of two fetches beyond our patience | it gives way to a third; our patience grows by 5 s |
 *
 * A peer whose fetch was given up may be asked again after 5 s; peers that never failed go first. An exchange
 * whose pace has a rest waits after each failure, longer each time, so that a hostile swarm does not keep us asking.
 */
import { PART_LENGTH } from "../../constants.ts";
import type { Host } from "../../host.ts";
import { encodeExtended } from "../../wire/encode.ts";
import { encodePartMessage, type PartMessage } from "../../wire/part-message.ts";
import type { RateLimit, RateLimits } from "../flow/rate-limit.ts";
import type { Peer } from "../peers/peer.ts";
import {
  FETCHES_AT_ONCE,
  PART_SERVE_BELOW,
  PART_SERVINGS,
  PART_TIMEOUT,
  type PartPace,
  REST_MOST,
} from "./constants.ts";

/** The part of the torrent that an exchange needs. */
export interface PartContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly limits: RateLimits;
  banForBadBytes(link: number): void;
}

/** The data that is exchanged. */
export interface PartSubject {
  readonly pace: PartPace;
  /** The whole; null while it is unknown. */
  bytes(): Uint8Array | null;
  /** Whether the whole is unknown, of use, and can be told from something wrong. */
  isWanted(): boolean;
  /** Bytes of the whole at a peer; null when the peer does not have it. */
  sizeAt(peer: Peer): number | null;
  /** The id under which a peer wants the messages; 0 when it does not speak the extension. BEP 10. */
  extensionId(peer: Peer): number;
  /** Takes the whole if it has the right hash. False if it does not. */
  accept(bytes: Uint8Array): boolean;
}

/** A fetch of the whole from one peer. */
interface Fetch {
  readonly link: number;
  readonly bytes: Uint8Array;
  readonly partCount: number;
  readonly received: Set<number>;
  readonly beganAt: number;
  nextPart: number;
  /** When the fetch last brought a new part, or began. */
  lastPartAt: number;
  /** New parts since the youngest fetch began. */
  gained: number;
}

export class PartExchange {
  readonly #torrent: PartContext;
  readonly #subject: PartSubject;
  /** Oldest first. */
  #fetches: Fetch[];
  /** Milliseconds after which a fetch takes long. */
  #patience: number;
  /** Fetches that failed so far. */
  #failures: number;
  #restsUntil: number;
  /** When the fetch from each link was last given up. */
  readonly #failed: Map<number, number>;
  /**
   * Parts that peers wait for, by link, in the order in which they asked. A part that is asked for twice waits once.
   */
  readonly #wanted: Map<number, Set<number>>;
  /** Parts that each link was sent. */
  readonly #served: Map<number, number>;

  constructor(torrent: PartContext, subject: PartSubject) {
    this.#torrent = torrent;
    this.#subject = subject;
    this.#fetches = [];
    this.#patience = PART_TIMEOUT;
    this.#failures = 0;
    this.#restsUntil = Number.NEGATIVE_INFINITY;
    this.#failed = new Map();
    this.#wanted = new Map();
    this.#served = new Map();
  }

  /** Begins a fetch, if one is needed and a peer can be asked. */
  advance(): void {
    if (!this.#subject.isWanted()) return;
    const now = this.#torrent.host.now();
    if (now < this.#restsUntil) return;
    if (this.#fetches.some((fetch) => now - fetch.beganAt < this.#patience)) return;
    const peer = this.#pickPeer(now);
    if (peer === undefined) return;
    if (this.#fetches.length === FETCHES_AT_ONCE) this.#makeRoom();
    for (const fetch of this.#fetches) fetch.gained = 0;
    const size = this.#subject.sizeAt(peer)!;
    const fetch: Fetch = {
      link: peer.link,
      bytes: new Uint8Array(size),
      partCount: Math.ceil(size / PART_LENGTH),
      received: new Set(),
      beganAt: now,
      nextPart: 0,
      lastPartAt: now,
      gained: 0,
    };
    this.#fetches.push(fetch);
    this.#ask(peer, fetch);
  }

  /** The peer to ask next: one that has not failed, else the one that failed longest ago. */
  #pickPeer(now: number): Peer | undefined {
    const failedAt = (peer: Peer) => this.#failed.get(peer.link) ?? -Infinity;
    const [peer] = [...this.#torrent.peers.values()]
      .filter((each) => each.isReady && this.#canBeAsked(each))
      .filter((each) => now - failedAt(each) >= PART_TIMEOUT && this.#fetchFrom(each.link) === undefined)
      .sort((a, b) => (failedAt(a) < failedAt(b) ? -1 : Number(failedAt(a) > failedAt(b))));
    return peer;
  }

  #canBeAsked(peer: Peer): boolean {
    return this.#subject.extensionId(peer) !== 0 && this.#subject.sizeAt(peer) !== null;
  }

  /**
   * Gives up the fetch that brought fewer parts lately. A peer that only wants to keep us waiting must therefore
   * bring parts faster than every other peer, and soon has brought them all. Our patience grows each time, so that on
   * a slow line some fetch is completed too.
   */
  #makeRoom(): void {
    const slowest = this.#fetches.reduce((least, each) => (each.gained <= least.gained ? each : least));
    this.#failed.set(slowest.link, this.#torrent.host.now());
    this.#forget(slowest);
    this.#patience += PART_TIMEOUT;
  }

  #fetchFrom(link: number): Fetch | undefined {
    return this.#fetches.find((fetch) => fetch.link === link);
  }

  #forget(fetch: Fetch): void {
    this.#fetches = this.#fetches.filter((each) => each !== fetch);
  }

  #ask(peer: Peer, fetch: Fetch): void {
    const { window } = this.#subject.pace;
    while (fetch.nextPart < fetch.partCount && fetch.nextPart - fetch.received.size < window) {
      if (!this.#takeFrom(this.#torrent.limits.down)) {
        // A peer that waits for us is not late.
        if (fetch.nextPart === fetch.received.size) fetch.lastPartAt = this.#torrent.host.now();
        return;
      }
      this.#send(peer, { kind: "request", piece: fetch.nextPart });
      fetch.nextPart++;
    }
  }

  /** Whether a part may pass now, under the person's own limit. */
  #takeFrom(limit: RateLimit): boolean {
    if (!this.#subject.pace.isLimited) return true;
    if (!limit.isOpen(this.#torrent.host.now())) return false;
    limit.take(PART_LENGTH);
    return true;
  }

  handleMessage(peer: Peer, message: PartMessage): void {
    if (message.kind === "request") {
      this.#handleRequest(peer, message.piece);
      return;
    }
    const fetch = this.#fetchFrom(peer.link);
    if (fetch === undefined) return;
    if (message.kind === "reject") this.#giveUp(fetch);
    else this.#handlePart(peer, fetch, message);
  }

  #handlePart(peer: Peer, fetch: Fetch, message: Extract<PartMessage, { kind: "data" }>): void {
    const { piece: part, totalSize, data } = message;
    const begin = part * PART_LENGTH;
    const expected = Math.min(PART_LENGTH, fetch.bytes.length - begin);
    if (
      (totalSize ?? fetch.bytes.length) !== fetch.bytes.length ||
      part >= fetch.nextPart ||
      data.length !== expected
    ) {
      this.#giveUp(fetch);
      return;
    }
    // A peer that is asked anew may still answer requests of an earlier fetch. That is no progress.
    if (fetch.received.has(part)) return;
    fetch.bytes.set(data, begin);
    fetch.received.add(part);
    fetch.gained++;
    fetch.lastPartAt = this.#torrent.host.now();
    if (fetch.received.size < fetch.partCount) {
      this.#ask(peer, fetch);
      return;
    }
    this.#forget(fetch);
    if (this.#subject.accept(fetch.bytes)) {
      this.#fetches = [];
      return;
    }
    this.#rest();
    this.#torrent.banForBadBytes(peer.link);
  }

  /** The peer has something else to offer now, or nothing. Its parts from now on are not those that were asked for. */
  handleOffer(peer: Peer): void {
    const fetch = this.#fetchFrom(peer.link);
    if (fetch !== undefined && this.#subject.sizeAt(peer) !== fetch.bytes.length) this.#giveUp(fetch);
    else this.advance();
  }

  #handleRequest(peer: Peer, part: number): void {
    const bytes = this.#subject.bytes();
    const partCount = Math.ceil((bytes?.length ?? 0) / PART_LENGTH);
    const served = this.#served.get(peer.link) ?? 0;
    if (bytes === null || part >= partCount || served >= PART_SERVINGS * partCount) {
      this.#send(peer, { kind: "reject", piece: part });
      return;
    }
    const wanted = this.#wanted.get(peer.link) ?? new Set();
    this.#wanted.set(peer.link, wanted.add(part));
    this.#serve(peer, bytes, wanted);
  }

  /** Sends as many parts as the link takes now. */
  #serve(peer: Peer, bytes: Uint8Array, wanted: Set<number>): void {
    for (const part of wanted) {
      if (this.#torrent.host.buffered(peer.link) >= PART_SERVE_BELOW) return;
      if (!this.#takeFrom(this.#torrent.limits.up)) return;
      wanted.delete(part);
      this.#served.set(peer.link, (this.#served.get(peer.link) ?? 0) + 1);
      const begin = part * PART_LENGTH;
      const data = bytes.subarray(begin, begin + PART_LENGTH);
      this.#send(peer, { kind: "data", piece: part, totalSize: bytes.length, data });
    }
    this.#wanted.delete(peer.link);
  }

  #send(peer: Peer, message: PartMessage): void {
    const id = this.#subject.extensionId(peer);
    if (id !== 0) peer.send(encodeExtended(id, encodePartMessage(message)));
  }

  #giveUp(fetch: Fetch): void {
    this.#failed.set(fetch.link, this.#torrent.host.now());
    this.#forget(fetch);
    this.#rest();
    this.advance();
  }

  #rest(): void {
    this.#failures++;
    const rest = Math.min(this.#failures * this.#subject.pace.rest, REST_MOST);
    this.#restsUntil = this.#torrent.host.now() + rest;
  }

  /** The peer is gone. */
  handlePeerGone(link: number): void {
    this.#failed.delete(link);
    this.#wanted.delete(link);
    this.#served.delete(link);
    const fetch = this.#fetchFrom(link);
    if (fetch === undefined) return;
    this.#forget(fetch);
    this.#rest();
    this.advance();
  }

  /** The whole is another one now: what peers wait for is of the former one. */
  handleReplaced(): void {
    this.#fetches = [];
    this.#wanted.clear();
    this.#served.clear();
  }

  handleTick(now: number): void {
    const { peers } = this.#torrent;
    for (const fetch of this.#fetches) {
      this.#ask(peers.get(fetch.link)!, fetch);
      if (now - fetch.lastPartAt > PART_TIMEOUT) this.#giveUp(fetch);
    }
    this.advance();
    const bytes = this.#subject.bytes();
    for (const [link, wanted] of this.#wanted)
      if (bytes !== null) this.#serve(peers.get(link)!, bytes, wanted);
  }
}

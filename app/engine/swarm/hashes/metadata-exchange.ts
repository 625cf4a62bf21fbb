/**
 * The info dictionary of one torrent over ut_metadata (BEP 9): fetched while only a hash is known, served
 * afterwards. All of it is asked of one peer, so that a wrong one has one culprit; when parts stay away, the next peer
 * is asked from the start, and when one takes long, another besides. 10 MB at most, and verified as a whole before
 * anyone parses it.
 */
import { METADATA_PART_LENGTH } from "../../constants.ts";
import type { Host } from "../../host.ts";
import { encodeExtended } from "../../wire/encode.ts";
import { encodeMetadataMessage, type MetadataMessage } from "../../wire/ut-metadata.ts";
import type { Peer } from "../peers/peer.ts";
import { METADATA_FETCHES, METADATA_SERVE_BELOW, METADATA_TIMEOUT, METADATA_WINDOW } from "./constants.ts";

/** What the exchange needs of its torrent. */
export interface MetadataContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  /** The info dictionary's bytes; null while they are being fetched. */
  readonly infoBytes: Uint8Array | null;
  /** Takes the bytes if they have the right hash; false when they don't. */
  acceptInfo(bytes: Uint8Array): boolean;
  banForBadBytes(link: number): void;
}

/** A fetch under way. */
interface Fetch {
  readonly link: number;
  readonly bytes: Uint8Array;
  readonly partCount: number;
  readonly received: Set<number>;
  readonly beganAt: number;
  nextPart: number;
  /** When it brought a part that was not here. */
  lastPartAt: number;
  /** Parts that it brought since the youngest fetch began. */
  gained: number;
}

export class MetadataExchange {
  readonly #torrent: MetadataContext;
  /** Oldest first. */
  #fetches: Fetch[];
  /** Milliseconds from which on a fetch takes long. */
  #patience: number;
  /** Links that refused or did not answer, and when: asked again after a while, when nobody else is left. */
  readonly #failed: Map<number, number>;
  /** Parts that peers wait for, by link, in the order asked; each part once. */
  readonly #wanted: Map<number, Set<number>>;

  constructor(torrent: MetadataContext) {
    this.#torrent = torrent;
    this.#fetches = [];
    this.#patience = METADATA_TIMEOUT;
    this.#failed = new Map();
    this.#wanted = new Map();
  }

  /** Begins to fetch, if there is a need and a peer that has it. */
  advance(): void {
    if (this.#torrent.infoBytes !== null) return;
    const now = this.#torrent.host.now();
    if (this.#fetches.some((fetch) => now - fetch.beganAt < this.#patience)) return;
    const peer = this.#pickPeer(now);
    if (peer === undefined) return;
    if (this.#fetches.length === METADATA_FETCHES) this.#makeRoom();
    for (const fetch of this.#fetches) fetch.gained = 0;
    const size = peer.said.metadataSize!;
    const fetch: Fetch = {
      link: peer.link,
      bytes: new Uint8Array(size),
      partCount: Math.ceil(size / METADATA_PART_LENGTH),
      received: new Set(),
      beganAt: now,
      nextPart: 0,
      lastPartAt: now,
      gained: 0,
    };
    this.#fetches.push(fetch);
    this.#ask(peer, fetch);
  }

  /** Whom to ask next: who has not failed yet, else who failed longest ago. */
  #pickPeer(now: number): Peer | undefined {
    const failedAt = (peer: Peer) => this.#failed.get(peer.link) ?? -Infinity;
    const [peer] = [...this.#torrent.peers.values()]
      .filter(
        (each) => each.isReady && each.said.metadataSize !== null && each.said.extensionIds.utMetadata !== 0,
      )
      .filter((each) => now - failedAt(each) >= METADATA_TIMEOUT && this.#fetchFrom(each.link) === undefined)
      .sort((a, b) => (failedAt(a) < failedAt(b) ? -1 : Number(failedAt(a) > failedAt(b))));
    return peer;
  }

  /**
   * The slower fetch, of late, gives way: who only keeps us waiting must stay faster than everyone else, and so come to
   * an end. The rest have longer each time, so that on a slow line one of them gets done.
   */
  #makeRoom(): void {
    const slowest = this.#fetches.reduce((least, each) => (each.gained <= least.gained ? each : least));
    this.#failed.set(slowest.link, this.#torrent.host.now());
    this.#forget(slowest);
    this.#patience += METADATA_TIMEOUT;
  }

  #fetchFrom(link: number): Fetch | undefined {
    return this.#fetches.find((fetch) => fetch.link === link);
  }

  #forget(fetch: Fetch): void {
    this.#fetches = this.#fetches.filter((each) => each !== fetch);
  }

  #ask(peer: Peer, fetch: Fetch): void {
    while (fetch.nextPart < fetch.partCount && fetch.nextPart - fetch.received.size < METADATA_WINDOW) {
      this.#send(peer, { kind: "request", piece: fetch.nextPart });
      fetch.nextPart++;
    }
  }

  handleMessage(peer: Peer, message: MetadataMessage): void {
    if (message.kind === "request") {
      this.#handleRequest(peer, message.piece);
      return;
    }
    const fetch = this.#fetchFrom(peer.link);
    if (fetch === undefined) return;
    if (message.kind === "reject") this.#giveUp(fetch);
    else this.#handlePart(peer, fetch, message);
  }

  #handlePart(peer: Peer, fetch: Fetch, message: Extract<MetadataMessage, { kind: "data" }>): void {
    const { piece: part, totalSize, data } = message;
    const begin = part * METADATA_PART_LENGTH;
    const expected = Math.min(METADATA_PART_LENGTH, fetch.bytes.length - begin);
    if (
      (totalSize ?? fetch.bytes.length) !== fetch.bytes.length ||
      part >= fetch.nextPart ||
      data.length !== expected
    ) {
      this.#giveUp(fetch);
      return;
    }
    // Again: asked anew, a peer may still answer what it was asked before. It is no sign of getting on.
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
    if (this.#torrent.acceptInfo(fetch.bytes)) this.#fetches = [];
    else this.#torrent.banForBadBytes(peer.link);
  }

  #handleRequest(peer: Peer, part: number): void {
    const info = this.#torrent.infoBytes;
    if (info === null || part * METADATA_PART_LENGTH >= info.length) {
      this.#send(peer, { kind: "reject", piece: part });
      return;
    }
    const wanted = this.#wanted.get(peer.link) ?? new Set();
    this.#wanted.set(peer.link, wanted.add(part));
    this.#serve(peer, info, wanted);
  }

  /** Hands over what the link takes now. */
  #serve(peer: Peer, info: Uint8Array, wanted: Set<number>): void {
    for (const part of wanted) {
      if (this.#torrent.host.buffered(peer.link) >= METADATA_SERVE_BELOW) return;
      wanted.delete(part);
      const begin = part * METADATA_PART_LENGTH;
      const data = info.subarray(begin, begin + METADATA_PART_LENGTH);
      this.#send(peer, { kind: "data", piece: part, totalSize: info.length, data });
    }
    this.#wanted.delete(peer.link);
  }

  #send(peer: Peer, message: MetadataMessage): void {
    if (peer.said.extensionIds.utMetadata === 0) return;
    peer.send(encodeExtended(peer.said.extensionIds.utMetadata, encodeMetadataMessage(message)));
  }

  #giveUp(fetch: Fetch): void {
    this.#failed.set(fetch.link, this.#torrent.host.now());
    this.#forget(fetch);
    this.advance();
  }

  /** The peer is gone. */
  handlePeerGone(link: number): void {
    this.#failed.delete(link);
    this.#wanted.delete(link);
    const fetch = this.#fetchFrom(link);
    if (fetch === undefined) return;
    this.#forget(fetch);
    this.advance();
  }

  handleTick(now: number): void {
    for (const fetch of this.#fetches) if (now - fetch.lastPartAt > METADATA_TIMEOUT) this.#giveUp(fetch);
    this.advance();
    const info = this.#torrent.infoBytes;
    for (const [link, wanted] of this.#wanted)
      if (info !== null) this.#serve(this.#torrent.peers.get(link)!, info, wanted);
  }
}

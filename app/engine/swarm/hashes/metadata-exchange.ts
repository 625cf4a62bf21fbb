/**
 * The metadata exchange fetches the info dictionary of one torrent while only its hash is known, and serves it
 * afterwards, over ut_metadata (BEP 9). A fetch asks one peer for all parts, so that a wrong dictionary has one
 * culprit:
 *
 * | a fetch | what follows |
 * | --- | --- |
 * | brings the last part | the whole is verified, then parsed; a wrong dictionary bans the peer |
 * | brings a reject, a malformed part, or nothing for 5 s | it is given up; another peer is asked from the start |
 * | takes longer than our patience, 5 s at first | another peer is asked besides |
 * | is the slower of two fetches beyond our patience | it gives way to a third; our patience grows by 5 s |
 *
 * A peer whose fetch was given up may be asked again after 5 s; peers that never failed go first. A dictionary has
 * 16 MB at most.
 */
import { METADATA_PART_LENGTH } from "../../constants.ts";
import type { Host } from "../../host.ts";
import { encodeExtended } from "../../wire/encode.ts";
import { encodeMetadataMessage, type MetadataMessage } from "../../wire/ut-metadata.ts";
import type { Peer } from "../peers/peer.ts";
import { METADATA_FETCHES, METADATA_SERVE_BELOW, METADATA_TIMEOUT, METADATA_WINDOW } from "./constants.ts";

/** The part of the torrent that the exchange needs. */
export interface MetadataContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  /** The info dictionary's bytes; null while they are being fetched. */
  readonly infoBytes: Uint8Array | null;
  /** Nothing is fetched before it can be told from something wrong. */
  readonly isInfoVerifiable: boolean;
  /** Takes the bytes if they have the right hash. False if they do not. */
  acceptInfo(bytes: Uint8Array): boolean;
  banForBadBytes(link: number): void;
}

/** A fetch of the whole info dictionary from one peer. */
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

export class MetadataExchange {
  readonly #torrent: MetadataContext;
  /** Oldest first. */
  #fetches: Fetch[];
  /** Milliseconds after which a fetch takes long. */
  #patience: number;
  /** When the fetch from each link was last given up. */
  readonly #failed: Map<number, number>;
  /**
   * Parts that peers wait for, by link, in the order in which they asked. A part that is asked for twice waits once.
   */
  readonly #wanted: Map<number, Set<number>>;

  constructor(torrent: MetadataContext) {
    this.#torrent = torrent;
    this.#fetches = [];
    this.#patience = METADATA_TIMEOUT;
    this.#failed = new Map();
    this.#wanted = new Map();
  }

  /** Begins a fetch, if one is needed and a peer can be asked. */
  advance(): void {
    if (this.#torrent.infoBytes !== null || !this.#torrent.isInfoVerifiable) return;
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

  /** The peer to ask next: one that has not failed, else the one that failed longest ago. */
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
   * Gives up the fetch that brought fewer parts lately. A peer that only wants to keep us waiting must therefore
   * bring parts faster than every other peer, and soon has brought them all. Our patience grows each time, so that on
   * a slow line some fetch is completed too.
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

  /** Sends as many parts as the link takes now. */
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

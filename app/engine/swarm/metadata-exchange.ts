/**
 * The info dictionary of one torrent over ut_metadata (BEP 9): fetched while only a hash is known, served
 * afterwards. It is asked of one peer at a time, so that a wrong one has one culprit; when parts stay away, the
 * next peer is asked from the start. 10 MB at most, and verified as a whole before anyone parses it.
 */
import { METADATA_PART_LENGTH, METADATA_TIMEOUT, METADATA_WINDOW } from "../constants.ts";
import type { Host } from "../host.ts";
import { encodeExtended } from "../wire/encode.ts";
import { encodeMetadataMessage, type MetadataMessage } from "../wire/ut-metadata.ts";
import type { Peer } from "./peer.ts";

/** What the exchange needs of its torrent. */
export interface MetadataContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  /** The info dictionary's bytes; null while they are being fetched. */
  readonly infoBytes: Uint8Array | null;
  /** Takes the bytes if they have the right hash; false when they don't. */
  acceptInfo(bytes: Uint8Array): boolean;
  ban(link: number): void;
}

/** The fetch under way. */
interface Fetch {
  readonly link: number;
  readonly bytes: Uint8Array;
  readonly partCount: number;
  readonly received: Set<number>;
  nextPart: number;
  lastPartAt: number;
}

export class MetadataExchange {
  readonly #torrent: MetadataContext;
  #fetch: Fetch | null;
  /** Links that refused or did not answer, and when: asked again after a while, when nobody else is left. */
  readonly #failed: Map<number, number>;

  constructor(torrent: MetadataContext) {
    this.#torrent = torrent;
    this.#fetch = null;
    this.#failed = new Map();
  }

  /** Begins to fetch, if there is a need and a peer that has it. */
  advance(): void {
    if (this.#torrent.infoBytes !== null || this.#fetch !== null) return;
    const now = this.#torrent.host.now();
    const failedAt = (peer: Peer) => this.#failed.get(peer.link) ?? -Infinity;
    const [peer] = [...this.#torrent.peers.values()]
      .filter((each) => each.isReady && each.metadataSize !== null && each.extensionIds.utMetadata !== 0)
      .filter((each) => now - failedAt(each) >= METADATA_TIMEOUT)
      .sort((a, b) => (failedAt(a) < failedAt(b) ? -1 : Number(failedAt(a) > failedAt(b))));
    if (peer === undefined) return;
    const size = peer.metadataSize!;
    this.#fetch = {
      link: peer.link,
      bytes: new Uint8Array(size),
      partCount: Math.ceil(size / METADATA_PART_LENGTH),
      received: new Set(),
      nextPart: 0,
      lastPartAt: now,
    };
    this.#ask(peer);
  }

  #ask(peer: Peer): void {
    const fetch = this.#fetch!;
    while (fetch.nextPart < fetch.partCount && fetch.nextPart - fetch.received.size < METADATA_WINDOW) {
      this.#send(peer, { kind: "request", piece: fetch.nextPart });
      fetch.nextPart++;
    }
  }

  handleMessage(peer: Peer, message: MetadataMessage): void {
    if (message.kind === "request") this.#serve(peer, message.piece);
    else if (this.#fetch?.link !== peer.link) return;
    else if (message.kind === "reject") this.#giveUp();
    else this.#handlePart(peer, message.piece, message.totalSize, message.data);
  }

  #handlePart(peer: Peer, part: number, totalSize: number | null, data: Uint8Array): void {
    const fetch = this.#fetch!;
    const begin = part * METADATA_PART_LENGTH;
    const expected = Math.min(METADATA_PART_LENGTH, fetch.bytes.length - begin);
    if (
      (totalSize ?? fetch.bytes.length) !== fetch.bytes.length ||
      part >= fetch.nextPart ||
      data.length !== expected
    ) {
      this.#giveUp();
      return;
    }
    fetch.bytes.set(data, begin);
    fetch.received.add(part);
    fetch.lastPartAt = this.#torrent.host.now();
    if (fetch.received.size < fetch.partCount) {
      this.#ask(peer);
      return;
    }
    this.#fetch = null;
    if (!this.#torrent.acceptInfo(fetch.bytes)) this.#torrent.ban(peer.link);
  }

  #serve(peer: Peer, part: number): void {
    const info = this.#torrent.infoBytes;
    const begin = part * METADATA_PART_LENGTH;
    if (info === null || begin >= info.length) {
      this.#send(peer, { kind: "reject", piece: part });
      return;
    }
    const data = info.subarray(begin, begin + METADATA_PART_LENGTH);
    this.#send(peer, { kind: "data", piece: part, totalSize: info.length, data });
  }

  #send(peer: Peer, message: MetadataMessage): void {
    if (peer.extensionIds.utMetadata === 0) return;
    peer.send(encodeExtended(peer.extensionIds.utMetadata, encodeMetadataMessage(message)));
  }

  #giveUp(): void {
    this.#failed.set(this.#fetch!.link, this.#torrent.host.now());
    this.#fetch = null;
    this.advance();
  }

  /** The peer is gone. */
  handlePeerGone(link: number): void {
    this.#failed.delete(link);
    if (this.#fetch?.link !== link) return;
    this.#fetch = null;
    this.advance();
  }

  handleTick(now: number): void {
    if (this.#fetch !== null && now - this.#fetch.lastPartAt > METADATA_TIMEOUT) this.#giveUp();
    else this.advance();
  }
}

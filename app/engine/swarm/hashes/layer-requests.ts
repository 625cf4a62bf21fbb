/**
 * Layer requests fetch the piece layers of one torrent from v2 peers, by hash requests (BEP 52), where the share link
 * or magnet brought none.
 *
 * 1. The files with an incomplete layer are listed once the info dictionary is known.
 * 2. Each file becomes requests for 512 hashes or fewer. Every v2 peer has up to four of them under way.
 * 3. An answer is proven by the root of its file. Wrong hashes ban their sender, and another peer is asked.
 * 4. A request without an answer for 5 s, or with a reject, is sent to another peer. The first peer is left alone for
 *    5 s, because it knows no more than we do.
 */
import { HASH_REQUEST_TIMEOUT } from "../../constants.ts";
import type { HashExchange, HashRequest } from "../../content/hash-exchange.ts";
import type { Host } from "../../host.ts";
import { encodeHashRequest } from "../../wire/encode.ts";
import type { Peer } from "../peers/peer.ts";
import type { Pieces } from "../pieces/pieces.ts";
import { HASH_WINDOW } from "./constants.ts";
import { keyOf } from "./request-key.ts";

/** The part of the torrent that fetching layers needs. */
export interface LayerContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly pieces: Pieces | null;
  readonly hashExchange: HashExchange | null;
  /** The peer sent wrong hashes: closes its link and bans it. */
  banForBadBytes(link: number): void;
  /** More of the layers is known; `complete` when all of them are. */
  handleLayers(complete: boolean): void;
}

interface Asked {
  readonly request: HashRequest;
  readonly link: number;
  readonly at: number;
}

export class LayerRequests {
  readonly #torrent: LayerContext;
  /** Files whose layer is incomplete and not asked for yet. */
  #files: number[];
  /** Requests that wait to be sent. */
  #queue: HashRequest[];
  /** Requests under way, by `keyOf`. */
  readonly #asked: Map<string, Asked>;
  /** When each peer last refused or did not answer. */
  readonly #refused: Map<number, number>;

  constructor(torrent: LayerContext) {
    this.#torrent = torrent;
    this.#files = [];
    this.#queue = [];
    this.#asked = new Map();
    this.#refused = new Map();
  }

  /** The info dictionary is known, so the missing layers can be listed. */
  begin(): void {
    this.#files = this.#torrent.pieces?.hashes.missingLayers() ?? [];
  }

  get isComplete(): boolean {
    return this.#files.length === 0 && this.#queue.length === 0 && this.#asked.size === 0;
  }

  /** Sends requests to every peer that can be asked. */
  advance(): void {
    if (this.#files.length === 0 && this.#queue.length === 0) return;
    const now = this.#torrent.host.now();
    for (const peer of this.#torrent.peers.values()) {
      if (
        !peer.isReady ||
        !peer.said.v2 ||
        now - (this.#refused.get(peer.link) ?? -Infinity) < HASH_REQUEST_TIMEOUT
      )
        continue;
      while (this.#askedOf(peer) < HASH_WINDOW) {
        const request = this.#next();
        if (request === null) return;
        this.#asked.set(keyOf(request), { request, link: peer.link, at: now });
        peer.send(encodeHashRequest(request));
      }
    }
  }

  #next(): HashRequest | null {
    while (this.#queue.length === 0) {
      const file = this.#files.shift();
      if (file === undefined) return null;
      this.#queue = this.#torrent.hashExchange!.layerRequests(file);
    }
    return this.#queue.shift()!;
  }

  #askedOf(peer: Peer): number {
    let count = 0;
    for (const { link } of this.#asked.values()) if (link === peer.link) count++;
    return count;
  }

  /** An answer to a request for a layer. Hashes that do not lead to the file's root are no accident. */
  handleHashes(peer: Peer, range: HashRequest, hashes: Uint8Array): void {
    const asked = this.#asked.get(keyOf(range));
    if (asked === undefined || asked.link !== peer.link) return;
    this.#asked.delete(keyOf(range));
    if (this.#torrent.hashExchange!.acceptLayer(asked.request, hashes)) {
      this.#torrent.handleLayers(this.isComplete);
    } else {
      this.#queue.push(asked.request);
      this.#torrent.banForBadBytes(peer.link);
    }
    this.advance();
  }

  handleHashReject(peer: Peer, range: HashRequest): void {
    const asked = this.#asked.get(keyOf(range));
    if (asked === undefined || asked.link !== peer.link) return;
    this.#asked.delete(keyOf(range));
    this.#queue.push(asked.request);
    this.#refused.set(peer.link, this.#torrent.host.now());
    this.advance();
  }

  handlePeerGone(link: number): void {
    this.#refused.delete(link);
    for (const [key, asked] of [...this.#asked]) if (asked.link === link) this.#requeue(key, asked);
  }

  handleTick(now: number): void {
    for (const [key, asked] of [...this.#asked]) {
      if (now - asked.at < HASH_REQUEST_TIMEOUT) continue;
      this.#refused.set(asked.link, now);
      this.#requeue(key, asked);
    }
    this.advance();
  }

  #requeue(key: string, asked: Asked): void {
    this.#asked.delete(key);
    this.#queue.push(asked.request);
  }
}

/**
 * Piece layers and leaves over hash messages (BEP 52): layers that a link or magnet does not bring are fetched from
 * v2 peers, each answer proven by the file's root; what peers ask for is answered from what is known here.
 */

import { HASH_REQUEST_TIMEOUT } from "../../constants.ts";
import type { HashExchange, HashRequest } from "../../content/hash-exchange.ts";
import type { Host, TorrentId } from "../../host.ts";
import { encodeHashes, encodeHashReject, encodeHashRequest } from "../../wire/encode.ts";
import type { Peer } from "../peers/peer.ts";
import type { PieceCache } from "../pieces/piece-cache.ts";
import type { Pieces } from "../pieces/pieces.ts";
import { HASH_WINDOW, HASHES_QUEUED_MOST, LEAF_REQUESTS } from "./constants.ts";

/** What the exchange needs of its torrent. */
export interface LayerContext {
  readonly id: TorrentId;
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly cache: PieceCache;
  readonly pieces: Pieces | null;
  readonly hashExchange: HashExchange | null;
  /** Has a piece read, once for leaves and for blocks: then comes `handleRead`. */
  readPiece(piece: number): void;
  /** The peer sent hashes that are wrong: drop it and never take it again. */
  banForBadBytes(link: number): void;
  /** More of the layers is known; `complete` when all of them are. */
  handleLayers(complete: boolean): void;
}

interface LeafRequest {
  readonly peer: Peer;
  readonly range: HashRequest;
}

interface Asked {
  readonly request: HashRequest;
  readonly link: number;
  readonly at: number;
}

export class LayerExchange {
  readonly #torrent: LayerContext;
  /** Files whose layer is not complete, the rest of the requests for the first of them, and those under way. */
  #files: number[];
  #queue: HashRequest[];
  readonly #asked: Map<string, Asked>;
  /** Peers that refused: they know no more than we do, for now. */
  readonly #refused: Map<number, number>;
  /**
   * Pieces whose leaves peers wait for. They are taken one after the other, as each means reading and hashing a whole
   * piece for whoever asks, choked or not; the first is being read or hashed.
   */
  readonly #leafJobs: Map<number, LeafRequest[]>;
  /** The first of them, while it is being read. */
  #reading: number | null;

  constructor(torrent: LayerContext) {
    this.#torrent = torrent;
    this.#files = [];
    this.#queue = [];
    this.#asked = new Map();
    this.#refused = new Map();
    this.#leafJobs = new Map();
    this.#reading = null;
  }

  /** The info dictionary is known: what is missing can be counted. */
  begin(): void {
    this.#files = this.#torrent.pieces?.hashes.missingLayers() ?? [];
  }

  get isComplete(): boolean {
    return this.#files.length === 0 && this.#queue.length === 0 && this.#asked.size === 0;
  }

  /** Asks whoever can be asked. */
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

  /** An answer to a request for a layer. Wrong hashes are no accident: the file's root proves them wrong. */
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

  // --- serving ---

  /** A peer asks for hashes. Leaves need the piece's bytes, so their answer comes later. */
  handleRequest(peer: Peer, range: HashRequest): void {
    const { hashExchange, pieces, host } = this.#torrent;
    if (hashExchange === null || pieces === null || host.buffered(peer.link) > HASHES_QUEUED_MOST) {
      peer.send(encodeHashReject(range));
      return;
    }
    const piece = hashExchange.pieceOfLeaves(range);
    if (piece === null) this.#answer(peer, range, hashExchange.reply(range));
    else if (pieces.have.has(piece)) this.#queueLeaves(piece, { peer, range });
    else this.#answer(peer, range, null);
  }

  #answer(peer: Peer, range: HashRequest, hashes: Uint8Array | null): void {
    peer.send(hashes === null ? encodeHashReject(range) : encodeHashes(range, hashes));
  }

  #queueLeaves(piece: number, request: LeafRequest): void {
    const { peer, range } = request;
    let own = 0;
    for (const waiting of this.#leafJobs.values()) {
      for (const each of waiting) {
        if (each.peer !== peer) continue;
        // Asked again: one answer serves both.
        if (isSame(each.range, range)) return;
        own++;
      }
    }
    const waiting = this.#leafJobs.get(piece);
    if (own >= LEAF_REQUESTS) this.#answer(peer, range, null);
    else if (waiting !== undefined) waiting.push(request);
    else if (this.#leafJobs.set(piece, [request]).size === 1) this.#nextLeaves();
  }

  /** Begins with the first piece for which somebody still waits. */
  #nextLeaves(): void {
    const { cache, id, host, peers } = this.#torrent;
    for (const [piece, waiting] of this.#leafJobs) {
      if (!waiting.some(({ peer }) => peers.get(peer.link) === peer)) {
        this.#leafJobs.delete(piece);
        continue;
      }
      const data = cache.get(id, piece);
      if (data !== null) {
        host.hash(id, piece, "leaves", data, 0);
      } else {
        this.#reading = piece;
        this.#torrent.readPiece(piece);
      }
      return;
    }
  }

  /** A piece was read: if it was for its leaves, they are computed. */
  handleRead(piece: number, data: Uint8Array | null): void {
    if (this.#reading !== piece) return;
    this.#reading = null;
    if (data === null) this.#answerLeaves(piece, null);
    else this.#torrent.host.hash(this.#torrent.id, piece, "leaves", data, 0);
  }

  /** Leaves were computed. */
  handleLeaves(piece: number, leaves: Uint8Array): void {
    const [first] = this.#leafJobs.keys();
    if (piece === first) this.#answerLeaves(piece, leaves);
  }

  #answerLeaves(piece: number, leaves: Uint8Array | null): void {
    const waiting = this.#leafJobs.get(piece) ?? [];
    this.#leafJobs.delete(piece);
    for (const { peer, range } of waiting) {
      if (this.#torrent.peers.get(peer.link) !== peer) continue;
      const hashes = leaves === null ? null : this.#torrent.hashExchange!.reply(range, leaves);
      this.#answer(peer, range, hashes);
    }
    this.#nextLeaves();
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

function isSame(a: HashRequest, b: HashRequest): boolean {
  return keyOf(a) === keyOf(b) && a.proofLayers === b.proofLayers;
}

function keyOf(range: HashRequest): string {
  return `${range.root.join()}/${range.baseLayer}/${range.index}/${range.length}`;
}

/**
 * Answers what peers ask of a torrent's hashes (BEP 52). Layers are known here. The leaves of a piece need its bytes, so
 * its piece is read and hashed first, one after the other.
 */
import type { HashExchange, HashRequest } from "../../content/hash-exchange.ts";
import type { Host, TorrentId } from "../../host.ts";
import { encodeHashes, encodeHashReject } from "../../wire/encode.ts";
import type { Peer } from "../peers/peer.ts";
import type { PieceCache } from "../pieces/piece-cache.ts";
import type { Pieces } from "../pieces/pieces.ts";
import { HASHES_QUEUED_MOST, LEAF_REQUESTS } from "./constants.ts";
import { keyOf } from "./request-key.ts";

/** What serving hashes needs of its torrent. */
export interface HashServerContext {
  readonly id: TorrentId;
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly cache: PieceCache;
  readonly pieces: Pieces | null;
  readonly hashExchange: HashExchange | null;
  /** Has a piece read, once for leaves and for blocks: then comes `handleRead`. */
  readPiece(piece: number): void;
}

interface LeafRequest {
  readonly peer: Peer;
  readonly range: HashRequest;
}

export class HashServer {
  readonly #torrent: HashServerContext;
  /**
   * Pieces whose leaves peers wait for, each with those that wait. They are taken one after the other, because each
   * means reading and hashing a whole piece for whoever asks, choked or not. The first is being read or hashed.
   */
  readonly #leafJobs: Map<number, LeafRequest[]>;
  /** The first of them, while it is being read. */
  #reading: number | null;

  constructor(torrent: HashServerContext) {
    this.#torrent = torrent;
    this.#leafJobs = new Map();
    this.#reading = null;
  }

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
}

function isSame(a: HashRequest, b: HashRequest): boolean {
  return keyOf(a) === keyOf(b) && a.proofLayers === b.proofLayers;
}

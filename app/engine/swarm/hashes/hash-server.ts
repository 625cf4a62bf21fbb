/**
 * Answers what peers ask of a torrent's hashes (BEP 52). Layers are known here. The leaves of a piece need its bytes, so
 * its piece is read and hashed first, one after the other.
 */
import type { HashExchange, HashRequest } from "../../content/hash-exchange.ts";
import type { Host, TorrentId } from "../../host.ts";
import type { TakeDigest } from "../../host-requests.ts";
import { encodeHashes, encodeHashReject } from "../../wire/encode.ts";
import type { Peer } from "../peers/peer.ts";
import type { PieceCache } from "../pieces/piece-cache.ts";
import type { PieceReader } from "../pieces/piece-reader.ts";
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
  readonly reader: PieceReader;
  /** Has the leaves of a piece hashed. */
  hash(piece: number, kind: "leaves", data: Uint8Array, padding: 0, take: TakeDigest): void;
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

  constructor(torrent: HashServerContext) {
    this.#torrent = torrent;
    this.#leafJobs = new Map();
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
    const { cache, id, reader, peers } = this.#torrent;
    for (const [piece, waiting] of this.#leafJobs) {
      if (!waiting.some(({ peer }) => peers.get(peer.link) === peer)) {
        this.#leafJobs.delete(piece);
        continue;
      }
      const data = cache.get(id, piece);
      if (data === null) reader.read(piece, (read) => this.#hash(piece, read));
      else this.#hash(piece, data);
      return;
    }
  }

  /** A piece is here, or could not be read (null). */
  #hash(piece: number, data: Uint8Array | null): void {
    if (data === null) this.#answerLeaves(piece, null);
    else this.#torrent.hash(piece, "leaves", data, 0, (leaves) => this.#answerLeaves(piece, leaves));
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

/**
 * The hash server answers the hash requests that peers make to one torrent (BEP 52). Requests for piece layers are
 * answered at once, from the layers that are known. Requests for the leaves of a piece wait until the piece has been
 * read and hashed, one piece after the other. A request is rejected if its hashes are not known here, if too much is
 * queued on the peer's link, or if too many requests of the peer for leaves wait.
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

/** The part of the torrent that serving hashes needs. */
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
   * Pieces whose leaves peers wait for, each with its requests, in the order in which they were first asked for. The
   * first piece is being read or hashed. One piece is taken at a time, because any peer may ask for such work, choked
   * or not.
   */
  readonly #leafJobs: Map<number, LeafRequest[]>;

  constructor(torrent: HashServerContext) {
    this.#torrent = torrent;
    this.#leafJobs = new Map();
  }

  /** A peer asks for hashes. */
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
        // The peer asks again: one answer serves both requests.
        if (isSame(each.range, range)) return;
        own++;
      }
    }
    const waiting = this.#leafJobs.get(piece);
    if (own >= LEAF_REQUESTS) this.#answer(peer, range, null);
    else if (waiting !== undefined) waiting.push(request);
    else if (this.#leafJobs.set(piece, [request]).size === 1) this.#nextLeaves();
  }

  /** Begins with the first piece for which a linked peer still waits. */
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

  /** A piece was read, or could not be (null). */
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

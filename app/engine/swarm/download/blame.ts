/**
 * Finds out who sent bad bytes. One sender alone is guilty at once. Among several, the true hashes of the piece's
 * 16 KiB leaves, asked of a peer and proven by the piece's root, name the bad blocks and so their senders; the good
 * blocks are kept. Where no leaf hashes are to be had (v1), the piece is fetched again from one peer alone, so that
 * the next failure has one culprit; when it passes, what the others had sent is compared with it.
 */
import { BLOCK_LENGTH, HASH_REQUEST_TIMEOUT } from "../../constants.ts";
import type { HashExchange, HashRequest } from "../../content/hash-exchange.ts";
import { equalBytes } from "../../content/info-hash.ts";
import { HASH_LENGTH } from "../../content/merkle.ts";
import type { Host } from "../../host.ts";
import { encodeHashRequest } from "../../wire/encode.ts";
import type { Peer } from "../peers/peer.ts";
import type { PartialPiece } from "../pieces/partial-piece.ts";
import type { Pieces } from "../pieces/pieces.ts";
import { FAILED_BYTES } from "./constants.ts";
import { clear, suspect } from "./probation.ts";

/** What blame needs of its torrent. */
export interface BlameContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly pieces: Pieces | null;
  readonly hashExchange: HashExchange | null;
  /** The peer sent bad bytes: nothing of its pieces in progress is trusted, and it is banned. */
  banForBadBytes(link: number): void;
  handleFreed(): void;
}

/** A failed piece whose true leaves are being asked for. */
interface Inquiry {
  readonly partial: PartialPiece;
  /** SHA-256 of each block as it came, 32 bytes each. */
  readonly ours: Uint8Array;
  readonly requests: readonly HashRequest[];
  readonly theirs: (Uint8Array | null)[];
  readonly asked: Set<number>;
  asking: number | null;
  askedAt: number;
}

export class Blame {
  readonly #torrent: BlameContext;
  readonly #inquiries: Map<number, Inquiry>;
  /** For v1: failed pieces as they came, to be compared once the piece has passed. Oldest first. */
  readonly #evidence: Map<number, PartialPiece>;

  constructor(torrent: BlameContext) {
    this.#torrent = torrent;
    this.#inquiries = new Map();
    this.#evidence = new Map();
  }

  /** A piece failed. `leaves`: SHA-256 of its blocks as they came, where it was verified by leaves. */
  handleBad(partial: PartialPiece, leaves: Uint8Array | null): void {
    const senders = [...partial.senders()];
    if (senders.length === 1) {
      this.#refetch(partial);
      this.#torrent.banForBadBytes(senders[0]!);
      return;
    }
    for (const link of senders) {
      const peer = this.#torrent.peers.get(link);
      if (peer !== undefined) suspect(peer, partial.piece);
    }
    const requests = leaves === null ? [] : (this.#torrent.hashExchange?.leafRequests(partial.piece) ?? []);
    const asked = bytesOf([...this.#inquiries.values()].map((inquiry) => inquiry.partial));
    const isFull = asked > 0 && asked + partial.length > FAILED_BYTES;
    if (leaves === null || requests.length === 0 || isFull) {
      this.#suspect(partial);
      return;
    }
    const inquiry: Inquiry = {
      partial,
      ours: leaves,
      requests,
      theirs: requests.map(() => null),
      asked: new Set(),
      asking: null,
      askedAt: 0,
    };
    this.#inquiries.set(partial.piece, inquiry);
    this.#ask(inquiry);
  }

  /** A piece passed: what was kept of its earlier failure convicts or clears. */
  handleGood(partial: PartialPiece): void {
    const failed = this.#evidence.get(partial.piece);
    if (failed === undefined) return;
    this.#evidence.delete(partial.piece);
    const blockOf = ({ data }: PartialPiece, block: number) =>
      data.subarray(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH);
    const guilty = new Set<number>();
    for (let block = 0; block < failed.blockCount; block++) {
      if (!equalBytes(blockOf(failed, block), blockOf(partial, block))) guilty.add(failed.senderOf(block)!);
    }
    for (const link of guilty) this.#torrent.banForBadBytes(link);
  }

  /** Asks the next peer for the leaves; when none is left, the piece is fetched again from one peer alone. */
  #ask(inquiry: Inquiry): void {
    const { host, peers } = this.#torrent;
    const { partial } = inquiry;
    for (const peer of peers.values()) {
      if (!peer.isReady || !peer.said.v2 || inquiry.asked.has(peer.link) || !peer.has?.has(partial.piece))
        continue;
      inquiry.asked.add(peer.link);
      inquiry.asking = peer.link;
      inquiry.askedAt = host.now();
      for (const request of inquiry.requests) peer.send(encodeHashRequest(request));
      return;
    }
    this.#inquiries.delete(partial.piece);
    this.#suspect(partial);
  }

  /** An answer to a request for leaves. False when it answers nothing that was asked here. */
  handleHashes(peer: Peer, request: HashRequest, hashes: Uint8Array): boolean {
    const inquiry = this.#inquiryOf(peer, request);
    if (inquiry === null) return false;
    const { partial, requests } = inquiry;
    const at = requests.findIndex((each) => each.index === request.index && each.length === request.length);
    const leaves = this.#torrent.hashExchange!.verifyLeaves(partial.piece, request, hashes);
    if (at < 0 || leaves === null) {
      inquiry.asking = null;
      this.#ask(inquiry);
      return true;
    }
    inquiry.theirs[at] = leaves;
    if (inquiry.theirs.every((each) => each !== null)) this.#convict(inquiry);
    return true;
  }

  /** A refusal to tell leaves. False when nothing was asked of this peer here. */
  handleHashReject(peer: Peer, request: HashRequest): boolean {
    const inquiry = this.#inquiryOf(peer, request);
    if (inquiry === null) return false;
    inquiry.asking = null;
    this.#ask(inquiry);
    return true;
  }

  #inquiryOf(peer: Peer, request: HashRequest): Inquiry | null {
    for (const inquiry of this.#inquiries.values()) {
      if (inquiry.asking !== peer.link) continue;
      const { baseLayer, root, index } = request;
      if (
        inquiry.requests.some(
          (each) => each.baseLayer === baseLayer && each.index === index && equalBytes(each.root, root),
        )
      )
        return inquiry;
    }
    return null;
  }

  /** The leaves are known: bad blocks are discarded and their senders banned, good ones kept. */
  #convict(inquiry: Inquiry): void {
    const { partial, ours, theirs } = inquiry;
    this.#inquiries.delete(partial.piece);
    const bad: number[] = [];
    const guilty = new Set<number>();
    for (let block = 0; block < partial.blockCount; block++) {
      const per = inquiry.requests[0]!.length;
      const truth = theirs[Math.floor(block / per)]!.subarray(
        (block % per) * HASH_LENGTH,
        ((block % per) + 1) * HASH_LENGTH,
      );
      if (equalBytes(truth, ours.subarray(block * HASH_LENGTH, (block + 1) * HASH_LENGTH))) continue;
      bad.push(block);
      guilty.add(partial.senderOf(block)!);
    }
    // Before the piece is in progress again: what liars sent of others is not trusted, their good leaves here are.
    for (const link of guilty) this.#torrent.banForBadBytes(link);
    for (const link of partial.senders()) {
      const peer = this.#torrent.peers.get(link);
      if (peer !== undefined && !guilty.has(link)) clear(peer);
    }
    partial.discard(bad);
    this.#torrent.pieces!.handleFailed(partial);
    this.#torrent.handleFreed();
  }

  /** Nobody can be named: keep what each sent as evidence, and leave the piece to one peer alone. */
  #suspect(partial: PartialPiece): void {
    this.#evidence.set(partial.piece, partial);
    for (const oldest of this.#evidence.keys()) {
      if (bytesOf(this.#evidence.values()) <= FAILED_BYTES || oldest === partial.piece) break;
      this.#evidence.delete(oldest);
    }
    this.#refetch(partial);
  }

  #refetch(partial: PartialPiece): void {
    const pieces = this.#torrent.pieces!;
    pieces.handleNotStored(partial.piece);
    if (this.#evidence.has(partial.piece)) pieces.alone.add(partial.piece);
    this.#torrent.handleFreed();
  }

  handleTick(now: number): void {
    for (const inquiry of [...this.#inquiries.values()]) {
      const gone = inquiry.asking === null || !this.#torrent.peers.has(inquiry.asking);
      if (gone || now - inquiry.askedAt > HASH_REQUEST_TIMEOUT) this.#ask(inquiry);
    }
  }
}

function bytesOf(partials: Iterable<PartialPiece>): number {
  let bytes = 0;
  for (const { length } of partials) bytes += length;
  return bytes;
}

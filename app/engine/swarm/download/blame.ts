/**
 * Blame for bad bytes: finds the peers that sent the bad blocks of a failed piece, and has them banned.
 *
 * | the piece came from | leaf hashes | then |
 * | --- | --- | --- |
 * | one peer | – | the peer is banned and the piece is fetched again |
 * | several peers | a v2 peer sends them | the senders of bad blocks are banned, the good blocks are kept |
 * | several peers | none (v1; all refuse; beyond FAILED_BYTES) | the piece is fetched again from one peer alone |
 *
 * Leaf hashes are the SHA-256 of each 16 KiB. The piece's root proves them, so they cannot be forged. Example: A sent
 * blocks 0 and 1, B sent blocks 2 and 3, and the hash of block 2 differs. B is banned, and only block 2 is requested
 * again.
 *
 * A piece that is fetched from one peer alone has one culprit if it fails again. Its earlier bytes are kept as
 * evidence. When it passes, the senders of differing blocks in the evidence are banned. Several senders of a failed
 * piece go on probation (probation.ts).
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

/** The parts of its torrent that blame needs. */
export interface BlameContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly pieces: Pieces | null;
  readonly hashExchange: HashExchange | null;
  /** The peer sent bad bytes: its blocks of all pieces in progress are discarded, and it is banned. */
  banForBadBytes(link: number): void;
  handleFreed(): void;
}

/** A failed piece whose true leaf hashes are being requested. */
interface Inquiry {
  readonly partial: PartialPiece;
  /** SHA-256 of each block as it was received, 32 bytes each. */
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
  /** Failed pieces whose bad blocks are not known yet, with the bytes as they were received. Oldest first. */
  readonly #evidence: Map<number, PartialPiece>;

  constructor(torrent: BlameContext) {
    this.#torrent = torrent;
    this.#inquiries = new Map();
    this.#evidence = new Map();
  }

  /** A piece failed. `leaves`: SHA-256 of each of its blocks, 32 bytes each; null when it was verified by SHA-1. */
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

  /** A piece passed: bans the senders whose blocks differed when it failed before. */
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

  /**
   * Requests the leaf hashes from the next peer. When no peer is left, the piece is fetched again from one peer
   * alone.
   */
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

  /** An answer to a request for leaf hashes. False when blame waits for no such answer of this peer. */
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

  /** A refusal to send leaf hashes. False when blame waits for no such answer of this peer. */
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

  /** The leaf hashes are known: bans the senders of bad blocks, and keeps the good blocks. */
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
    // A ban discards the peer's blocks of all pieces in progress. It comes before this piece is in progress again, so
    // that the peer's good blocks of this piece stay.
    for (const link of guilty) this.#torrent.banForBadBytes(link);
    for (const link of partial.senders()) {
      const peer = this.#torrent.peers.get(link);
      if (peer !== undefined && !guilty.has(link)) clear(peer);
    }
    partial.discard(bad);
    this.#torrent.pieces!.handleFailed(partial);
    this.#torrent.handleFreed();
  }

  /** The culprit is not known: keeps the piece as evidence, and leaves it to one peer alone. */
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

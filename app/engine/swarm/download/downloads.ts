/**
 * The requests of one torrent: sends them as each peer's window allows, takes blocks in, gives requests up that
 * are late, refused or cut off, and hands whole pieces to be verified. What to ask for is the picker's choice.
 */
import { BLOCK_LENGTH } from "../../constants.ts";
import type { Host } from "../../host.ts";
import type { LinkEnd } from "../../link.ts";
import { encodeCancel, encodeRequest } from "../../wire/encode.ts";
import type { BlockRange } from "../../wire/message.ts";
import type { RateLimits } from "../flow/rate-limit.ts";
import type { UnstoredBudget } from "../flow/unstored-budget.ts";
import { type OutgoingRequest, requestKey } from "../peers/asked.ts";
import type { ComparisonPolicy } from "../peers/comparison-policy.ts";
import type { Peer } from "../peers/peer.ts";
import type { PartialPiece } from "../pieces/partial-piece.ts";
import type { Pieces } from "../pieces/pieces.ts";
import {
  BLOCK_TIME,
  REQUEST_TIMEOUT_MAX,
  REQUEST_TIMEOUT_MIN,
  SNUB_AFTER,
  UNREQUESTED_LIMIT,
} from "./constants.ts";
import { pickBlocks } from "./picker.ts";
import { tryWith } from "./probation.ts";
import { reorderedBytes } from "./reordered-requests.ts";

/** What downloads need of their torrent. */
export interface DownloadContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly budget: UnstoredBudget;
  readonly limits: RateLimits;
  readonly policy: ComparisonPolicy;
  /** Null until the info dictionary is known. */
  readonly pieces: Pieces | null;
  /** The person asked for the content, and nothing stops it. */
  readonly isFetching: boolean;
  /** Peers are to be searched when this input ends, be it another torrent's. */
  handleTouched(): void;
  verify(partial: PartialPiece): void;
  /** Drops a peer and never takes it again. */
  ban(peer: Peer, reason: LinkEnd): void;
}

export class Downloads {
  readonly #torrent: DownloadContext;
  /** Blocks were freed: peers that had nothing to ask for may have something now. */
  #freed: boolean;
  /** Bytes that came in vain. */
  wasted: number;

  constructor(torrent: DownloadContext) {
    this.#torrent = torrent;
    this.#freed = false;
    this.wasted = 0;
  }

  /** Asks the peer for as much as its window allows. */
  fill(peer: Peer): void {
    if (peer.asked.isExhausted) return;
    const { pieces, host, peers, budget, policy } = this.#torrent;
    if (pieces === null || peer.has === null || !this.#torrent.isFetching || peer.interesting === 0) return;
    if (peer.said.peerChoking && peer.said.allowedFast.size === 0) return;
    // Requests go out several in one channel message: each message costs both ends more than its bytes.
    const standing = bytesStanding(peer);
    if (peer.asked.bytesUnderWay - standing > peer.asked.window.refillBelow) return;
    const now = host.now();
    const { down } = this.#torrent.limits;
    while (this.#mayAsk(peer, standing) && budget.isOpen && down.isOpen(now)) {
      const pick = pickBlocks({ pieces, peers, now, policy }, peer, this.#blockLength(peer, now));
      if (pick === null) {
        peer.asked.isExhausted = true;
        return;
      }
      peer.tellReceived();
      tryWith(peer, pick.partial.piece);
      pieces.ask(pick.partial, pick.first, pick.count);
      const { piece } = pick.partial;
      const length = pick.partial.runLength(pick.first, pick.count);
      down.take(length);
      this.#request(peer, piece, pick.first * BLOCK_LENGTH, length);
    }
  }

  /** Blocks have become free, or more is wanted: everyone is searched again at the end of this input. */
  handleFreed(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#torrent.handleTouched();
  }

  /** Whether anything was freed since the last call. */
  takeFreed(): boolean {
    const freed = this.#freed;
    this.#freed = false;
    return freed;
  }

  #mayAsk(peer: Peer, standing: number): boolean {
    if (peer.asked.requests.size === 0) return true;
    if (peer.asked.snubbed) return false;
    return (
      peer.asked.requests.size < peer.said.requestQueue &&
      peer.asked.bytesUnderWay - standing < peer.asked.window.limit
    );
  }

  /** Larger blocks for faster peers, as far as they serve them. */
  #blockLength(peer: Peer, now: number): number {
    return Math.min(
      peer.said.maxBlock,
      Math.max(BLOCK_LENGTH, (peer.asked.down.rate(now) * BLOCK_TIME) / 1000),
    );
  }

  #request(peer: Peer, piece: number, begin: number, length: number): void {
    peer.asked.bytesUnderWay += length;
    const sentAt = this.#torrent.host.now();
    // What stands on a lane is beyond the window, and says nothing of what the window brings.
    const underWay = Math.min(peer.asked.bytesUnderWay, peer.asked.window.limit + length);
    const request = { piece, begin, length, sentAt, underWay };
    peer.asked.waitingSince ??= sentAt;
    peer.asked.requests.set(requestKey(piece, begin), request);
    peer.send(encodeRequest(request));
  }

  /** A block came. True when it was worth something. */
  handleBlock(peer: Peer, piece: number, begin: number, block: Uint8Array): boolean {
    const { pieces, host, limits } = this.#torrent;
    const key = requestKey(piece, begin);
    const request = peer.asked.requests.get(key);
    const now = host.now();
    peer.noteReceived({ piece, begin });
    if (pieces !== null && request !== undefined && request.length === block.length) {
      this.#remove(peer, key, request);
      peer.asked.latestAnswered = Math.max(peer.asked.latestAnswered, request.sentAt);
      // In endgame a peer is asked for more only once it owes us nothing.
      if (peer.asked.requests.size === 0) peer.asked.isExhausted = false;
      peer.asked.window.handleBlock(now - request.sentAt, block.length, request.underWay, now);
      this.#handleSent(peer, now);
    } else if (pieces !== null && peer.asked.givenUp.take(key, block.length)) {
      limits.down.take(block.length);
      peer.asked.isExhausted = false;
      this.#handleSent(peer, now);
    } else {
      this.wasted += block.length;
      peer.asked.unrequested++;
      if (peer.asked.unrequested >= UNREQUESTED_LIMIT) this.#torrent.ban(peer, "unrequested-data");
      return false;
    }
    return this.#receive(peer, pieces, piece, begin, block);
  }

  /** The peer keeps sending. */
  #handleSent(peer: Peer, now: number): void {
    peer.asked.snubbed = false;
    peer.asked.lastBlockAt = now;
    peer.asked.waitingSince = peer.asked.requests.size > 0 ? now : null;
  }

  #receive(peer: Peer, pieces: Pieces, piece: number, begin: number, block: Uint8Array): boolean {
    const partial = pieces.partials.get(piece);
    // What others still send of a piece that must have one sender would blur who is to blame.
    if (partial === undefined || (pieces.alone.has(piece) && partial.owner !== peer.link)) {
      this.wasted += block.length;
      this.#free(partial ?? null);
      return false;
    }
    const first = begin / BLOCK_LENGTH;
    const fresh = partial.receive(first, block, peer.link);
    this.wasted += block.length - fresh;
    peer.asked.down.add(fresh);
    pieces.fileFreeBlocks(partial);
    this.#cancelElsewhere(peer, partial, first, Math.ceil(block.length / BLOCK_LENGTH));
    if (partial.isWhole) {
      pieces.handleWhole(partial);
      this.#torrent.verify(partial);
    }
    return fresh > 0;
  }

  /** Other peers that were asked for blocks that have just come need not send them. */
  #cancelElsewhere(sender: Peer, partial: PartialPiece, first: number, count: number): void {
    for (let block = first; block < first + count; block++) {
      if (partial.timesAsked(block) === 0) continue;
      const key = requestKey(partial.piece, block * BLOCK_LENGTH);
      for (const peer of this.#torrent.peers.values()) {
        const request = peer === sender ? undefined : peer.asked.requests.get(key);
        if (request === undefined) continue;
        const end = block + Math.ceil(request.length / BLOCK_LENGTH);
        if (end > first + count) continue;
        peer.send(encodeCancel(request));
        this.#giveUp(peer, key, request);
        if (peer.asked.requests.size === 0) peer.asked.waitingSince = null;
        this.fill(peer);
      }
    }
  }

  /** The peer will not send a block that we asked for. */
  handleReject(peer: Peer, range: BlockRange): void {
    const key = requestKey(range.piece, range.begin);
    const request = peer.asked.requests.get(key);
    // Answers come in the order of requests: where the same was asked, given up and asked again, this is the first's.
    if (peer.asked.givenUp.take(key, range.length)) return;
    if (request === undefined || request.length !== range.length) return;
    this.#free(this.#remove(peer, key, request));
    this.#torrent.limits.down.giveBack(range.length);
    if (peer.asked.requests.size === 0) peer.asked.waitingSince = null;
    // Refused although nothing keeps it from serving: it does not have the piece after all.
    if (!peer.said.peerChoking) this.#torrent.pieces?.handleDontHave(peer, range.piece);
  }

  /** A connection broke with blocks under way: those that are still awaited are asked for again. */
  handleLost(peer: Peer, ranges: readonly BlockRange[]): void {
    for (const { piece, begin, length } of ranges) {
      const key = requestKey(piece, begin);
      const request = peer.asked.requests.get(key);
      if (request?.length === length) this.#giveUp(peer, key, request);
    }
    if (peer.asked.requests.size === 0) peer.asked.waitingSince = null;
  }

  /** The peer chokes us. With the fast extension it rejects what it will not send; without, all is lost. BEP 6. */
  handleChoke(peer: Peer): void {
    peer.asked.waitingSince = null;
    if (!peer.said.fast) this.release(peer);
  }

  /** The peer gives no sign of life: others are asked, and it for no more than one block. */
  handleSuspected(peer: Peer): void {
    if (!peer.asked.snubbed) this.#snub(peer);
  }

  #snub(peer: Peer): void {
    peer.asked.snubbed = true;
    this.release(peer);
  }

  /** Nothing more is to come: everything that was asked for is called back. */
  stop(): void {
    for (const peer of this.#torrent.peers.values()) {
      for (const request of peer.asked.requests.values()) peer.send(encodeCancel(request));
      this.release(peer);
      peer.asked.waitingSince = null;
    }
  }

  /** Gives up everything asked of a peer, for others to be asked. */
  release(peer: Peer): void {
    for (const [key, request] of [...peer.asked.requests]) this.#giveUp(peer, key, request);
  }

  /** Removes a request; its blocks' piece, where that is still in progress, is to be filed anew afterwards. */
  #remove(peer: Peer, key: number, request: OutgoingRequest): PartialPiece | null {
    peer.asked.requests.delete(key);
    peer.asked.bytesUnderWay -= request.length;
    const { pieces } = this.#torrent;
    // A piece being verified may fail, and be asked for again.
    const partial = pieces?.partials.get(request.piece) ?? pieces?.received.get(request.piece);
    partial?.unask(request.begin / BLOCK_LENGTH, Math.ceil(request.length / BLOCK_LENGTH));
    return partial ?? null;
  }

  #free(partial: PartialPiece | null): void {
    if (partial === null) return;
    this.#torrent.pieces?.fileFreeBlocks(partial);
    this.handleFreed();
  }

  /** Removes a request whose block may still come; then it counts. */
  #giveUp(peer: Peer, key: number, request: OutgoingRequest): void {
    this.#free(this.#remove(peer, key, request));
    this.#torrent.limits.down.giveBack(request.length);
    peer.asked.givenUp.add(key, request.length);
  }

  /** Gives up what is late, so that others are asked; snubs peers that send nothing at all. */
  handleTick(now: number): void {
    const { pieces } = this.#torrent;
    for (const peer of this.#torrent.peers.values()) {
      // What was not late when the peer was searched last may be by now.
      if (pieces?.isEndgame || pieces?.deadlines.isEmpty === false) peer.asked.isExhausted = false;
      this.fill(peer);
      if (peer.asked.requests.size === 0) continue;
      if (
        !peer.asked.snubbed &&
        peer.asked.waitingSince !== null &&
        now - peer.asked.waitingSince >= SNUB_AFTER
      ) {
        this.#snub(peer);
      } else {
        this.#expire(peer, now);
      }
    }
  }

  #expire(peer: Peer, now: number): void {
    const timeout = requestTimeout(peer);
    // One of its connections stands while others bring blocks: they may bring what is late as well.
    const moves = peer.lanes.length > 0 && now - peer.asked.lastBlockAt < timeout / 2;
    let late = false;
    for (const [key, request] of peer.asked.requests) {
      // On one connection blocks come in the order of their requests: what follows a recent block is on its way.
      const movedAt =
        peer.lanes.length > 0 ? request.sentAt : Math.max(request.sentAt, peer.asked.lastBlockAt);
      if (now - movedAt < timeout) break;
      late ||= !moves;
      // What only this peer has is waited for: asking it again would bring the same bytes twice.
      if (!moves && !this.#hasAlternative(peer, request.piece)) continue;
      peer.send(encodeCancel(request));
      this.#giveUp(peer, key, request);
    }
    if (!late || now - peer.asked.lateAt < timeout) return;
    peer.asked.lateAt = now;
    peer.asked.window.handleTimeout(now);
  }

  /** Whether anybody else could send a piece now. */
  #hasAlternative(peer: Peer, piece: number): boolean {
    for (const other of this.#torrent.peers.values()) {
      if (other !== peer && !other.said.peerChoking && !other.asked.snubbed && other.has?.has(piece))
        return true;
    }
    return false;
  }
}

/**
 * Bytes under way that do not count while the queue is let run empty: overtaken, they wait in an association to be sent
 * again, not in the line's queue. Counted, they would leave nothing to ask for until each has been: a window full of
 * them keeps the other lanes idle, and the drain from its end.
 */
function bytesStanding({ lanes, asked: { window, requests, latestAnswered } }: Peer): number {
  if (lanes.length === 0 || !window.isProbingBase) return 0;
  return reorderedBytes(requests.values(), latestAnswered, window.base ?? Infinity);
}

/** Milliseconds without an answer after which a request is given up: mean + 4 deviations, within bounds. */
export function requestTimeout(peer: Peer): number {
  const { blockTime, deviation } = peer.asked.window;
  if (blockTime === null) return SNUB_AFTER;
  return Math.min(REQUEST_TIMEOUT_MAX, Math.max(REQUEST_TIMEOUT_MIN, blockTime + 4 * deviation));
}

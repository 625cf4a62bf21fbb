/**
 * The requests of one torrent: sends as many to each peer as its window allows, takes the blocks in, and hands whole
 * pieces to the verifier. The picker chooses the blocks.
 *
 * | a request is | when | what follows |
 * | --- | --- | --- |
 * | under way | `fill` sends it | its bytes count in the window |
 * | answered | `handleBlock` | the window learns the block's time, and the piece gets the block |
 * | rejected | `handleReject` | its blocks are free; if the peer does not choke us, it lacks the piece |
 * | given up | `#giveUp` | its blocks are free; the piece still gets the block if it comes |
 *
 * A request is given up when it is late or another peer has sent its blocks. It is given up, too, when a lane broke,
 * or when the peer is gone, is snubbed, or chokes us without the fast extension. A peer is snubbed when it sends no
 * block for 20 s (SNUB_AFTER). It then gets one request at a time until a block comes.
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
  REFUSED_FOR,
  REQUEST_TIMEOUT_MAX,
  REQUEST_TIMEOUT_MIN,
  SNUB_AFTER,
  UNREQUESTED_LIMIT,
} from "./constants.ts";
import { pickBlocks } from "./picker.ts";
import { tryWith } from "./probation.ts";
import { reorderedBytes } from "./reordered-requests.ts";

/** The parts of their torrent that downloads need. */
export interface DownloadContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly budget: UnstoredBudget;
  readonly limits: RateLimits;
  readonly policy: ComparisonPolicy;
  /** Null until the info dictionary is known. */
  readonly pieces: Pieces | null;
  /** The person wants the content, and nothing stops the download. */
  readonly isFetching: boolean;
  /** Peers are to be searched when the present input ends, even if the input is another torrent's. */
  handleTouched(): void;
  verify(partial: PartialPiece): void;
  /** Ends the peer's link, and refuses the peer from now on. */
  ban(peer: Peer, reason: LinkEnd): void;
}

export class Downloads {
  readonly #torrent: DownloadContext;
  #freed: boolean;
  /** Received bytes that were of no use. */
  wasted: number;

  constructor(torrent: DownloadContext) {
    this.#torrent = torrent;
    this.#freed = false;
    this.wasted = 0;
  }

  /** Requests as many blocks from the peer as its window allows. */
  fill(peer: Peer): void {
    if (peer.asked.isExhausted) return;
    const { pieces, host, peers, budget, policy } = this.#torrent;
    if (pieces === null || peer.has === null || !this.#torrent.isFetching || peer.interesting === 0) return;
    if (peer.said.peerChoking && peer.said.allowedFast.size === 0) return;
    // Several requests leave in one channel message, because each message costs both ends more than its bytes.
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

  /** Blocks became free, or more pieces are wanted: all peers are searched again when this input ends. */
  handleFreed(): void {
    if (this.#freed) return;
    this.#freed = true;
    this.#torrent.handleTouched();
  }

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

  /** Bytes of one request: more for a faster peer, as far as the peer serves larger blocks. */
  #blockLength(peer: Peer, now: number): number {
    return Math.min(
      peer.said.maxBlock,
      Math.max(BLOCK_LENGTH, (peer.asked.down.rate(now) * BLOCK_TIME) / 1000),
    );
  }

  #request(peer: Peer, piece: number, begin: number, length: number): void {
    peer.asked.bytesUnderWay += length;
    const sentAt = this.#torrent.host.now();
    // Bytes beyond the limit stand on a lane (`bytesStanding`), and the window must not count them.
    const underWay = Math.min(peer.asked.bytesUnderWay, peer.asked.window.limit + length);
    const request = { piece, begin, length, sentAt, underWay };
    peer.asked.waitingSince ??= sentAt;
    peer.asked.requests.set(requestKey(piece, begin), request);
    peer.send(encodeRequest(request));
  }

  /** A block came. Returns whether some of its bytes were new. */
  handleBlock(peer: Peer, piece: number, begin: number, block: Uint8Array): boolean {
    const { pieces, host, limits } = this.#torrent;
    const key = requestKey(piece, begin);
    const request = peer.asked.requests.get(key);
    const now = host.now();
    peer.noteReceived({ piece, begin });
    if (pieces !== null && request !== undefined && request.length === block.length) {
      this.#remove(peer, key, request);
      peer.asked.latestAnswered = Math.max(peer.asked.latestAnswered, request.sentAt);
      // A peer without requests under way may be asked for late blocks of others (endgame).
      if (peer.asked.requests.size === 0) peer.mayHaveMore();
      peer.asked.window.handleBlock(now - request.sentAt, block.length, request.underWay, now);
      this.#handleSent(peer, now);
    } else if (pieces !== null && peer.asked.givenUp.take(key, block.length)) {
      limits.down.take(block.length);
      peer.mayHaveMore();
      this.#handleSent(peer, now);
    } else {
      this.wasted += block.length;
      peer.asked.unrequested++;
      if (peer.asked.unrequested >= UNREQUESTED_LIMIT) this.#torrent.ban(peer, "unrequested-data");
      return false;
    }
    return this.#receive(peer, pieces, piece, begin, block);
  }

  #handleSent(peer: Peer, now: number): void {
    peer.asked.snubbed = false;
    peer.asked.lastBlockAt = now;
    peer.asked.waitingSince = peer.asked.requests.size > 0 ? now : null;
  }

  #receive(peer: Peer, pieces: Pieces, piece: number, begin: number, block: Uint8Array): boolean {
    const partial = pieces.partials.get(piece);
    // A piece in `alone` takes blocks from its owner only: a second sender would hide the culprit.
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

  /** Cancels other peers' requests for blocks that have just come. */
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

  handleReject(peer: Peer, range: BlockRange): void {
    const key = requestKey(range.piece, range.begin);
    const request = peer.asked.requests.get(key);
    // Rejects come in the order of requests. Of two requests for the same block, the one given up came first.
    if (peer.asked.givenUp.take(key, range.length)) return;
    if (request === undefined || request.length !== range.length) return;
    this.#free(this.#remove(peer, key, request));
    this.#torrent.limits.down.giveBack(range.length);
    if (peer.asked.requests.size === 0) peer.asked.waitingSince = null;
    const { pieces, host } = this.#torrent;
    if (peer.said.peerChoking || pieces === null || !peer.has?.has(range.piece)) return;
    pieces.handleDontHave(peer, range.piece);
    peer.refused.add(range.piece, host.now());
  }

  /** Pieces that the peer refused a while ago count as had again: it said so itself. */
  #forgive(peer: Peer, now: number): void {
    for (const piece of peer.refused.takeUntil(now - REFUSED_FOR))
      this.#torrent.pieces?.handleHave(peer, piece);
  }

  /** A lane broke, and the peer names the blocks that were on it. Those not received are requested again. */
  handleLost(peer: Peer, ranges: readonly BlockRange[]): void {
    for (const { piece, begin, length } of ranges) {
      const key = requestKey(piece, begin);
      const request = peer.asked.requests.get(key);
      if (request?.length === length) this.#giveUp(peer, key, request);
    }
    if (peer.asked.requests.size === 0) peer.asked.waitingSince = null;
  }

  /** The peer chokes us. Rejects follow with the fast extension; without it, all requests are void. BEP 6. */
  handleChoke(peer: Peer): void {
    peer.asked.waitingSince = null;
    if (!peer.said.fast) this.release(peer);
  }

  /** The peer gives no sign of life: it is snubbed, and other peers are asked for its blocks. */
  handleSuspected(peer: Peer): void {
    if (!peer.asked.snubbed) this.#snub(peer);
  }

  #snub(peer: Peer): void {
    peer.asked.snubbed = true;
    this.#cancelAll(peer);
  }

  stop(): void {
    for (const peer of this.#torrent.peers.values()) {
      this.#cancelAll(peer);
      peer.asked.waitingSince = null;
    }
  }

  /** Without the cancels, what is given up would fill the peer's queue, and it would refuse what is asked next. */
  #cancelAll(peer: Peer): void {
    for (const request of peer.asked.requests.values()) peer.send(encodeCancel(request));
    this.release(peer);
  }

  /** Gives up all requests to a peer, so that other peers are asked for the blocks. */
  release(peer: Peer): void {
    for (const [key, request] of [...peer.asked.requests]) this.#giveUp(peer, key, request);
  }

  /** Removes a request. Returns its piece unless that is gone; the caller has to file the piece's free blocks. */
  #remove(peer: Peer, key: number, request: OutgoingRequest): PartialPiece | null {
    peer.asked.requests.delete(key);
    peer.asked.bytesUnderWay -= request.length;
    const { pieces } = this.#torrent;
    // A received piece may fail and be requested again, so its counts have to be right.
    const partial = pieces?.partials.get(request.piece) ?? pieces?.received.get(request.piece);
    partial?.unask(request.begin / BLOCK_LENGTH, Math.ceil(request.length / BLOCK_LENGTH));
    return partial ?? null;
  }

  #free(partial: PartialPiece | null): void {
    if (partial === null) return;
    this.#torrent.pieces?.fileFreeBlocks(partial);
    this.handleFreed();
  }

  /** Removes a request whose block may still come. */
  #giveUp(peer: Peer, key: number, request: OutgoingRequest): void {
    this.#free(this.#remove(peer, key, request));
    this.#torrent.limits.down.giveBack(request.length);
    peer.asked.givenUp.add(key, request.length);
  }

  /** Gives up late requests, so that other peers are asked, and snubs peers that send nothing. */
  handleTick(now: number): void {
    const { pieces } = this.#torrent;
    for (const peer of this.#torrent.peers.values()) {
      // A block may have become late since the last search. Endgame and deadlines ask a second peer for it.
      if (pieces?.isEndgame || pieces?.deadlines.isEmpty === false) peer.mayHaveMore();
      this.#forgive(peer, now);
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
    // One of the peer's connections stands while others bring blocks. The others may bring the late blocks as well.
    const moves = peer.lanes.length > 0 && now - peer.asked.lastBlockAt < timeout / 2;
    let late = false;
    for (const [key, request] of peer.asked.requests) {
      // On one connection blocks come in the order of their requests, so after a recent block the next is on its way.
      const movedAt =
        peer.lanes.length > 0 ? request.sentAt : Math.max(request.sentAt, peer.asked.lastBlockAt);
      if (now - movedAt < timeout) break;
      late ||= !moves;
      // A piece that only this peer has is waited for: a second request would bring the same bytes twice.
      if (!moves && !this.#hasAlternative(peer, request.piece)) continue;
      peer.send(encodeCancel(request));
      this.#giveUp(peer, key, request);
    }
    if (!late || now - peer.asked.lateAt < timeout) return;
    peer.asked.lateAt = now;
    peer.asked.window.handleTimeout(now);
  }

  #hasAlternative(peer: Peer, piece: number): boolean {
    for (const other of this.#torrent.peers.values()) {
      if (other !== peer && !other.said.peerChoking && !other.asked.snubbed && other.has?.has(piece))
        return true;
    }
    return false;
  }
}

/**
 * Bytes under way that do not count while the window probes its base. Their requests were overtaken, so their blocks
 * wait for a retransmission in an association and not in the line's queue. If they counted, a window full of them
 * would allow no request until they came. The other lanes would be idle, and the probe would not end.
 */
function bytesStanding({ lanes, asked: { window, requests, latestAnswered } }: Peer): number {
  if (lanes.length === 0 || !window.isProbingBase) return 0;
  return reorderedBytes(requests.values(), latestAnswered, window.base ?? Infinity);
}

/** Milliseconds after which a request is given up: mean and 4 deviations of block times, within bounds. */
export function requestTimeout(peer: Peer): number {
  const { blockTime, deviation } = peer.asked.window;
  if (blockTime === null) return SNUB_AFTER;
  return Math.min(REQUEST_TIMEOUT_MAX, Math.max(REQUEST_TIMEOUT_MIN, blockTime + 4 * deviation));
}

/**
 * Uploads serve the blocks that peers ask one torrent for. The steps of a request:
 *
 * 1. It joins the queue of its peer, or is rejected.
 * 2. Its piece is read, once for all peers, and with it the pieces of the requests behind it.
 * 3. If a rate limit or the uplink's window has nothing left, the request's peer waits for a turn (round-robin.ts).
 * 4. Its block goes to the peer's link or lane with the least to send, if not too much waits there already
 *    (`sendQueueLimit`).
 *
 * A choke or a cancel takes requests out of the queue, and rejects them. The choker decides which peers may ask.
 */
import { MAX_FOREIGN_BLOCK, MAX_SHOAL_BLOCK, REQUEST_QUEUE } from "../../constants.ts";
import type { Host, TorrentId } from "../../host.ts";
import { encodeReject } from "../../wire/encode.ts";
import type { BlockRange } from "../../wire/message.ts";
import type { BlockPlace } from "../../wire/sh-received.ts";
import { RATE_SHOWN } from "../flow/constants.ts";
import type { RateLimits } from "../flow/rate-limit.ts";
import type { Uplink } from "../flow/uplink.ts";
import { requestKey } from "../peers/asked.ts";
import type { Carrier } from "../peers/carrier.ts";
import type { Peer } from "../peers/peer.ts";
import type { PieceCache } from "../pieces/piece-cache.ts";
import type { PieceReader } from "../pieces/piece-reader.ts";
import type { Pieces } from "../pieces/pieces.ts";
import {
  READ_AHEAD_BYTES,
  READ_AHEAD_PIECES,
  SEND_AHEAD,
  SEND_AHEAD_SLOW,
  SEND_QUEUE_MAX,
  SEND_QUEUE_MIN,
  SEND_QUEUE_SLOW,
} from "./constants.ts";

/** The part of the torrent that uploads need. */
export interface UploadContext {
  readonly id: TorrentId;
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly cache: PieceCache;
  readonly pieces: Pieces | null;
  readonly reader: PieceReader;
  readonly limits: RateLimits;
  /** Limits and uplink of all torrents together. */
  readonly nodeLimits: RateLimits;
  readonly uplink: Uplink<Peer>;
  handleSent(peer: Peer, range: BlockRange): void;
}

export class Uploads {
  readonly #torrent: UploadContext;
  /** Pieces being read, each with the peers that wait for it. */
  readonly #reading: Map<number, Set<Peer>>;
  /** When a block was last sent to any peer, and since when blocks have been sent without a long pause. */
  #sentAt: number;
  #sendingSince: number;

  constructor(torrent: UploadContext) {
    this.#torrent = torrent;
    this.#reading = new Map();
    this.#sentAt = -Infinity;
    this.#sendingSince = -Infinity;
  }

  /**
   * A peer asks for a block. A request that cannot be served is rejected at once. Peers without the fast extension
   * know no reject (BEP 6); theirs is dropped.
   */
  handleRequest(peer: Peer, range: BlockRange): void {
    const most =
      peer.said.maxBlock > MAX_FOREIGN_BLOCK
        ? MAX_SHOAL_BLOCK
        : Math.max(peer.said.maxBlock, MAX_FOREIGN_BLOCK);
    const { pieces } = this.#torrent;
    const served =
      pieces !== null &&
      range.piece < pieces.info.pieceCount &&
      pieces.have.has(range.piece) &&
      range.length > 0 &&
      range.length <= most &&
      range.begin + range.length <= pieces.map.pieceLength(range.piece) &&
      !peer.slot.amChoking &&
      peer.served.incoming.length < REQUEST_QUEUE;
    if (!served) {
      this.#reject(peer, range);
      return;
    }
    peer.served.incoming.push(range);
    this.pump(peer);
  }

  /**
   * The peer no longer wants a block. With the fast extension it is owed a reject if the block has not left. BEP 6.
   */
  handleCancel(peer: Peer, range: BlockRange): void {
    const at = peer.served.incoming.findIndex(
      (each) => each.piece === range.piece && each.begin === range.begin && each.length === range.length,
    );
    if (at < 0) return;
    peer.served.incoming.splice(at, 1);
    this.#reject(peer, range);
  }

  /** The peer was choked: the blocks that it waits for will not come. */
  handleChoked(peer: Peer): void {
    for (const range of peer.served.incoming.splice(0)) this.#reject(peer, range);
  }

  #reject(peer: Peer, range: BlockRange): void {
    if (peer.said.fast) peer.send(encodeReject(range));
  }

  /** Sends as many blocks of the peer as its connections, the limits and the uplink take now. */
  pump(peer: Peer): void {
    if (peer.served.incoming.length === 0) return;
    const { roundRobin } = this.#torrent.uplink;
    if (roundRobin.isEmpty) {
      while (this.#sendNext(peer) > 0);
    } else {
      this.#queueUp(peer);
      this.#serveTurns();
    }
    this.#readAhead(peer);
  }

  /** Sends the next block that the peer waits for. Returns its bytes; 0 when no block can be sent now. */
  #sendNext(peer: Peer): number {
    const { host, cache, id, limits, uplink } = this.#torrent;
    const range = peer.served.incoming[0];
    const carrier = range === undefined ? null : this.#freest(peer);
    if (range === undefined || carrier === null) return 0;
    const data = cache.get(id, range.piece);
    if (data === null) {
      this.#readFor(peer, range.piece);
      return 0;
    }
    const now = host.now();
    if (!limits.up.isOpen(now) || !uplink.hasRoomFor(peer)) {
      this.#queueUp(peer);
      return 0;
    }
    peer.served.incoming.shift();
    peer.served.latestPiece = range.piece;
    carrier.sendBlock(range, blockOf(data, range));
    this.#handleSent(now);
    limits.up.take(range.length);
    this.#noteSent(peer, range, now);
    peer.served.up.add(range.length);
    peer.served.upCompared.add(range.length);
    this.#torrent.handleSent(peer, range);
    return range.length;
  }

  #noteSent(peer: Peer, { piece, begin, length }: BlockRange, now: number): void {
    const { uplink } = this.#torrent;
    if (peer.said.extensionIds.received === 0) {
      uplink.handleSentBlindly(now);
      return;
    }
    uplink.handleSent(peer, requestKey(piece, begin), length, now);
    if (uplink.isShared) peer.askToTell();
  }

  /** Has the peer wait for its turn. */
  #queueUp(peer: Peer): void {
    this.#torrent.uplink.roundRobin.wait(peer, () => {
      const sent = this.#sendNext(peer);
      if (sent > 0) this.#readAhead(peer);
      return sent;
    });
  }

  /** Serves peers of all torrents that wait for their turns. */
  #serveTurns(): void {
    const { host, nodeLimits, uplink } = this.#torrent;
    uplink.roundRobin.serve(() => uplink.hasRoom && nodeLimits.up.isOpen(host.now()));
  }

  /** A peer says which blocks came. An empty list means something else (sh-received.ts) and tells nothing here. */
  handleReceived(peer: Peer, places: readonly BlockPlace[]): void {
    const { host, uplink } = this.#torrent;
    for (const { piece, begin } of places) uplink.handleReceived(peer, requestKey(piece, begin), host.now());
    this.#serveTurns();
  }

  /** The peer's link or lane with the least to send; null when each has enough. */
  #freest(peer: Peer): Carrier | null {
    const { host } = this.#torrent;
    let freest: Carrier = peer;
    let least = peer.buffered;
    for (const lane of peer.lanes) {
      const { buffered } = lane;
      if (buffered >= least) continue;
      freest = lane;
      least = buffered;
    }
    const now = host.now();
    const limit = sendQueueLimit(peer.served.up.rate(now), 1 + peer.lanes.length, now - this.#sendingSince);
    return least < limit ? freest : null;
  }

  #handleSent(now: number): void {
    if (now - this.#sentAt > RATE_SHOWN) this.#sendingSince = now;
    this.#sentAt = now;
  }

  /** Goes on where a limit or the uplink had stopped it. Waiting peers are served in their turns. */
  handleTick(): void {
    for (const peer of this.#torrent.peers.values()) this.pump(peer);
  }

  #readAhead(peer: Peer): void {
    const { cache, id } = this.#torrent;
    for (const piece of piecesAhead(peer)) if (!cache.has(id, piece)) this.#read(piece);
  }

  /**
   * Whether a peer is served from a piece now or next. The cache keeps the piece, or each block would cost a read.
   */
  isServing(piece: number): boolean {
    for (const peer of this.#torrent.peers.values()) {
      if (peer.slot.amChoking) continue;
      if (peer.served.latestPiece === piece || piecesAhead(peer).includes(piece)) return true;
    }
    return false;
  }

  /** Reads a piece, and serves the peer from it then. */
  #readFor(peer: Peer, piece: number): void {
    this.#read(piece).add(peer);
  }

  #read(piece: number): Set<Peer> {
    let waiting = this.#reading.get(piece);
    if (waiting === undefined) {
      waiting = new Set();
      this.#reading.set(piece, waiting);
      this.#torrent.reader.read(piece, (data) => this.#handleRead(piece, data !== null));
    }
    return waiting;
  }

  /** A piece was read, or could not be. Peers that wait for it are served or refused. */
  #handleRead(piece: number, isHere: boolean): void {
    const waiting = this.#reading.get(piece) ?? [];
    this.#reading.delete(piece);
    if (!isHere) for (const peer of this.#torrent.peers.values()) this.#refuse(peer, piece);
    for (const peer of waiting) if (this.#torrent.peers.get(peer.link) === peer) this.pump(peer);
  }

  /** Rejects a peer's requests for a piece that cannot be read. */
  #refuse(peer: Peer, piece: number): void {
    const { incoming } = peer.served;
    const refused = incoming.filter((range) => range.piece === piece);
    if (refused.length === 0) return;
    peer.served.incoming.splice(0, incoming.length, ...incoming.filter((range) => range.piece !== piece));
    for (const range of refused) this.#reject(peer, range);
  }
}

/**
 * Bytes queued on one of a peer's connections up to which it gets one more block. `rate`: bytes a second over all of
 * them; `since`: milliseconds for which blocks have been sent.
 *
 * | rate of the connection | limit |
 * | --- | --- |
 * | up to 0.65 MB/s, where it counts as slow | 200 ms of the rate, 16 KiB at least |
 * | up to 2.6 MB/s | 128 KiB |
 * | above | 50 ms of the rate, 1 MiB at most |
 *
 * In the first 3 s no connection counts as slow: its rate is not known, because a line is as fast as it is fed. Nor
 * does one of several. Loss or distance makes each slow by turns, and a connection that is fed by its own rate hardly
 * gets beyond it. Seen with 0.5 % loss: 2 MB/s fell to 0.3 within seconds.
 */
export function sendQueueLimit(rate: number, connections: number, since: number): number {
  const each = rate / connections;
  const mayBeSlow = connections === 1 && since >= RATE_SHOWN;
  const slow = mayBeSlow ? Math.max(SEND_QUEUE_MIN, (each * SEND_AHEAD_SLOW) / 1000) : SEND_QUEUE_SLOW;
  return Math.min(SEND_QUEUE_MAX, Math.max(Math.min(SEND_QUEUE_SLOW, slow), (each * SEND_AHEAD) / 1000));
}

/** The pieces of a peer's next blocks, in their order. */
function piecesAhead({ served: { incoming } }: Peer): number[] {
  const pieces: number[] = [];
  let bytes = 0;
  for (const { piece, length } of incoming) {
    if (piece !== pieces.at(-1)) pieces.push(piece);
    bytes += length;
    if (pieces.length === READ_AHEAD_PIECES || bytes >= READ_AHEAD_BYTES) break;
  }
  return pieces;
}

/** A block of a piece. Bytes beyond the piece's data are padding, which reads as zeros. */
function blockOf(data: Uint8Array, range: BlockRange): Uint8Array {
  const block = data.subarray(range.begin, range.begin + range.length);
  if (block.length === range.length) return block;
  const padded = new Uint8Array(range.length);
  padded.set(block);
  return padded;
}

/**
 * One peer of one torrent: what it said, what we said to it, what is under way between the two. State and
 * outgoing messages only; what to ask, serve or forbid is decided elsewhere (downloads, uploads, choker).
 */
import {
  BLOCK_LENGTH,
  DEFAULT_REQUEST_QUEUE,
  MAX_FOREIGN_MESSAGE,
  MAX_UNKNOWN_BITFIELD,
  REQUEST_QUEUE,
} from "../../constants.ts";
import { MAX_PIECE_LENGTH } from "../../content/constants.ts";
import type { Host, LinkId } from "../../host.ts";
import { encodeExtended, encodePiece, encodePieceHeader } from "../../wire/encode.ts";
import type { BlockRange } from "../../wire/message.ts";
import { MessageReader } from "../../wire/message-reader.ts";
import { type BlockPlace, encodeReceived } from "../../wire/sh-received.ts";
import { RATE_COMPARED, RATE_SHOWN } from "../flow/constants.ts";
import { RateMeter } from "../flow/rate-meter.ts";
import { RequestWindow } from "../flow/request-window.ts";
import type { Lane } from "../lanes/lane.ts";
import type { Bitfield } from "../pieces/bitfield.ts";
import type { DirtyPeers } from "./dirty-peers.ts";
import { LapsedRequests } from "./given-up-requests.ts";
import { HasClaims } from "./has-claims.ts";
import { Outbox } from "./outbox.ts";

/** A request that we sent and wait for. */
export interface OutgoingRequest extends BlockRange {
  readonly sentAt: number;
  /** Bytes under way at this peer when it was sent, itself included. */
  readonly underWay: number;
}

/** A number for a block's place, to be found by; -1 for a place at which no block can begin. */
export function requestKey(piece: number, begin: number): number {
  if (begin % BLOCK_LENGTH !== 0 || begin >= MAX_PIECE_LENGTH) return -1;
  return (piece * MAX_PIECE_LENGTH + begin) / BLOCK_LENGTH;
}

export class Peer {
  readonly link: LinkId;
  /** We made the offer. */
  readonly initiator: boolean;
  readonly openedAt: number;
  readonly maxMessageLength: number;
  readonly reader: MessageReader;
  readonly window: RequestWindow;
  /** Further connections to it that are open, oldest first. */
  readonly lanes: Lane[];
  readonly #host: Host;
  /** Shared by the torrent's peers. */
  readonly #dirty: DirtyPeers;
  readonly #outbox: Outbox;
  /** Something in the outbox is to leave with the next flush of what is due, not only with whatever else leaves. */
  #due: boolean;

  /** Binary peer id, as the tracker introduced it. */
  readonly id: string;
  /** The info-hash, 20 bytes, under which the two met. */
  introducedBy: Uint8Array;
  handshakeSent: boolean;
  handshakeReceived: boolean;
  fast: boolean;
  extended: boolean;
  /** The link speaks v2: hash messages are allowed. */
  v2: boolean;
  client: string;
  extensionIds: { utMetadata: number; dontHave: number; lane: number; ping: number; received: number };
  metadataSize: number | null;
  requestQueue: number;
  maxBlock: number;

  /** What it has; null until the info dictionary is known. What came before that waits in `early`. */
  has: Bitfield | null;
  early: { all: boolean; bits: Uint8Array | null; pieces: number[] };
  readonly claims: HasClaims;
  /** Its pieces are counted in the torrent's availability as a seed's. */
  countedAsSeed: boolean;
  /** Pieces that it has and we want and lack. */
  interesting: number;
  allowedFast: Set<number>;
  suggested: number[];

  amChoking: boolean;
  amInterested: boolean;
  peerChoking: boolean;
  peerInterested: boolean;
  unchokedAt: number;
  /** Bytes sent to it in all when it was unchoked. */
  uploadedAtUnchoke: number;
  optimistic: boolean;

  /** Requests sent and unanswered, oldest first, and their bytes. */
  readonly requests: Map<number, OutgoingRequest>;
  bytesUnderWay: number;
  /** Blocks that came and that it was not told of. */
  readonly #untold: BlockPlace[];
  /** It wants to be told at once, and was asked to tell us so. */
  tellsAtOnce: boolean;
  #askedToTell: boolean;
  /** Milliseconds, the least that a ping took there and back; Infinity before the first. */
  roundTrip: number;
  /** Requests given up whose blocks may still come. */
  readonly lapsed: LapsedRequests;
  /** A piece with blocks of its passed, and none failed since: it may bring several at a time (probation.ts). */
  proven: boolean;
  /** While it is not: the piece that it was asked for last. */
  trial: number | null;
  /** Nothing could be picked for it; until something changes, searching again is in vain. */
  exhausted: boolean;
  snubbed: boolean;
  /** The pieces begun in sequence from this peer last. */
  run: { readonly first: number; last: number } | null;
  lastBlockAt: number;
  /** When the latest of those requests was sent whose blocks have come. */
  latestAnswered: number;
  /** Since when it owes us blocks and has sent none; null when it owes none. */
  waitingSince: number | null;
  /** Requests of the peer that wait for their blocks. */
  readonly incoming: BlockRange[];
  /** The piece of the block sent to it last; null before the first. */
  servedLast: number | null;

  /** It is among the torrent's dirty peers (dirty-peers.ts). */
  isDirty: boolean;
  /** Its link has ended. */
  isGone: boolean;
  lastReceivedAt: number;
  lastSentAt: number;
  /** When a request of ours was last found to be late. */
  lateAt: number;
  unrequested: number;
  readonly down: RateMeter;
  readonly up: RateMeter;
  readonly downCompared: RateMeter;
  readonly upCompared: RateMeter;

  constructor(
    host: Host,
    options: {
      link: LinkId;
      initiator: boolean;
      id: string;
      introducedBy: Uint8Array;
      maxMessageLength: number;
      /** Bytes (policy.ts). */
      firstWindow: number;
    },
    dirty: DirtyPeers,
  ) {
    const now = host.now();
    this.#host = host;
    this.#dirty = dirty;
    this.#outbox = new Outbox();
    this.#due = false;
    this.link = options.link;
    this.initiator = options.initiator;
    this.openedAt = now;
    this.maxMessageLength = options.maxMessageLength;
    this.reader = new MessageReader({ maxMessage: MAX_FOREIGN_MESSAGE, maxBitfield: MAX_UNKNOWN_BITFIELD });
    this.window = new RequestWindow(now, options.firstWindow);
    this.lanes = [];
    this.id = options.id;
    this.introducedBy = options.introducedBy;
    this.handshakeSent = false;
    this.handshakeReceived = false;
    this.fast = false;
    this.extended = false;
    this.v2 = false;
    this.client = "";
    this.extensionIds = { utMetadata: 0, dontHave: 0, lane: 0, ping: 0, received: 0 };
    this.metadataSize = null;
    this.requestQueue = DEFAULT_REQUEST_QUEUE;
    this.maxBlock = BLOCK_LENGTH;
    this.has = null;
    this.early = { all: false, bits: null, pieces: [] };
    this.claims = new HasClaims(now);
    this.countedAsSeed = false;
    this.interesting = 0;
    this.allowedFast = new Set();
    this.suggested = [];
    this.amChoking = true;
    this.amInterested = false;
    this.peerChoking = true;
    this.peerInterested = false;
    this.unchokedAt = 0;
    this.uploadedAtUnchoke = 0;
    this.optimistic = false;
    this.requests = new Map();
    this.bytesUnderWay = 0;
    this.#untold = [];
    this.tellsAtOnce = false;
    this.#askedToTell = false;
    this.roundTrip = Infinity;
    this.lapsed = new LapsedRequests();
    this.proven = false;
    this.trial = null;
    this.exhausted = false;
    this.snubbed = false;
    this.run = null;
    this.lastBlockAt = now;
    this.latestAnswered = -Infinity;
    this.waitingSince = null;
    this.incoming = [];
    this.servedLast = null;
    this.isDirty = false;
    this.isGone = false;
    this.lastReceivedAt = now;
    this.lastSentAt = now;
    this.lateAt = -Infinity;
    this.unrequested = 0;
    this.down = new RateMeter(now, RATE_SHOWN);
    this.up = new RateMeter(now, RATE_SHOWN);
    this.downCompared = new RateMeter(now, RATE_COMPARED);
    this.upCompared = new RateMeter(now, RATE_COMPARED);
  }

  /** Handshakes are done both ways: messages may pass. */
  get isReady(): boolean {
    return this.handshakeSent && this.handshakeReceived;
  }

  /** It can be told alive from dead. */
  get answersPings(): boolean {
    return this.isReady && this.extensionIds.ping !== 0;
  }

  get isSeed(): boolean {
    return this.has?.isFull ?? false;
  }

  /** Sends a small message, which stays the caller's, when this input ends, in one channel message with others. */
  send(message: Uint8Array): void {
    this.sendLater(message);
    this.#due = true;
    this.#dirty.add(this);
  }

  /** Sends a small message that can wait with whatever else is sent to the peer, at the latest with the next tick. */
  sendLater(message: Uint8Array): void {
    if (this.#outbox.length + message.length > this.maxMessageLength) this.flush();
    this.#outbox.add(message);
  }

  /** A block came from it, which it is to be told of with the next request. */
  noteReceived(place: BlockPlace): void {
    if (this.extensionIds.received !== 0 && this.#untold.length < REQUEST_QUEUE) this.#untold.push(place);
  }

  /** Says which blocks came: with the request that follows, or now if it wants so. */
  tellReceived(): void {
    if (this.#untold.length === 0) return;
    const message = encodeExtended(this.extensionIds.received, encodeReceived(this.#untold.splice(0)));
    if (this.tellsAtOnce) this.send(message);
    else this.sendLater(message);
  }

  /** Has it tell at once which blocks came. */
  askToTell(): void {
    if (this.#askedToTell) return;
    this.#askedToTell = true;
    this.send(encodeExtended(this.extensionIds.received, encodeReceived([])));
  }

  /** Sends a block at once, behind what was said before. */
  sendBlock({ piece, begin }: BlockRange, block: Uint8Array): void {
    this.flush();
    const header = encodePieceHeader(piece, begin, block.length);
    if (header.length + block.length <= this.maxMessageLength) {
      this.lastSentAt = this.#host.now();
      this.#host.sendBlock(this.link, header, block);
    } else {
      this.#sendInParts(encodePiece(piece, begin, block));
    }
  }

  /** Hands everything queued to the link if some of it is to leave now. */
  flushDue(): void {
    if (this.#due) this.flush();
  }

  /** Hands everything queued to the link, now. */
  flush(): void {
    this.#due = false;
    if (this.#outbox.length > 0) this.#sendInParts(this.#outbox.take());
  }

  /** In as many channel messages as it takes. */
  #sendInParts(bytes: Uint8Array): void {
    this.lastSentAt = this.#host.now();
    const most = this.maxMessageLength;
    if (bytes.length <= most) {
      this.#host.send(this.link, bytes);
      return;
    }
    for (let at = 0; at < bytes.length; at += most) this.#host.send(this.link, bytes.subarray(at, at + most));
  }
}

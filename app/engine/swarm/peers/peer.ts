/**
 * One peer of one torrent: what is known of it, in groups that each have one owner, and the way to tell it something.
 * What to ask it, what to serve it and whether to choke it is decided elsewhere.
 *
 * | group | what it holds | who writes it |
 * | --- | --- | --- |
 * | `said` | what the peer said of itself | peer-protocol, has-messages |
 * | `has`, `countedAsSeed`, `interesting` | its pieces | pieces, has-messages |
 * | `asked` | our requests and how they are answered | the download room |
 * | `served` | its requests and what it got | uploads |
 * | `slot` | whether it may ask | choker |
 * | `trial` | whether it has proven itself | probation, downloads |
 * | `lanes` | further connections to it | lanes |
 * | `roundTrip` | how far it is | peer-liveness |
 */
import { MAX_FOREIGN_MESSAGE, MAX_UNKNOWN_BITFIELD, REQUEST_QUEUE } from "../../constants.ts";
import type { Host } from "../../host.ts";
import type { LinkId } from "../../link.ts";
import { encodeExtended, encodePiece, encodePieceHeader } from "../../wire/encode.ts";
import type { BlockRange } from "../../wire/message.ts";
import { MessageReader } from "../../wire/message-reader.ts";
import { encodeLaneMessage, type LaneMessage } from "../../wire/sh-lane.ts";
import { type BlockPlace, encodeReceived } from "../../wire/sh-received.ts";
import type { Bitfield } from "../pieces/bitfield.ts";
import type { PieceHolder } from "../pieces/piece-holder.ts";
import { Asked } from "./asked.ts";
import type { Carrier } from "./carrier.ts";
import type { DirtyPeers } from "./dirty-peers.ts";
import { Outbox } from "./outbox.ts";
import { Said } from "./said.ts";
import { Served } from "./served.ts";
import { Slot } from "./slot.ts";
import { Trial } from "./trial.ts";

export interface PeerOptions {
  readonly link: LinkId;
  readonly initiator: boolean;
  readonly id: string;
  readonly introducedBy: Uint8Array;
  readonly maxMessageLength: number;
  /** Bytes (comparison-policy.ts). */
  readonly firstWindow: number;
}

export class Peer implements PieceHolder, Carrier {
  readonly link: LinkId;
  /** We made the offer. */
  readonly initiator: boolean;
  /** Binary peer id, as the tracker introduced it. */
  readonly id: string;
  /** The info-hash, 20 bytes, under which the two met. */
  readonly introducedBy: Uint8Array;
  readonly openedAt: number;
  /** Bytes. */
  readonly maxMessageLength: number;
  readonly reader: MessageReader;

  readonly said: Said;
  has: Bitfield | null;
  countedAsSeed: boolean;
  interesting: number;
  readonly asked: Asked;
  readonly served: Served;
  readonly slot: Slot;
  readonly trial: Trial;
  /** Those that are open, oldest first. */
  readonly lanes: Carrier[];
  /** Milliseconds, the least that a ping took there and back; Infinity before the first. */
  roundTrip: number;

  handshakeSent: boolean;
  /** It was told that we are interested. */
  amInterested: boolean;
  lastReceivedAt: number;
  lastSentAt: number;
  /** It is among the torrent's dirty peers (dirty-peers.ts). */
  isDirty: boolean;
  /** Its link has ended. */
  isGone: boolean;

  readonly #host: Host;
  /** Shared by the torrent's peers. */
  readonly #dirty: DirtyPeers<Peer>;
  readonly #outbox: Outbox;
  /** Something in the outbox is to leave with the next flush of what is due, not only with whatever else leaves. */
  #due: boolean;
  /** Blocks that came and that it was not told of. */
  readonly #untold: BlockPlace[];
  #askedToTell: boolean;

  constructor(host: Host, options: PeerOptions, dirty: DirtyPeers<Peer>) {
    const now = host.now();
    this.link = options.link;
    this.initiator = options.initiator;
    this.id = options.id;
    this.introducedBy = options.introducedBy;
    this.openedAt = now;
    this.maxMessageLength = options.maxMessageLength;
    this.reader = new MessageReader({ maxMessage: MAX_FOREIGN_MESSAGE, maxBitfield: MAX_UNKNOWN_BITFIELD });
    this.said = new Said(now);
    this.has = null;
    this.countedAsSeed = false;
    this.interesting = 0;
    this.asked = new Asked(now, options.firstWindow);
    this.served = new Served(now);
    this.slot = new Slot();
    this.trial = new Trial();
    this.lanes = [];
    this.roundTrip = Infinity;
    this.handshakeSent = false;
    this.amInterested = false;
    this.lastReceivedAt = now;
    this.lastSentAt = now;
    this.isDirty = false;
    this.isGone = false;
    this.#host = host;
    this.#dirty = dirty;
    this.#outbox = new Outbox();
    this.#due = false;
    this.#untold = [];
    this.#askedToTell = false;
  }

  /** Handshakes are done both ways: messages may pass. */
  get isReady(): boolean {
    return this.handshakeSent && this.said.handshakeReceived;
  }

  /** It can be told alive from dead. */
  get answersPings(): boolean {
    return this.isReady && this.said.extensionIds.ping !== 0;
  }

  get isSeed(): boolean {
    return this.has?.isFull ?? false;
  }

  get buffered(): number {
    return this.#host.buffered(this.link);
  }

  /** There may be something to ask it for again, though nothing was found before. */
  mayHaveMore(): void {
    this.asked.isExhausted = false;
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

  /** Says something of lanes, if it knows them. */
  sayLane(message: LaneMessage): void {
    const { lane } = this.said.extensionIds;
    if (lane !== 0) this.send(encodeExtended(lane, encodeLaneMessage(message)));
  }

  /** A block came from it, which it is to be told of with the next request. */
  noteReceived(place: BlockPlace): void {
    if (this.said.extensionIds.received !== 0 && this.#untold.length < REQUEST_QUEUE)
      this.#untold.push(place);
  }

  /** Says which blocks came: with the request that follows, or now if it wants so. */
  tellReceived(): void {
    if (this.#untold.length === 0) return;
    const { extensionIds, tellsAtOnce } = this.said;
    const message = encodeExtended(extensionIds.received, encodeReceived(this.#untold.splice(0)));
    if (tellsAtOnce) this.send(message);
    else this.sendLater(message);
  }

  /** Has it tell at once which blocks came. */
  askToTell(): void {
    if (this.#askedToTell) return;
    this.#askedToTell = true;
    this.send(encodeExtended(this.said.extensionIds.received, encodeReceived([])));
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

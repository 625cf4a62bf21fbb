/**
 * A peer is the other end of one link of a torrent: what is known of it, and the way to send it messages. Small
 * messages gather in an outbox, which is sent when an input ends, before a block, or with the next tick. Blocks leave
 * at once. Other rooms decide what to ask of the peer, what to serve it and whether to choke it.
 *
 * The state of a peer is in groups, each with its own writers:
 *
 * | group | what it holds | who writes it |
 * | --- | --- | --- |
 * | `said` | what the peer said of itself | peer-protocol, has-messages; the picker drops suggestions |
 * | `has`, `countedAsSeed`, `interesting` | its pieces | pieces, has-messages |
 * | `refused` | pieces that it has and rejected | downloads, has-messages |
 * | `asked` | our requests and how they are answered | the download room; `mayHaveMore` |
 * | `served` | its requests and what it got | uploads |
 * | `slot` | whether it may ask | choker |
 * | `trial` | whether it has proven itself | probation |
 * | `lanes` | further connections to it, for blocks | lanes |
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
import { RefusedPieces } from "./refused-pieces.ts";
import { Said } from "./said.ts";
import { Served } from "./served.ts";
import { Slot } from "./slot.ts";
import { Trial } from "./trial.ts";

export interface PeerOptions {
  readonly link: LinkId;
  readonly initiator: boolean;
  readonly id: string;
  readonly introducedBy: Uint8Array;
  readonly introducer: string;
  readonly maxMessageLength: number;
  /** Bytes that may be under way at first (comparison-policy.ts). */
  readonly firstWindow: number;
}

export class Peer implements PieceHolder, Carrier {
  readonly link: LinkId;
  /** We made the offer of this link. */
  readonly initiator: boolean;
  /** Binary peer id, as the tracker named it. */
  readonly id: string;
  /** The info-hash under which the tracker introduced us, 20 bytes. */
  readonly introducedBy: Uint8Array;
  /** The id of the introducer (discovery/introducer.ts). */
  readonly introducer: string;
  readonly openedAt: number;
  /** Bytes of one channel message, at most. */
  readonly maxMessageLength: number;
  readonly reader: MessageReader;

  readonly said: Said;
  has: Bitfield | null;
  countedAsSeed: boolean;
  interesting: number;
  readonly refused: RefusedPieces;
  readonly asked: Asked;
  readonly served: Served;
  readonly slot: Slot;
  readonly trial: Trial;
  /** Open lanes, oldest first. */
  readonly lanes: Carrier[];
  /** Milliseconds from a ping to its pong, the least seen; Infinity before the first. */
  roundTrip: number;

  handshakeSent: boolean;
  /** The peer was told that we are interested. */
  amInterested: boolean;
  lastReceivedAt: number;
  lastSentAt: number;
  /** The peer is among the torrent's dirty peers (dirty-peers.ts). */
  isDirty: boolean;
  /** The link has ended. */
  isGone: boolean;

  readonly #host: Host;
  /** Shared by the torrent's peers. */
  readonly #dirty: DirtyPeers<Peer>;
  readonly #outbox: Outbox;
  /** The outbox holds a message that leaves when the input ends, not only with whatever leaves next. */
  #due: boolean;
  /** Blocks that came and that the peer was not told of. */
  readonly #untold: BlockPlace[];
  /** The peer was asked to tell at once which blocks came. */
  #askedToTell: boolean;

  constructor(host: Host, options: PeerOptions, dirty: DirtyPeers<Peer>) {
    const now = host.now();
    this.link = options.link;
    this.initiator = options.initiator;
    this.id = options.id;
    this.introducedBy = options.introducedBy;
    this.introducer = options.introducer;
    this.openedAt = now;
    this.maxMessageLength = options.maxMessageLength;
    this.reader = new MessageReader({ maxMessage: MAX_FOREIGN_MESSAGE, maxBitfield: MAX_UNKNOWN_BITFIELD });
    this.said = new Said(now);
    this.has = null;
    this.countedAsSeed = false;
    this.interesting = 0;
    this.refused = new RefusedPieces();
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

  /** Both handshakes are done, so messages may pass. */
  get isReady(): boolean {
    return this.handshakeSent && this.said.handshakeReceived;
  }

  /** The peer speaks sh_ping, so it can be told alive from dead. */
  get answersPings(): boolean {
    return this.isReady && this.said.extensionIds.ping !== 0;
  }

  get isSeed(): boolean {
    return this.has?.isFull ?? false;
  }

  get buffered(): number {
    return this.#host.buffered(this.link);
  }

  /** Something has changed: a search may find blocks to ask of this peer again. */
  mayHaveMore(): void {
    this.asked.isExhausted = false;
  }

  /** Sends a small message when the input ends, in one channel message with others. Its array stays the caller's. */
  send(message: Uint8Array): void {
    this.sendLater(message);
    this.#due = true;
    this.#dirty.add(this);
  }

  /** Sends a small message with whatever is sent to the peer next, at the latest with the next tick. */
  sendLater(message: Uint8Array): void {
    if (this.#outbox.length + message.length > this.maxMessageLength) this.flush();
    this.#outbox.add(message);
  }

  /** Sends a message of sh_lane, if the peer speaks it. */
  sayLane(message: LaneMessage): void {
    const { lane } = this.said.extensionIds;
    if (lane !== 0) this.send(encodeExtended(lane, encodeLaneMessage(message)));
  }

  /** A block came from the peer. `tellReceived` will tell it, if it speaks sh_received. */
  noteReceived(place: BlockPlace): void {
    if (this.said.extensionIds.received !== 0 && this.#untold.length < REQUEST_QUEUE)
      this.#untold.push(place);
  }

  /**
   * Tells the peer which of its blocks came: when the input ends if it asked for that, else with the next request.
   */
  tellReceived(): void {
    if (this.#untold.length === 0) return;
    const { extensionIds, tellsAtOnce } = this.said;
    const message = encodeExtended(extensionIds.received, encodeReceived(this.#untold.splice(0)));
    if (tellsAtOnce) this.send(message);
    else this.sendLater(message);
  }

  /** Asks the peer to tell at once which blocks came. The peer must speak sh_received. */
  askToTell(): void {
    if (this.#askedToTell) return;
    this.#askedToTell = true;
    this.send(encodeExtended(this.said.extensionIds.received, encodeReceived([])));
  }

  /** Sends a block now, behind all that was sent before. */
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

  /** Sends the outbox if it holds a message that leaves when the input ends. */
  flushDue(): void {
    if (this.#due) this.flush();
  }

  /** Sends the outbox now. */
  flush(): void {
    this.#due = false;
    if (this.#outbox.length > 0) this.#sendInParts(this.#outbox.take());
  }

  /** Sends bytes in as many channel messages as they need. */
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

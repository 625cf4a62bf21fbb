/**
 * A lane is a further connection to a peer, beside its link. It carries whole piece messages and nothing else, in
 * both directions. It notes the latest blocks given to it, because they are named to the peer when the lane ends.
 * lanes.ts opens and closes lanes.
 */
import { MAX_LANE_LOSSES, MAX_SHOAL_MESSAGE } from "../../constants.ts";
import type { Host } from "../../host.ts";
import type { LinkId } from "../../link.ts";
import { encodePieceHeader } from "../../wire/encode.ts";
import type { BlockRange, Message } from "../../wire/message.ts";
import { MessageReader } from "../../wire/message-reader.ts";
import { WireError } from "../../wire/wire-error.ts";
import type { Carrier } from "../peers/carrier.ts";
import type { Peer } from "../peers/peer.ts";
import { LANE_STALL } from "./constants.ts";

export class Lane implements Carrier {
  readonly link: LinkId;
  readonly peer: Peer;
  /** The number of the lane at the end that offered it: the `link` there. */
  readonly id: number;
  /** We offered the lane. */
  readonly initiator: boolean;
  readonly madeAt: number;
  /** Our offer was sent to the peer. */
  isOffered: boolean;
  isOpen: boolean;
  /** When a block last went over the lane, in either direction. */
  usedAt: number;
  readonly #host: Host;
  readonly #reader: MessageReader;
  /** The latest MAX_LANE_LOSSES blocks given to the lane, oldest first. */
  readonly #sent: BlockRange[];
  /** Bytes given to the lane. */
  #given: number;
  /** Of these, the bytes that had left at the last tick. */
  #left: number;
  /** The last tick at which bytes had left since the tick before, or none waited. */
  #movedAt: number;

  constructor(host: Host, dial: { link: LinkId; peer: Peer; id: number; initiator: boolean }) {
    this.link = dial.link;
    this.peer = dial.peer;
    this.id = dial.id;
    this.initiator = dial.initiator;
    this.madeAt = host.now();
    this.isOffered = false;
    this.isOpen = false;
    this.usedAt = host.now();
    this.#host = host;
    this.#reader = MessageReader.withoutHandshake({ maxMessage: MAX_SHOAL_MESSAGE, maxBitfield: 0 });
    this.#sent = [];
    this.#given = 0;
    this.#left = 0;
    this.#movedAt = host.now();
  }

  /** Whether bytes wait, and none has left for LANE_STALL. To be called with every tick. */
  isStalled(now: number): boolean {
    const { buffered } = this;
    // `buffered` alone does not tell: it may be the same at every tick while bytes leave and others follow.
    const left = this.#given - buffered;
    if (buffered === 0 || left > this.#left) this.#movedAt = now;
    this.#left = left;
    return now - this.#movedAt > LANE_STALL;
  }

  /** Bytes given to the lane that have not left yet. */
  get buffered(): number {
    return this.#host.buffered(this.link);
  }

  sendBlock(range: BlockRange, block: Uint8Array): void {
    this.usedAt = this.#host.now();
    this.#sent.push(range);
    if (this.#sent.length > MAX_LANE_LOSSES) this.#sent.shift();
    const header = encodePieceHeader(range.piece, range.begin, block.length);
    this.#given += header.length + block.length;
    this.#host.sendBlock(this.link, header, block);
  }

  /** The blocks that may be lost if the lane ends now: some of them may have arrived. */
  get unsure(): readonly BlockRange[] {
    return this.#sent;
  }

  /** Reads the blocks in bytes that came over the lane. Null after anything else: the lane is then to be closed. */
  takeBlocks(bytes: Uint8Array): Extract<Message, { type: "piece" }>[] | null {
    this.usedAt = this.#host.now();
    const blocks: Extract<Message, { type: "piece" }>[] = [];
    this.#reader.push(bytes);
    try {
      for (let message = this.#reader.next(); message !== null; message = this.#reader.next()) {
        if (message.type !== "piece") return null;
        blocks.push(message);
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return null;
    }
    return blocks;
  }
}

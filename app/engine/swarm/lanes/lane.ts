/**
 * One lane: a further connection to a peer, beside its link. It carries whole piece messages and nothing else, in
 * either direction; keeps the blocks given to it of late, for the case that it breaks. When lanes are opened and given
 * back is lanes.ts's matter.
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
  /** Under which number the one who offered it knows it. */
  readonly id: number;
  /** We made the offer. */
  readonly initiator: boolean;
  readonly madeAt: number;
  /** The peer was told our offer. */
  isOffered: boolean;
  isOpen: boolean;
  /** When a block last went over it, either way. */
  usedAt: number;
  readonly #host: Host;
  readonly #reader: MessageReader;
  readonly #sent: BlockRange[];
  /** Bytes given to it; of these, what had left at the last look, and since when no more has. */
  #given: number;
  #left: number;
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

  /** Whether it takes nothing of what waits for it. To be called with every tick. */
  isStalled(now: number): boolean {
    const { buffered } = this;
    // What waits may be the same at every look although all of it moves.
    const left = this.#given - buffered;
    if (buffered === 0 || left > this.#left) this.#movedAt = now;
    this.#left = left;
    return now - this.#movedAt > LANE_STALL;
  }

  /** Bytes given to it that have not left yet. */
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

  /** The blocks that may not have arrived if it broke now, the latest MAX_LANE_LOSSES. */
  get unsure(): readonly BlockRange[] {
    return this.#sent;
  }

  /** The blocks in bytes that came over it. Null when there was anything else: it is beyond use. */
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

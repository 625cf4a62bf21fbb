/** A connection that can carry blocks to a peer: its link, or one of its lanes. */
import type { LinkId } from "../../link.ts";
import type { BlockRange } from "../../wire/message.ts";

export interface Carrier {
  readonly link: LinkId;
  /** Bytes given to it that have not left yet. */
  readonly buffered: number;
  /** Sends a block at once, behind what was sent before. The block stays the caller's and is only read. */
  sendBlock(range: BlockRange, block: Uint8Array): void;
}

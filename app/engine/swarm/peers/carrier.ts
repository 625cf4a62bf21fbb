/** A carrier is a connection that can carry blocks to a peer: the peer's link or one of its lanes. */
import type { LinkId } from "../../link.ts";
import type { BlockRange } from "../../wire/message.ts";

export interface Carrier {
  readonly link: LinkId;
  /** Bytes handed to the connection that have not left yet. */
  readonly buffered: number;
  /** Sends a block now, behind everything sent before. The block stays the caller's and is only read. */
  sendBlock(range: BlockRange, block: Uint8Array): void;
}

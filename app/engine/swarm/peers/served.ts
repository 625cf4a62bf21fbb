/** `Served` holds what a peer has asked of us and what it got. uploads.ts writes it. */
import type { BlockRange } from "../../wire/message.ts";
import { RATE_COMPARED, RATE_SHOWN } from "../flow/constants.ts";
import { RateMeter } from "../flow/rate-meter.ts";

export class Served {
  /** Requests that wait for their blocks, oldest first. */
  readonly incoming: BlockRange[];
  /** The piece of the block that was sent last; null before the first. */
  latestPiece: number | null;
  /** Bytes of blocks sent. */
  readonly up: RateMeter;
  /** The same, averaged over a longer time. The choker compares peers by these rates. */
  readonly upCompared: RateMeter;

  constructor(now: number) {
    this.incoming = [];
    this.latestPiece = null;
    this.up = new RateMeter(now, RATE_SHOWN);
    this.upCompared = new RateMeter(now, RATE_COMPARED);
  }
}

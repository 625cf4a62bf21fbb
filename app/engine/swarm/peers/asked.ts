/** What we have asked of a peer, and how it brings it. Written by the download room. */
import { BLOCK_LENGTH } from "../../constants.ts";
import { MAX_PIECE_LENGTH } from "../../content/constants.ts";
import type { BlockRange } from "../../wire/message.ts";
import { RATE_COMPARED, RATE_SHOWN } from "../flow/constants.ts";
import { RateMeter } from "../flow/rate-meter.ts";
import { RequestWindow } from "../flow/request-window.ts";
import { GivenUpRequests } from "./given-up-requests.ts";

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

export class Asked {
  readonly window: RequestWindow;
  /** Requests sent and unanswered, oldest first. */
  readonly requests: Map<number, OutgoingRequest>;
  /** Bytes of these requests. */
  bytesUnderWay: number;
  /** Requests that were given up, and whose blocks may still come. */
  readonly givenUp: GivenUpRequests;
  /** Nothing could be picked for the peer: until something changes, searching again is in vain. */
  isExhausted: boolean;
  /** Its blocks stay away: it is asked for one at a time until one comes. */
  snubbed: boolean;
  /** The pieces that were begun in sequence from this peer last. */
  run: { readonly first: number; last: number } | null;
  lastBlockAt: number;
  /** When the latest of those requests was sent whose blocks have come. */
  latestAnswered: number;
  /** Since when it owes us blocks and has sent none; null when it owes none. */
  waitingSince: number | null;
  /** When a request was last found to be late. */
  lateAt: number;
  /** Blocks that came and were not asked for. */
  unrequested: number;
  /** Bytes of blocks that were new. */
  readonly down: RateMeter;
  /** Bytes that were verified: these count when peers are compared. */
  readonly downCompared: RateMeter;

  /** `firstWindow`: bytes that may be under way at first. */
  constructor(now: number, firstWindow: number) {
    this.window = new RequestWindow(now, firstWindow);
    this.requests = new Map();
    this.bytesUnderWay = 0;
    this.givenUp = new GivenUpRequests();
    this.isExhausted = false;
    this.snubbed = false;
    this.run = null;
    this.lastBlockAt = now;
    this.latestAnswered = -Infinity;
    this.waitingSince = null;
    this.lateAt = -Infinity;
    this.unrequested = 0;
    this.down = new RateMeter(now, RATE_SHOWN);
    this.downCompared = new RateMeter(now, RATE_COMPARED);
  }
}

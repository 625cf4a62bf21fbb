/**
 * `Asked` holds what we have asked of one peer and how the peer answers: requests under way, requests given up, the
 * window and the rates. The download room writes it.
 */
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
  /** Bytes under way at the peer when the request was sent, its own included; at most the window and its own. */
  readonly underWay: number;
}

/** A number for the place of a block, by which its request is found; -1 for a place where no block can begin. */
export function requestKey(piece: number, begin: number): number {
  if (begin % BLOCK_LENGTH !== 0 || begin >= MAX_PIECE_LENGTH) return -1;
  return (piece * MAX_PIECE_LENGTH + begin) / BLOCK_LENGTH;
}

export class Asked {
  readonly window: RequestWindow;
  /** Requests without an answer, by `requestKey`, oldest first. */
  readonly requests: Map<number, OutgoingRequest>;
  /** Bytes of `requests`. */
  bytesUnderWay: number;
  /** Requests that were given up. Their blocks may still come. */
  readonly givenUp: GivenUpRequests;
  /** The last search found no block to ask for. Another search is in vain until something changes. */
  isExhausted: boolean;
  /** The peer's blocks, or its signs of life, stay away. It gets one request at a time until a block comes. */
  snubbed: boolean;
  /** The latest pieces that were begun one after the other from this peer; null before the first. */
  run: { readonly first: number; last: number } | null;
  lastBlockAt: number;
  /** When the youngest answered request was sent: no request sent later has brought its block. */
  latestAnswered: number;
  /** Since when the peer owes us blocks and has sent none; null while it owes none. */
  waitingSince: number | null;
  /** When the window was last told that a request is late. */
  lateAt: number;
  /** Blocks that came without a request. */
  unrequested: number;
  /** Bytes of blocks that were new to us. */
  readonly down: RateMeter;
  /** Bytes that passed verification. The choker compares peers by these. */
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

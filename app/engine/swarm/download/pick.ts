/** What a search for blocks is given, and what it finds. */
import type { LinkId } from "../../link.ts";
import type { ComparisonPolicy } from "../peers/comparison-policy.ts";
import type { Peer } from "../peers/peer.ts";
import type { PartialPiece } from "../pieces/partial-piece.ts";
import type { Pieces } from "../pieces/pieces.ts";

/** A run of blocks of one piece, to be asked for in one request. */
export interface Pick {
  readonly partial: PartialPiece;
  readonly first: number;
  readonly count: number;
}

export interface PickContext {
  readonly pieces: Pieces;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  readonly now: number;
  readonly policy: ComparisonPolicy;
}

/** The input and the result of a search for blocks (picker.ts, urgent-picker.ts). */
import type { LinkId } from "../../link.ts";
import type { ComparisonPolicy } from "../peers/comparison-policy.ts";
import type { Peer } from "../peers/peer.ts";
import type { PartialPiece } from "../pieces/partial-piece.ts";
import type { Pieces } from "../pieces/pieces.ts";

/** A run of `count` blocks of one piece, from block `first` on. One request asks for them. */
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

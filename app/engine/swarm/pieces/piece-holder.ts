/**
 * A piece holder is a peer as pieces.ts sees it: the pieces that the peer has, and what follows from them. pieces.ts
 * and has-messages.ts write these fields.
 */
import type { Bitfield } from "./bitfield.ts";

export interface PieceHolder {
  /** Pieces that the peer has. Null until the peer has said so and the info dictionary is known. */
  has: Bitfield | null;
  /** Whether the availability counts the peer as a seed. */
  countedAsSeed: boolean;
  /** Number of pieces that the peer has and that are missing here (wanted and not stored). */
  interesting: number;
  /** The peer is to be searched for blocks again, although the last search found none. */
  mayHaveMore(): void;
}

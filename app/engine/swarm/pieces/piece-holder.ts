/** A peer, as far as the pieces that it has go. Written by pieces.ts. */
import type { Bitfield } from "./bitfield.ts";

export interface PieceHolder {
  /** What it has; null until the info dictionary is known. */
  has: Bitfield | null;
  /** Its pieces are counted in the torrent's availability as a seed's. */
  countedAsSeed: boolean;
  /** Pieces that it has and that we want and lack. */
  interesting: number;
  /** There may be something to ask it for again, though nothing was found before. */
  mayHaveMore(): void;
}

/** A peer's slot tells whether the peer may ask us for blocks, and since when. The choker writes it. */
export class Slot {
  amChoking: boolean;
  /** When the peer was last unchoked; 0 before the first time. */
  unchokedAt: number;
  /** Bytes sent to the peer in all, by then. */
  uploadedAtUnchoke: number;
  /** The slot is optimistic: the peer was drawn by lot. */
  optimistic: boolean;

  constructor() {
    this.amChoking = true;
    this.unchokedAt = 0;
    this.uploadedAtUnchoke = 0;
    this.optimistic = false;
  }
}

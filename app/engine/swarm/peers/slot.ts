/** Whether a peer may ask us for blocks, and since when. Written by the choker. */
export class Slot {
  amChoking: boolean;
  unchokedAt: number;
  /** Bytes sent to it in all when it was unchoked. */
  uploadedAtUnchoke: number;
  /** It was unchoked by lot. */
  optimistic: boolean;

  constructor() {
    this.amChoking = true;
    this.unchokedAt = 0;
    this.uploadedAtUnchoke = 0;
    this.optimistic = false;
  }
}

/** Whether a peer has proven itself, and by which piece it is being tried. Written by download/probation.ts. */
export class Trial {
  /** A piece with blocks of its passed, and none failed since: it may bring several pieces at a time. */
  proven: boolean;
  /** While it is not proven: the piece that it was asked for last; null before the first. */
  piece: number | null;

  constructor() {
    this.proven = false;
    this.piece = null;
  }
}

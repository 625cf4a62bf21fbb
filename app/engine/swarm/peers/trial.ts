/**
 * A peer's trial tells whether the peer has proven itself, and by which piece it is tried. probation.ts writes it.
 */
export class Trial {
  /** A piece with blocks of the peer passed verification, and none has failed since. */
  proven: boolean;
  /** The piece by which the peer is tried while it is not proven; null when it may be asked for any. */
  piece: number | null;

  constructor() {
    this.proven = false;
    this.piece = null;
  }
}

/**
 * The refused pieces of one peer are those that it rejected although it has them and does not choke us: its queue was
 * full, or it could not read them just then. They count as not had until it may be asked again.
 */
export class RefusedPieces {
  /** When each was refused, oldest first, in milliseconds of the host's clock. */
  readonly #at: Map<number, number>;

  constructor() {
    this.#at = new Map();
  }

  add(piece: number, now: number): void {
    this.#at.delete(piece);
    this.#at.set(piece, now);
  }

  /** The peer said anew whether it has the piece. */
  delete(piece: number): void {
    this.#at.delete(piece);
  }

  clear(): void {
    this.#at.clear();
  }

  /** Takes those that were refused at `until` or before. */
  takeUntil(until: number): number[] {
    const taken: number[] = [];
    for (const [piece, at] of this.#at) {
      if (at > until) break;
      this.#at.delete(piece);
      taken.push(piece);
    }
    return taken;
  }
}

/**
 * The deadlines of one torrent's pieces: the times at which somebody who plays a file needs them. The player sets
 * deadlines as it plays, and drops them when it seeks or stops. The urgent picker requests pieces with a deadline
 * first. A piece loses its deadline when it is stored or no longer wanted.
 */
import type { PieceSpan } from "../../content/piece-map.ts";

export class Deadlines {
  /** Deadline of each piece, in milliseconds of the host's clock. */
  readonly #times: Map<number, number>;
  /** Pieces by deadline, the earliest first; null when they have to be sorted again. */
  #sorted: number[] | null;

  constructor() {
    this.#times = new Map();
    this.#sorted = null;
  }

  get isEmpty(): boolean {
    return this.#times.size === 0;
  }

  /** Sets the deadline of a piece, and replaces an earlier one. */
  set(piece: number, time: number): void {
    this.#times.set(piece, time);
    this.#sorted = null;
  }

  drop(piece: number): void {
    if (this.#times.delete(piece)) this.#sorted = null;
  }

  dropSpan({ first, end }: PieceSpan): void {
    for (let piece = first; piece < end; piece++) this.drop(piece);
  }

  clear(): void {
    this.#times.clear();
    this.#sorted = null;
  }

  /** Pieces by deadline, the earliest first. */
  pieces(): readonly number[] {
    this.#sorted ??= [...this.#times].sort(([, a], [, b]) => a - b).map(([piece]) => piece);
    return this.#sorted;
  }
}

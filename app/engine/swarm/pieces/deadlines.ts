/** When which pieces are needed, as somebody plays a file: set, moved and dropped as they play and seek. */
import type { PieceSpan } from "../../content/piece-map.ts";

export class Deadlines {
  /** Milliseconds of the host's clock by piece. */
  readonly #times: Map<number, number>;
  /** Pieces by deadline, earliest first; null when it has to be sorted anew. */
  #sorted: number[] | null;

  constructor() {
    this.#times = new Map();
    this.#sorted = null;
  }

  get isEmpty(): boolean {
    return this.#times.size === 0;
  }

  /** The piece is needed at `time`, whatever was said before. */
  set(piece: number, time: number): void {
    this.#times.set(piece, time);
    this.#sorted = null;
  }

  /** The piece is stored, or nobody waits for it any more. */
  drop(piece: number): void {
    if (this.#times.delete(piece)) this.#sorted = null;
  }

  /** Nobody waits for any of them. */
  dropSpan({ first, end }: PieceSpan): void {
    for (let piece = first; piece < end; piece++) this.drop(piece);
  }

  clear(): void {
    this.#times.clear();
    this.#sorted = null;
  }

  /** The most urgent first. */
  pieces(): readonly number[] {
    this.#sorted ??= [...this.#times].sort(([, a], [, b]) => a - b).map(([piece]) => piece);
    return this.#sorted;
  }
}

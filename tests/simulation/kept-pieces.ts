/**
 * A host has kept some of the content from an earlier run, and its storage has harmed some of that since: some pieces have a bit
 * flipped, are cut short, or are gone. The host learns of it when it reads them. Drawn from dice.
 */
import type { Random } from "../support/random.ts";
import type { Content } from "./content.ts";

export interface Keeping {
  /** Share of the pieces that are kept. */
  readonly share: number;
  /** Share of those that are not as they were. */
  readonly rotten: number;
}

type Harm = "flipped" | "cut" | "gone";

const HARMS: readonly Harm[] = ["flipped", "cut", "gone"];

export class KeptPieces {
  readonly #content: Content;
  /** The harm to each rotten piece that has not come again. */
  readonly #harms: Map<number, Harm>;
  /** The kept pieces, as the host believes, in BEP 3 bit order. */
  readonly bits: Uint8Array;
  readonly pieces: readonly number[];
  readonly rottenAtFirst: number;

  constructor(content: Content, { share, rotten }: Keeping, random: Random) {
    const { pieceCount } = content.info;
    this.#content = content;
    this.#harms = new Map();
    this.bits = new Uint8Array(Math.ceil(pieceCount / 8));
    const pieces: number[] = [];
    for (let piece = 0; piece < pieceCount; piece++) {
      if (random.next() >= share) continue;
      pieces.push(piece);
      this.bits[piece >> 3]! |= 0x80 >> (piece & 7);
      if (random.next() < rotten) this.#harms.set(piece, HARMS[Math.floor(random.next() * HARMS.length)]!);
    }
    this.pieces = pieces;
    this.rottenAtFirst = this.#harms.size;
  }

  /** Rotten pieces that have not come again. */
  get rottenCount(): number {
    return this.#harms.size;
  }

  /** A piece as storage gives it; undefined when it is gone. */
  read(piece: number): Uint8Array | undefined {
    const truth = this.#content.piece(piece);
    const harm = this.#harms.get(piece);
    if (harm === undefined) return truth;
    if (harm === "gone") return undefined;
    // A copy: a slice of a Buffer is a view.
    const data = Uint8Array.from(harm === "cut" ? truth.subarray(0, truth.length >> 1) : truth);
    data[piece % data.length]! ^= 1;
    return data;
  }

  /** A piece was stored anew. */
  mend(piece: number): void {
    this.#harms.delete(piece);
  }
}

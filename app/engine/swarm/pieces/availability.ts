/**
 * How rare each piece is among connected peers, and the pieces that may still be begun, in buckets by rarity.
 * A `have` moves one piece from one bucket to the next: nothing here costs more than the pieces it is told of,
 * except a search (`find`), which ends at the first hit.
 *
 * Peers that have everything are only counted, so that a seed costs O(1). Within a bucket the order says nothing, and
 * each search begins anywhere in it: ties among equally rare pieces are broken differently on every node, as rarest
 * first needs. The dice are thrown for searches only, as there are many more haves.
 */

/** Pieces to choose from: a peer's, or what it lets us ask for. */
export interface PieceSet {
  has(piece: number): boolean;
}

export class Availability {
  readonly #random: () => number;
  /** Peers that have each piece, seeds apart. */
  readonly #counts: Uint16Array;
  #seeds: number;
  /** Open pieces by count, and where each stands in its bucket; -1 when it is not open. */
  readonly #buckets: number[][];
  readonly #position: Int32Array;
  #open: number;
  #version: number;

  constructor(pieceCount: number, random: () => number) {
    this.#random = random;
    this.#counts = new Uint16Array(pieceCount);
    this.#seeds = 0;
    this.#buckets = [];
    this.#position = new Int32Array(pieceCount).fill(-1);
    this.#open = 0;
    this.#version = 0;
  }

  /** Pieces that may be begun. */
  get openCount(): number {
    return this.#open;
  }

  get seeds(): number {
    return this.#seeds;
  }

  /** Grows whenever a piece's count changes. */
  get version(): number {
    return this.#version;
  }

  isOpen(piece: number): boolean {
    return this.#position[piece]! >= 0;
  }

  /** Connected peers that have the piece. */
  count(piece: number): number {
    return this.#counts[piece]! + this.#seeds;
  }

  /** The same of every piece, at most 255. */
  counts(): Uint8Array {
    const [counts, seeds] = [this.#counts, this.#seeds];
    const bytes = new Uint8Array(counts.length);
    for (let piece = 0; piece < bytes.length; piece++) bytes[piece] = Math.min(255, counts[piece]! + seeds);
    return bytes;
  }

  /** Connected peers that have the piece and told of it, apart from those that said at once to have everything. */
  countBesidesSeeds(piece: number): number {
    return this.#counts[piece]!;
  }

  /** The piece may be begun from now on. */
  open(piece: number): void {
    if (this.isOpen(piece)) return;
    this.#insert(piece);
    this.#open++;
  }

  /** The piece may not be begun: it has been, or is stored, or is not wanted. */
  close(piece: number): void {
    if (!this.isOpen(piece)) return;
    this.#remove(piece);
    this.#open--;
  }

  addSeed(): void {
    this.#seeds++;
    this.#version++;
  }

  removeSeed(): void {
    this.#seeds--;
    this.#version++;
  }

  increment(piece: number): void {
    this.#move(piece, 1);
  }

  decrement(piece: number): void {
    this.#move(piece, -1);
  }

  /** The rarest open piece of `among`; ties random; null when there is none. */
  rarest(among: PieceSet, includeUnseen: boolean): number | null {
    for (let count = includeUnseen ? 0 : 1; count < this.#buckets.length; count++) {
      const piece = this.#findIn(this.#buckets[count]!, among);
      if (piece !== null) return piece;
    }
    return null;
  }

  /** The most common open piece of `among`; ties random; null when there is none. */
  commonest(among: PieceSet, includeUnseen: boolean): number | null {
    for (let count = this.#buckets.length - 1; count >= (includeUnseen ? 0 : 1); count--) {
      const piece = this.#findIn(this.#buckets[count]!, among);
      if (piece !== null) return piece;
    }
    return null;
  }

  /** The first open piece of `among`; null when there is none. */
  first(among: PieceSet): number | null {
    for (let piece = 0; piece < this.#position.length; piece++) {
      if (this.isOpen(piece) && among.has(piece)) return piece;
    }
    return null;
  }

  /** An open piece of `among`, about equally likely each; null when there is none. */
  any(among: PieceSet): number | null {
    const length = this.#position.length;
    const start = Math.floor(this.#random() * length);
    for (let step = 0; step < length; step++) {
      const piece = (start + step) % length;
      if (this.isOpen(piece) && among.has(piece)) return piece;
    }
    return null;
  }

  #findIn(bucket: readonly number[], among: PieceSet): number | null {
    const { length } = bucket;
    if (length === 0) return null;
    const start = Math.floor(this.#random() * length);
    for (let step = 0; step < length; step++) {
      const piece = bucket[start + step < length ? start + step : start + step - length]!;
      if (among.has(piece)) return piece;
    }
    return null;
  }

  #move(piece: number, by: 1 | -1): void {
    const open = this.isOpen(piece);
    if (open) this.#remove(piece);
    this.#counts[piece]! += by;
    this.#version++;
    if (open) this.#insert(piece);
  }

  #insert(piece: number): void {
    const count = this.#counts[piece]!;
    while (this.#buckets.length <= count) this.#buckets.push([]);
    const bucket = this.#buckets[count]!;
    this.#position[piece] = bucket.length;
    bucket.push(piece);
  }

  #remove(piece: number): void {
    const bucket = this.#buckets[this.#counts[piece]!]!;
    const at = this.#position[piece]!;
    const last = bucket.pop()!;
    if (last !== piece) {
      bucket[at] = last;
      this.#position[last] = at;
    }
    this.#position[piece] = -1;
  }

  /** For tests and simulations: throws when counts, buckets and positions contradict one another. */
  assertConsistent(peerCounts: (piece: number) => number): void {
    let open = 0;
    for (let piece = 0; piece < this.#position.length; piece++) {
      if (this.count(piece) !== peerCounts(piece)) {
        throw new Error(
          `piece ${piece}: counted ${this.count(piece)}, peers have it ${peerCounts(piece)} times`,
        );
      }
      if (!this.isOpen(piece)) continue;
      open++;
      if (this.#buckets[this.#counts[piece]!]?.[this.#position[piece]!] !== piece) {
        throw new Error(`piece ${piece} is not where its position says`);
      }
    }
    const filed = this.#buckets.reduce((sum, bucket) => sum + bucket.length, 0);
    if (open !== this.#open || filed !== open)
      throw new Error(`${open} open, ${this.#open} counted, ${filed} filed`);
  }
}

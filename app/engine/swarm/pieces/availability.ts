/**
 * The availability of one torrent's pieces: counts how many connected peers have each piece, and finds the next piece
 * to begin.
 *
 * A piece is *open* while it may be begun. Open pieces lie in buckets by count, so a search for the rarest piece
 * starts at the lowest bucket and ends at the first hit. Example: pieces 3 and 7 are open, two peers have piece 3,
 * and one peer has piece 7. Bucket 1 holds piece 7 and bucket 2 holds piece 3. `rarest` returns 7, and a `have` for
 * piece 7 moves it to bucket 2. A `have` costs O(1).
 *
 * Seeds are only counted: a seed adds one to every piece, so it leaves the buckets as they are and costs O(1).
 *
 * Ties are broken at random: a search begins at a random place of its bucket. Nodes that see the same counts
 * therefore begin different pieces, which rarest first needs. Only searches use the random numbers, because a `have`
 * is much more frequent than a search.
 */

/** Pieces to choose from, such as those that may be requested from a peer. */
export interface PieceSet {
  has(piece: number): boolean;
}

export class Availability {
  readonly #random: () => number;
  /** Number of connected peers that have each piece, seeds left out. */
  readonly #counts: Uint16Array;
  #seeds: number;
  /** Open pieces by count, and the place of each piece in its bucket; -1 while the piece is not open. */
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

  /** Number of connected peers that have the piece, seeds included. */
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

  /** The count of one piece without seeds. A peer that got its last piece later, by a `have`, does not count as a seed here. */
  countBesidesSeeds(piece: number): number {
    return this.#counts[piece]!;
  }

  /** The piece may be begun from now on. */
  open(piece: number): void {
    if (this.isOpen(piece)) return;
    this.#insert(piece);
    this.#open++;
  }

  /** The piece may no longer be begun: it is in progress, received, stored or not wanted, or its hash is unknown. */
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

  /**
   * The rarest open piece of `among`, ties broken at random; null when there is none. `includeUnseen`: whether to
   * search the pieces that only seeds have, which a peer that is not a seed cannot have.
   */
  rarest(among: PieceSet, includeUnseen: boolean): number | null {
    for (let count = includeUnseen ? 0 : 1; count < this.#buckets.length; count++) {
      const piece = this.#findIn(this.#buckets[count]!, among);
      if (piece !== null) return piece;
    }
    return null;
  }

  /** The most common open piece of `among`, with the same ties, parameters and null as `rarest`. */
  commonest(among: PieceSet, includeUnseen: boolean): number | null {
    for (let count = this.#buckets.length - 1; count >= (includeUnseen ? 0 : 1); count--) {
      const piece = this.#findIn(this.#buckets[count]!, among);
      if (piece !== null) return piece;
    }
    return null;
  }

  /** The open piece of `among` with the lowest number; null when there is none. O(pieces). */
  first(among: PieceSet): number | null {
    for (let piece = 0; piece < this.#position.length; piece++) {
      if (this.isOpen(piece) && among.has(piece)) return piece;
    }
    return null;
  }

  /**
   * A random open piece of `among`; null when there is none. O(pieces). The search goes upwards from a random piece,
   * so all pieces are only about equally likely.
   */
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

  /**
   * Throws when counts, buckets and positions contradict one another. `peerCounts`: number of peers that have a
   * piece. For tests and simulations.
   */
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

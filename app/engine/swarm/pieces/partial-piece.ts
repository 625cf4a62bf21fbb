/**
 * One piece in progress: keeps the state of each 16 KiB block and the bytes that were received so far.
 *
 * | a block is | requests under way | sender | the next state |
 * | --- | --- | --- | --- |
 * | free | none | none | `ask` → requested; `receive` of a late block → received |
 * | requested | one, or two when the first is late | none | `receive` → received; `unask` → free |
 * | received | those not answered or cancelled yet | a link | `discard` → free |
 *
 * Received blocks are kept as they came, and are joined once the piece is whole. A piece that was only begun
 * therefore takes no memory for its bytes. The picker decides which peer is asked for which block, and the verifier
 * checks whole pieces.
 */
import { BLOCK_LENGTH } from "../../constants.ts";
import type { LinkId } from "../../link.ts";

const NOBODY: LinkId = -1;

export class PartialPiece {
  readonly piece: number;
  /** Bytes of data, pads left out. */
  readonly length: number;
  readonly blockCount: number;
  /**
   * Requests under way for each block. Only a late block is requested twice: in endgame, or when the piece has a
   * deadline.
   */
  readonly #asked: Uint8Array;
  /** Link that sent each block; NOBODY until the block is received. */
  readonly #sender: Int32Array;
  /** Bytes of each block; a hole until the block is received. */
  readonly #blocks: Uint8Array[];
  /** The joined blocks; null until they are needed. */
  #data: Uint8Array | null;
  #received: number;
  #free: number;
  /**
   * Link that other peers leave this piece to; null when they leave it to none. The owner is fast enough to bring the
   * piece alone, is on probation, or must be the only sender because the piece failed before.
   */
  owner: LinkId | null;

  constructor(piece: number, length: number, owner: LinkId | null) {
    this.piece = piece;
    this.length = length;
    this.blockCount = Math.ceil(length / BLOCK_LENGTH);
    this.#asked = new Uint8Array(this.blockCount);
    this.#sender = new Int32Array(this.blockCount).fill(NOBODY);
    this.#blocks = [];
    this.#data = null;
    this.#received = 0;
    this.#free = this.blockCount;
    this.owner = owner;
  }

  /** Number of free blocks. */
  get freeCount(): number {
    return this.#free;
  }

  get receivedCount(): number {
    return this.#received;
  }

  get isWhole(): boolean {
    return this.#received === this.blockCount;
  }

  /** The bytes of a whole piece, empty before. They are never written to again. */
  get data(): Uint8Array {
    if (!this.isWhole) return new Uint8Array(0);
    this.#data ??= this.#join();
    return this.#data;
  }

  #join(): Uint8Array {
    const blocks = this.#blocks;
    const inPlace = sideBySide(blocks, this.length);
    if (inPlace !== null) return inPlace;
    const whole = new Uint8Array(this.length);
    for (let block = 0; block < blocks.length; block++) whole.set(blocks[block]!, block * BLOCK_LENGTH);
    // The blocks become views of the joined bytes, so that no byte is kept twice.
    for (let block = 0; block < blocks.length; block++)
      blocks[block] = whole.subarray(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH);
    return whole;
  }

  isReceived(block: number): boolean {
    return this.#sender[block] !== NOBODY;
  }

  isFree(block: number): boolean {
    return this.#asked[block] === 0 && this.#sender[block] === NOBODY;
  }

  timesAsked(block: number): number {
    return this.#asked[block]!;
  }

  /** Link that sent a block; null when the block is not received. */
  senderOf(block: number): LinkId | null {
    const sender = this.#sender[block]!;
    return sender === NOBODY ? null : sender;
  }

  /** Blocks that a link sent. */
  blocksOf(link: LinkId): number[] {
    const blocks: number[] = [];
    for (let block = 0; block < this.blockCount; block++)
      if (this.#sender[block] === link) blocks.push(block);
    return blocks;
  }

  /** Links that sent at least one block. */
  senders(): Set<LinkId> {
    return new Set(Array.from(this.#sender).filter((link) => link !== NOBODY));
  }

  /** Bytes of a run of blocks. Only the last block of the piece may be shorter than 16 KiB. */
  runLength(first: number, count: number): number {
    return Math.min(this.length, (first + count) * BLOCK_LENGTH) - first * BLOCK_LENGTH;
  }

  /** The first run of free blocks, at most `most` blocks long; null when no block is free. */
  freeRun(most: number): { first: number; count: number } | null {
    if (this.#free === 0) return null;
    let first = 0;
    while (!this.isFree(first)) first++;
    let count = 1;
    while (count < most && first + count < this.blockCount && this.isFree(first + count)) count++;
    return { first, count };
  }

  ask(first: number, count: number): void {
    for (let block = first; block < first + count; block++) {
      if (this.isFree(block)) this.#free--;
      this.#asked[block]!++;
    }
  }

  /** Counts one request less for each block of a run: it was answered, rejected or given up. */
  unask(first: number, count: number): void {
    for (let block = first; block < first + count; block++) {
      if (this.#asked[block]! === 0) continue;
      this.#asked[block]!--;
      if (this.isFree(block)) this.#free++;
    }
  }

  /**
   * Keeps the blocks of a run that were not received before, as views of `bytes`. Returns the number of new bytes.
   */
  receive(first: number, bytes: Uint8Array, sender: LinkId): number {
    const count = Math.ceil(bytes.length / BLOCK_LENGTH);
    let fresh = 0;
    for (let at = 0; at < count; at++) {
      const block = first + at;
      if (this.#sender[block] !== NOBODY) continue;
      if (this.isFree(block)) this.#free--;
      this.#sender[block] = sender;
      this.#blocks[block] = count === 1 ? bytes : bytes.subarray(at * BLOCK_LENGTH, (at + 1) * BLOCK_LENGTH);
      this.#received++;
      fresh += this.runLength(block, 1);
    }
    return fresh;
  }

  /** Forgets received blocks, so that they are requested again. */
  discard(blocks: Iterable<number>): void {
    for (const block of blocks) {
      if (this.#sender[block] === NOBODY) continue;
      this.#sender[block] = NOBODY;
      delete this.#blocks[block];
      this.#data = null;
      this.#received--;
      if (this.isFree(block)) this.#free++;
    }
  }
}

/** All blocks as one array, without a copy. Null unless they lie side by side in one buffer already. */
function sideBySide(blocks: readonly Uint8Array[], length: number): Uint8Array | null {
  const { buffer, byteOffset } = blocks[0]!;
  for (let at = 1; at < blocks.length; at++) {
    const block = blocks[at]!;
    if (block.buffer !== buffer || block.byteOffset !== byteOffset + at * BLOCK_LENGTH) return null;
  }
  return new Uint8Array(buffer, byteOffset, length);
}

/**
 * One piece in progress: which of its 16 KiB blocks are free, asked for or here, who was asked and who sent them,
 * and the bytes so far. Blocks are kept as they came and put together once all are here, so that a piece that was
 * only begun takes no memory. Whoever holds it decides whom to ask and what to do once it is whole.
 */
import { BLOCK_LENGTH } from "../../constants.ts";
import type { LinkId } from "../../link.ts";

const NOBODY: LinkId = -1;

export class PartialPiece {
  readonly piece: number;
  /** Bytes of data, pads left out. */
  readonly length: number;
  readonly blockCount: number;
  /** Times each block is asked for at present; more than once only in endgame or when a request is late. */
  readonly #asked: Uint8Array;
  /** Link that sent each block; NOBODY until it is here. */
  readonly #sender: Int32Array;
  /** The bytes of each block; a hole until it is here. */
  readonly #blocks: Uint8Array[];
  /** All of them together; null until somebody wants them. */
  #data: Uint8Array | null;
  #received: number;
  #free: number;
  /** The one peer that this piece is left to, being fast enough alone; null: anyone. */
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

  /** Blocks that nobody was asked for and that are not here. */
  get freeCount(): number {
    return this.#free;
  }

  get receivedCount(): number {
    return this.#received;
  }

  get isWhole(): boolean {
    return this.#received === this.blockCount;
  }

  /** The bytes, once whole. They are never written to again. */
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
    // What came apart is not kept twice.
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

  /** Who sent a block; null when it is not here. */
  senderOf(block: number): LinkId | null {
    const sender = this.#sender[block]!;
    return sender === NOBODY ? null : sender;
  }

  /** The blocks that a link sent. */
  blocksOf(link: LinkId): number[] {
    const blocks: number[] = [];
    for (let block = 0; block < this.blockCount; block++)
      if (this.#sender[block] === link) blocks.push(block);
    return blocks;
  }

  /** The links that sent any of it. */
  senders(): Set<LinkId> {
    return new Set(Array.from(this.#sender).filter((link) => link !== NOBODY));
  }

  /** Bytes of a run of blocks. */
  runLength(first: number, count: number): number {
    return Math.min(this.length, (first + count) * BLOCK_LENGTH) - first * BLOCK_LENGTH;
  }

  /** The first run of free blocks, at most `most` long; null when none is free. */
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

  /** Takes back one asking of each block of a run: it was answered, refused, or given up. */
  unask(first: number, count: number): void {
    for (let block = first; block < first + count; block++) {
      if (this.#asked[block]! === 0) continue;
      this.#asked[block]!--;
      if (this.isFree(block)) this.#free++;
    }
  }

  /** Keeps the blocks of a run that are not here yet, as views of `bytes`; tells how many bytes were new. */
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

  /** Forgets blocks found bad, so that they are asked for again. */
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

/** Blocks in a row as one array, without a copy; null unless they lie side by side in one buffer already. */
function sideBySide(blocks: readonly Uint8Array[], length: number): Uint8Array | null {
  const { buffer, byteOffset } = blocks[0]!;
  for (let at = 1; at < blocks.length; at++) {
    const block = blocks[at]!;
    if (block.buffer !== buffer || block.byteOffset !== byteOffset + at * BLOCK_LENGTH) return null;
  }
  return new Uint8Array(buffer, byteOffset, length);
}

import { OUTBOX_CAPACITY } from "./constants.ts";

/**
 * The small messages of one peer that leave together, as the bytes of one channel message: each is copied in as it
 * is said, so that a have to fifty peers is one array, and nothing is kept of it but nine bytes for each.
 */

export class Outbox {
  #bytes: Uint8Array;
  #length: number;

  constructor() {
    this.#bytes = new Uint8Array(OUTBOX_CAPACITY);
    this.#length = 0;
  }

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds a message; it stays the caller's. */
  add(message: Uint8Array): void {
    const length = this.#length + message.length;
    if (length > this.#bytes.length) this.#grow(length);
    copy(message, message.length, this.#bytes, this.#length);
    this.#length = length;
  }

  /** Everything that waits, in an array of its own. Nothing waits afterwards. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    copy(this.#bytes, this.#length, bytes, 0);
    this.#length = 0;
    // What a burst took, as a whole bitfield does, is not kept for each peer.
    if (this.#bytes.length > 16 * OUTBOX_CAPACITY) this.#bytes = new Uint8Array(OUTBOX_CAPACITY);
    return bytes;
  }

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Copies the first `length` bytes. Most messages have 9 or 17: a call to copy them costs more than they do. */
function copy(from: Uint8Array, length: number, to: Uint8Array, at: number): void {
  if (length > 32) to.set(length === from.length ? from : from.subarray(0, length), at);
  else for (let each = 0; each < length; each++) to[at + each] = from[each]!;
}

/**
 * The outbox of one peer gathers small messages, which leave together as one channel message. Each message is copied
 * in at once. So a `have` to fifty peers is encoded once, and each outbox keeps a copy of its nine bytes.
 */
import { OUTBOX_CAPACITY } from "./constants.ts";

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

  /** Adds a message. Its array stays the caller's. */
  add(message: Uint8Array): void {
    const length = this.#length + message.length;
    if (length > this.#bytes.length) this.#grow(length);
    copy(message, message.length, this.#bytes, this.#length);
    this.#length = length;
  }

  /** All bytes that wait, in an array of their own. Nothing waits afterwards. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    copy(this.#bytes, this.#length, bytes, 0);
    this.#length = 0;
    // The room that a burst took, such as a whole bitfield, is given back: there is an outbox for each peer.
    if (this.#bytes.length > 16 * OUTBOX_CAPACITY) this.#bytes = new Uint8Array(OUTBOX_CAPACITY);
    return bytes;
  }

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Copies the first `length` bytes. Most messages have 9 or 17, and a call of `set` costs more than so few bytes. */
function copy(from: Uint8Array, length: number, to: Uint8Array, at: number): void {
  if (length > 32) to.set(length === from.length ? from : from.subarray(0, length), at);
  else for (let each = 0; each < length; each++) to[at + each] = from[each]!;
}

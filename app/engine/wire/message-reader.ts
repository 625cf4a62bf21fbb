/**
 * The message reader of one link or lane turns a stream of bytes back into messages, however the stream was cut into
 * chunks. A message that lies in one chunk, as nearly all do, is read in one step. Any other goes through stages:
 *
 * | stage | what is read | next stage |
 * | --- | --- | --- |
 * | handshake | the first 68 bytes of a link | length |
 * | length | the length prefix, 4 bytes | id; length after a keep-alive |
 * | id | one byte | head; skip where the id is unknown |
 * | head | the fields of fixed size | tail |
 * | tail | block, bits, payload or hashes | length |
 * | skip | the rest of an unknown message | length |
 *
 * A tail is copied at most once. A tail that is at least half of its chunk is not copied: it is a view of the chunk.
 * A smaller one is copied, because a view would keep the whole chunk in memory. A tail that spans chunks is gathered
 * in an array of its size, which is made only when its length has passed the limits and its first byte is there.
 * Views stay valid, because the caller gives each chunk away: it neither writes to the chunk nor transfers it
 * afterwards.
 *
 * The reader keeps the chunks not read yet and what has come of an unfinished message. The swarm knows what messages
 * mean.
 */
import {
  checkAnnouncedLength,
  checkHead,
  checkLength,
  decodeMessage,
  headLength,
  MAX_HEAD_LENGTH,
  type MessageLimits,
} from "./decode.ts";
import { checkHandshakeStart, decodeHandshake, HANDSHAKE_LENGTH } from "./handshake.ts";
import type { Message } from "./message.ts";
import { WireError } from "./wire-error.ts";

const EMPTY = new Uint8Array(0);

/** The fields of fixed size, as bytes and as a view to read numbers from. */
interface Head {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

function newHead(): Head {
  const bytes = new Uint8Array(Math.max(HANDSHAKE_LENGTH, MAX_HEAD_LENGTH));
  return { bytes, view: new DataView(bytes.buffer) };
}

/** The head of a message that came whole. No message keeps anything of it, so all readers share one. */
const wholeHead = newHead();

type Stage = "handshake" | "length" | "id" | "head" | "tail" | "skip";

export class MessageReader {
  #limits: MessageLimits;
  /** Chunks in order of arrival; those before `#first` have been read. */
  #chunks: Uint8Array[];
  #first: number;
  /** Bytes of the first chunk that have been read. */
  #offset: number;
  #unread: number;
  #stage: Stage;
  /** Gathers what may have been cut: handshake, length prefix, id, fields of fixed size. */
  readonly #head: Head;
  #headFilled: number;
  #id: number;
  /** Bytes of the current message's tail. */
  #tailLength: number;
  /** Bytes of the tail that were gathered or skipped. */
  #tailFilled: number;
  #tail: Uint8Array | null;
  #failure: WireError | null;

  /** The first 68 bytes pushed are the handshake; messages follow. */
  constructor(limits: MessageLimits) {
    this.#limits = limits;
    this.#chunks = [];
    this.#first = 0;
    this.#offset = 0;
    this.#unread = 0;
    this.#stage = "handshake";
    this.#head = newHead();
    this.#headFilled = 0;
    this.#id = 0;
    this.#tailLength = 0;
    this.#tailFilled = 0;
    this.#tail = null;
    this.#failure = null;
  }

  /** A reader for a stream that begins with a message, as on a lane. */
  static withoutHandshake(limits: MessageLimits): MessageReader {
    const reader = new MessageReader(limits);
    reader.#startMessage();
    return reader;
  }

  get limits(): MessageLimits {
    return this.#limits;
  }

  /** The new limits hold for every message whose id has not been read yet. */
  set limits(limits: MessageLimits) {
    this.#limits = limits;
  }

  /**
   * Bytes held: chunks not read yet, and what has come of an unfinished message. Less than one message once `next`
   * has returned null.
   */
  get buffered(): number {
    return this.#unread + this.#headFilled + (this.#tail === null ? 0 : this.#tailFilled);
  }

  /**
   * Takes the next bytes of the stream, and the array with them. Call `next` until it returns null before the next
   * push.
   */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.#failure !== null) return;
    this.#chunks.push(chunk);
    this.#unread += chunk.length;
  }

  /**
   * The next whole message; null when more bytes are needed. Throws WireError for anything malformed. The stream
   * cannot be read on then: everything held is let go, and further calls throw the same error.
   */
  next(): Message | null {
    if (this.#failure !== null) throw this.#failure;
    try {
      return this.#read();
    } catch (error) {
      if (error instanceof WireError) this.#fail(error);
      throw error;
    }
  }

  #read(): Message | null {
    for (;;) {
      switch (this.#stage) {
        case "handshake": {
          if (!this.#fillHead(HANDSHAKE_LENGTH)) {
            checkHandshakeStart(this.#head.bytes.subarray(0, this.#headFilled));
            return null;
          }
          const handshake = decodeHandshake(this.#head.bytes.subarray(0, HANDSHAKE_LENGTH));
          this.#startMessage();
          return { type: "handshake", ...handshake };
        }
        case "length": {
          if (this.#unread === 0) return null;
          const whole = this.#takeWhole();
          if (whole !== null) return whole;
          if (!this.#fillHead(4)) return null;
          const length = this.#head.view.getUint32(0);
          checkAnnouncedLength(length, this.#limits);
          this.#startMessage();
          if (length === 0) return { type: "keep-alive" };
          this.#tailLength = length - 1;
          this.#stage = "id";
          break;
        }
        case "id": {
          if (!this.#fillHead(1)) return null;
          this.#id = this.#head.bytes[0]!;
          this.#headFilled = 0;
          checkLength(this.#id, 1 + this.#tailLength, this.#limits);
          const head = headLength(this.#id);
          this.#tailLength -= head ?? 0;
          this.#stage = head === null ? "skip" : "head";
          break;
        }
        case "head": {
          if (!this.#fillHead(headLength(this.#id)!)) return null;
          checkHead(this.#id, this.#head.view, this.#tailLength);
          this.#stage = "tail";
          break;
        }
        case "tail": {
          const tail = this.#takeTail();
          if (tail === null) return null;
          const message = decodeMessage(this.#id, this.#head.view, tail);
          this.#startMessage();
          return message;
        }
        case "skip": {
          const skipped = Math.min(this.#tailLength - this.#tailFilled, this.#unread);
          this.#skip(skipped);
          this.#tailFilled += skipped;
          if (this.#tailFilled < this.#tailLength) return null;
          const length = this.#tailLength;
          this.#startMessage();
          return { type: "unknown", id: this.#id, length };
        }
      }
    }
  }

  /** The next message in one step; null when it does not lie in one chunk, is a keep-alive or has an unknown id. */
  #takeWhole(): Message | null {
    if (this.#unread < 5 || this.#headFilled > 0) return null;
    const chunk = this.#chunks[this.#first]!;
    const start = this.#offset;
    if (chunk.length - start < 5) return null;
    const length = uint32(chunk, start);
    checkAnnouncedLength(length, this.#limits);
    if (length === 0 || chunk.length - start - 4 < length) return null;
    const id = chunk[start + 4]!;
    checkLength(id, length, this.#limits);
    const head = headLength(id);
    if (head === null) return null;
    const headStart = start + 5;
    for (let at = 0; at < head; at++) wholeHead.bytes[at] = chunk[headStart + at]!;
    const tailLength = length - 1 - head;
    checkHead(id, wholeHead.view, tailLength);
    const tail = tailLength === 0 ? EMPTY : part(chunk, headStart + head, tailLength);
    this.#advance(4 + length);
    return decodeMessage(id, wholeHead.view, tail);
  }

  #startMessage(): void {
    this.#stage = "length";
    this.#headFilled = 0;
    this.#tailLength = 0;
    this.#tailFilled = 0;
    this.#tail = null;
  }

  /** Copies unread bytes into the head until it has `length`; false when there are too few. */
  #fillHead(length: number): boolean {
    const { bytes } = this.#head;
    while (this.#headFilled < length && this.#unread > 0) {
      const chunk = this.#chunks[this.#first]!;
      const count = Math.min(length - this.#headFilled, chunk.length - this.#offset);
      for (let at = 0; at < count; at++) bytes[this.#headFilled + at] = chunk[this.#offset + at]!;
      this.#headFilled += count;
      this.#advance(count);
    }
    return this.#headFilled === length;
  }

  #takeTail(): Uint8Array | null {
    const length = this.#tailLength;
    if (length === 0) return EMPTY;
    if (this.#unread === 0) return null;
    if (this.#tail === null) {
      const chunk = this.#chunks[this.#first]!;
      if (chunk.length - this.#offset >= length) {
        const tail = part(chunk, this.#offset, length);
        this.#advance(length);
        return tail;
      }
      this.#tail = new Uint8Array(length);
    }
    while (this.#tailFilled < length && this.#unread > 0) {
      const chunk = this.#chunks[this.#first]!;
      const count = Math.min(length - this.#tailFilled, chunk.length - this.#offset);
      this.#tail.set(chunk.subarray(this.#offset, this.#offset + count), this.#tailFilled);
      this.#tailFilled += count;
      this.#advance(count);
    }
    return this.#tailFilled === length ? this.#tail : null;
  }

  #skip(count: number): void {
    let left = count;
    while (left > 0) {
      const step = Math.min(left, this.#chunks[this.#first]!.length - this.#offset);
      this.#advance(step);
      left -= step;
    }
  }

  /** Marks `count` bytes of the first chunk as read and lets the chunk go when that was all of it. */
  #advance(count: number): void {
    this.#offset += count;
    this.#unread -= count;
    if (this.#offset < this.#chunks[this.#first]!.length) return;
    this.#offset = 0;
    if (this.#chunks.length === 1) {
      this.#chunks.pop();
      return;
    }
    this.#chunks[this.#first] = EMPTY;
    this.#first += 1;
    // The rest moves down only once half of the list was read, so each chunk moves a bounded number of times.
    if (this.#first * 2 >= this.#chunks.length) {
      this.#chunks.splice(0, this.#first);
      this.#first = 0;
    }
  }

  #fail(error: WireError): void {
    this.#failure = error;
    this.#chunks = [];
    this.#first = 0;
    this.#offset = 0;
    this.#unread = 0;
    this.#startMessage();
  }
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** A part of a chunk: a view, unless the view would keep more than twice its size in memory. */
function part(chunk: Uint8Array, start: number, length: number): Uint8Array {
  if (length === chunk.length) return chunk;
  return 2 * length < chunk.length
    ? chunk.slice(start, start + length)
    : chunk.subarray(start, start + length);
}

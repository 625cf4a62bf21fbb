/** A set of pieces in the bit order of BEP 3, with a count of its members. */
export class Bitfield {
  readonly length: number;
  readonly bytes: Uint8Array;
  #count: number;

  /**
   * An empty set when `bytes` is left out. The bytes are kept, not copied. Their spare bits must be zero, as
   * `Bitfield.parse` checks.
   */
  constructor(length: number, bytes?: Uint8Array) {
    this.length = length;
    this.bytes = bytes ?? new Uint8Array(Math.ceil(length / 8));
    this.#count = 0;
    for (let i = 0; i < this.bytes.length; i++) this.#count += bitCount(this.bytes[i]!);
  }

  static full(length: number): Bitfield {
    const bytes = new Uint8Array(Math.ceil(length / 8)).fill(0xff);
    if (length % 8 !== 0) bytes[bytes.length - 1] = (0xff << (8 - (length % 8))) & 0xff;
    return new Bitfield(length, bytes);
  }

  /**
   * A copy of the bytes that a peer sent. Null when their length is wrong or a spare bit is set, which BEP 3 forbids.
   */
  static parse(length: number, bytes: Uint8Array): Bitfield | null {
    if (bytes.length !== Math.ceil(length / 8)) return null;
    if (length % 8 !== 0 && (bytes[bytes.length - 1]! & (0xff >> (length % 8))) !== 0) return null;
    return new Bitfield(length, bytes.slice());
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.length;
  }

  has(piece: number): boolean {
    return (this.bytes[piece >> 3]! & (0x80 >> (piece & 7))) !== 0;
  }

  /** Returns true when the piece was not in the set before. */
  add(piece: number): boolean {
    if (this.has(piece)) return false;
    this.bytes[piece >> 3]! |= 0x80 >> (piece & 7);
    this.#count++;
    return true;
  }

  /** Returns true when the piece was in the set before. */
  delete(piece: number): boolean {
    if (!this.has(piece)) return false;
    this.bytes[piece >> 3]! &= ~(0x80 >> (piece & 7));
    this.#count--;
    return true;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let i = 0; i < this.bytes.length; i++) {
      const byte = this.bytes[i]!;
      if (byte === 0) continue;
      for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) yield i * 8 + bit;
    }
  }
}

function bitCount(byte: number): number {
  let n = byte - ((byte >> 1) & 0x55);
  n = (n & 0x33) + ((n >> 2) & 0x33);
  return (n + (n >> 4)) & 0x0f;
}

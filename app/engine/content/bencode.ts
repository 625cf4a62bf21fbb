/**
 * Bencoding (BEP 3): a decoder and an encoder. Neither knows what the values mean. The decoder is strict, unless it
 * reads a .torrent file: many programs wrote those, and some wrote them carelessly.
 *
 * This code exists because the npm packages (bencode, bencodec) decode keys as text, accept unsorted keys, padded
 * integers and negative lengths, and do not tell which bytes a value came from.
 *
 * Byte strings stay bytes. A key of a dictionary is a JavaScript string in which each character is one byte (0–255).
 * ASCII keys therefore read as usual, and different keys stay different. `keyFromBytes` and `keyToBytes` convert.
 */
import { ShoalError } from "../errors.ts";
import { MAX_BENCODE_DEPTH, MAX_BENCODE_VALUES } from "./constants.ts";
import { encodeUtf8, isAscii } from "./utf8.ts";

export type BencodeDictionary = Map<string, BencodeValue>;
/** A decoded value. Byte strings are views of the decoded bytes, not copies. */
export type BencodeValue = number | Uint8Array | BencodeValue[] | BencodeDictionary;

/** A value that can be encoded. Text becomes UTF-8; `undefined` entries of an object are left out. */
export type BencodeInput =
  | number
  | string
  | Uint8Array
  | Bencoded
  | readonly BencodeInput[]
  | ReadonlyMap<string, BencodeInput>
  | { readonly [key: string]: BencodeInput | undefined };

/** Bytes that are bencoded already and are written as they are, such as the info dictionary in a .torrent file. */
export class Bencoded {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

export interface BencodeLimits {
  /** Levels of nesting; MAX_BENCODE_DEPTH unless given. */
  readonly maxDepth?: number;
  /** Number of values of any kind, keys left out; MAX_BENCODE_VALUES unless given. */
  readonly maxValues?: number;
  /**
   * Accepts keys in any order, and takes the last of repeated keys. This is for messages between peers: no hash
   * depends on them, and not every client sorts their keys. False unless given.
   */
  readonly anyKeyOrder?: boolean;
  /**
   * Accepts what libtorrent accepts in .torrent files: keys in any order, of which the first of repeated ones counts;
   * leading zeros; and integers of up to 20 digits. An integer beyond ±(2^53 - 1) becomes ±Infinity. False unless given.
   */
  readonly asFile?: boolean;
}

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const COLON = 0x3a;
const MINUS = 0x2d;
const DICTIONARY = 0x64;
const END = 0x65;
const INTEGER = 0x69;
const LIST = 0x6c;
/** Digits of 2^53 - 1, the largest safe integer. */
const MAX_DIGITS = 16;
/** Digits that libtorrent reads of one number. */
const MAX_FILE_DIGITS = 20;

/**
 * Decodes one value that fills `bytes` exactly. Linear time.
 *
 * Unless `limits` say otherwise, the decoder is strict: keys are sorted and unique, integers and lengths are canonical
 * and within ±(2^53 - 1), and no bytes are left over. Every value therefore has one encoding, and
 * `encodeBencode(decodeBencode(x))` is `x`.
 *
 * @throws ShoalError `torrent/malformed` with what is wrong and where
 */
export function decodeBencode(bytes: Uint8Array, limits?: BencodeLimits): BencodeValue {
  const { value, end } = decodeBencodePrefix(bytes, limits);
  if (end !== bytes.length) throw malformed("trailing", end);
  return value;
}

/**
 * Decodes the value at the start of `bytes`; `end` is the position behind it. This is for ut_metadata messages
 * (BEP 9), whose payload follows the dictionary.
 *
 * @throws ShoalError `torrent/malformed`
 */
export function decodeBencodePrefix(
  bytes: Uint8Array,
  limits?: BencodeLimits,
): { value: BencodeValue; end: number } {
  const decoder = new Decoder(bytes, limits);
  const value = decoder.value(0);
  return { value, end: decoder.position };
}

/**
 * Decodes a dictionary that fills `bytes`; with `asFile`, anything may follow it. Each entry has its value and the bytes
 * that the value was decoded from. An info-hash is the hash of these bytes.
 *
 * @throws ShoalError `torrent/malformed`
 */
export function decodeBencodeEntries(
  bytes: Uint8Array,
  limits?: BencodeLimits,
): Map<string, { value: BencodeValue; bytes: Uint8Array }> {
  const entries = new Map<string, { value: BencodeValue; bytes: Uint8Array }>();
  const decoder = new Decoder(bytes, limits);
  if (bytes[0] !== DICTIONARY) throw malformed("dictionary", 0);
  decoder.entries(0, (key, value, start) => {
    if (limits?.asFile && entries.has(key)) return;
    entries.set(key, { value, bytes: bytes.subarray(start, decoder.position) });
  });
  if (!limits?.asFile && decoder.position !== bytes.length) throw malformed("trailing", decoder.position);
  return entries;
}

/** Keys that info dictionaries have once or several times for each file. */
const COMMON_KEYS = ["", "attr", "path", "length", "pieces root"];

function malformed(what: string, position: number): ShoalError {
  return new ShoalError("torrent/malformed", `bencode.${what}@${position}`);
}

class Decoder {
  readonly #bytes: Uint8Array;
  readonly #maxDepth: number;
  readonly #anyKeyOrder: boolean;
  readonly #asFile: boolean;
  #valuesLeft: number;
  position: number;

  constructor(bytes: Uint8Array, limits: BencodeLimits = {}) {
    this.#bytes = bytes;
    this.#maxDepth = limits.maxDepth ?? MAX_BENCODE_DEPTH;
    this.#asFile = limits.asFile ?? false;
    this.#anyKeyOrder = this.#asFile || (limits.anyKeyOrder ?? false);
    this.#valuesLeft = limits.maxValues ?? MAX_BENCODE_VALUES;
    this.position = 0;
  }

  value(depth: number): BencodeValue {
    if (this.#valuesLeft-- <= 0) throw malformed("values", this.position);
    const first = this.#bytes[this.position];
    if (first === INTEGER) {
      this.position++;
      return this.#number(END, true);
    }
    if (first === LIST) return this.#list(depth);
    if (first === DICTIONARY) {
      const dictionary: BencodeDictionary = new Map();
      this.entries(depth, (key, value) => {
        if (!this.#asFile || !dictionary.has(key)) dictionary.set(key, value);
      });
      return dictionary;
    }
    return this.#string();
  }

  /** Reads the dictionary whose `d` is at the position. `visit` gets the position at which each value starts. */
  entries(depth: number, visit: (key: string, value: BencodeValue, start: number) => void): void {
    this.#checkDepth(depth);
    this.position++;
    let previous: string | null = null;
    while (this.#bytes[this.position] !== END) {
      const keyStart = this.position;
      const key = this.#key();
      // Byte strings compare in the order of their bytes.
      if (!this.#anyKeyOrder && previous !== null && key <= previous) {
        throw malformed(key === previous ? "repeated-key" : "key-order", keyStart);
      }
      previous = key;
      const start = this.position;
      visit(key, this.value(depth + 1), start);
    }
    this.position++;
  }

  #list(depth: number): BencodeValue[] {
    this.#checkDepth(depth);
    this.position++;
    const list: BencodeValue[] = [];
    while (this.#bytes[this.position] !== END) list.push(this.value(depth + 1));
    this.position++;
    return list;
  }

  /** As `keyFromBytes(this.#string())`. The keys that a dictionary of many files repeats for each cost no memory. */
  #key(): string {
    const length = this.#length();
    const start = this.position;
    const common = COMMON_KEYS.find((key) => key.length === length && this.#isAt(key, start));
    this.position += length;
    return common ?? keyFromBytes(this.#bytes.subarray(start, this.position));
  }

  #isAt(key: string, position: number): boolean {
    for (let i = 0; i < key.length; i++) if (this.#bytes[position + i] !== key.charCodeAt(i)) return false;
    return true;
  }

  #string(): Uint8Array {
    const length = this.#length();
    const value = this.#bytes.subarray(this.position, this.position + length);
    this.position += length;
    return value;
  }

  /** Reads the length of a string, all of which must be there. */
  #length(): number {
    const start = this.position;
    const length = this.#number(COLON, false);
    if (length > this.#bytes.length - this.position) throw malformed("string", start);
    return length;
  }

  /** Reads decimal digits up to `terminator`, and steps over the terminator. */
  #number(terminator: number, signed: boolean): number {
    const start = this.position;
    const negative = signed && this.#bytes[start] === MINUS;
    const digits = negative ? start + 1 : start;
    const maxDigits = this.#asFile ? MAX_FILE_DIGITS : MAX_DIGITS;
    let position = digits;
    let sum = 0;
    for (;;) {
      const byte = this.#bytes[position];
      if (byte === undefined) throw malformed("end", position);
      if (byte === terminator && position > digits) break;
      if (byte < DIGIT_0 || byte > DIGIT_9) throw malformed("character", position);
      if (position - digits >= maxDigits) throw malformed("number", start);
      sum = sum * 10 + (byte - DIGIT_0);
      position++;
    }
    if (!this.#asFile) {
      if (!Number.isSafeInteger(sum)) throw malformed("number", start);
      const padded = this.#bytes[digits] === DIGIT_0 && (position - digits > 1 || negative);
      if (padded) throw malformed("canonical", start);
    } else if (!Number.isSafeInteger(sum)) {
      sum = Infinity;
    }
    this.position = position + 1;
    // Zero has no sign.
    return negative && sum !== 0 ? -sum : sum;
  }

  #checkDepth(depth: number): void {
    if (depth >= this.#maxDepth) throw malformed("depth", this.position);
  }
}

/**
 * Encodes a value canonically: the keys of dictionaries are sorted by their bytes.
 *
 * @param placed told where the bytes of each byte string begin, in the order in which they are written
 * @throws RangeError for a number that is not a safe integer or a key with a character above 255
 */
export function encodeBencode(value: BencodeInput, placed?: (position: number) => void): Uint8Array {
  const writer = new Writer(placed);
  writeValue(writer, value);
  return writer.bytes();
}

function writeValue(writer: Writer, value: BencodeInput): void {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
    // Adding zero turns -0 into 0.
    writer.ascii(`i${value + 0}e`);
  } else if (typeof value === "string") {
    writer.text(value);
  } else if (value instanceof Uint8Array) {
    writer.placed(value);
  } else if (value instanceof Bencoded) {
    writer.raw(value.bytes);
  } else if (Array.isArray(value)) {
    writer.ascii("l");
    for (const item of value as readonly BencodeInput[]) writeValue(writer, item);
    writer.ascii("e");
  } else {
    writeDictionary(writer, value instanceof Map ? [...value] : Object.entries(value));
  }
}

function writeDictionary(writer: Writer, entries: [string, BencodeInput | undefined][]): void {
  writer.ascii("d");
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    writer.key(key);
    writeValue(writer, value);
  }
  writer.ascii("e");
}

/** A buffer that doubles when it is full, so that writing takes linear time. */
class Writer {
  #buffer: Uint8Array;
  #length: number;
  readonly #placed: ((position: number) => void) | undefined;

  constructor(placed?: (position: number) => void) {
    this.#buffer = new Uint8Array(256);
    this.#length = 0;
    this.#placed = placed;
  }

  /** A byte string whose place is told. */
  placed(bytes: Uint8Array): void {
    this.string(bytes);
    this.#placed?.(this.#length - bytes.length);
  }

  ascii(text: string): void {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#buffer[this.#length++] = text.charCodeAt(i);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  string(bytes: Uint8Array): void {
    this.ascii(`${bytes.length}:`);
    this.raw(bytes);
  }

  text(text: string): void {
    if (!isAscii(text)) this.string(encodeUtf8(text));
    else this.ascii(`${text.length}:${text}`);
  }

  key(key: string): void {
    if (!isAscii(key)) this.string(keyToBytes(key));
    else this.ascii(`${key.length}:${key}`);
  }

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

/** Arguments of one call of fromCharCode at most. JavaScript engines limit them. */
const CHUNK = 4096;

/** Bytes of a key up to which it is made byte by byte, which is several times as fast for keys of few. */
const SHORT_KEY = 64;

/** The byte string (characters 0–255) of some bytes, as a key of a dictionary. */
export function keyFromBytes(bytes: Uint8Array): string {
  let key = "";
  if (bytes.length <= SHORT_KEY) {
    for (let i = 0; i < bytes.length; i++) key += String.fromCharCode(bytes[i]!);
    return key;
  }
  for (let start = 0; start < bytes.length; start += CHUNK) {
    key += String.fromCharCode(...bytes.subarray(start, start + CHUNK));
  }
  return key;
}

/** The bytes of a byte string. @throws RangeError for a character above 255 */
export function keyToBytes(key: string): Uint8Array {
  const bytes = new Uint8Array(key.length);
  for (let i = 0; i < key.length; i++) {
    const byte = key.charCodeAt(i);
    if (byte > 255) throw new RangeError("a dictionary key is a byte string; see keyFromBytes");
    bytes[i] = byte;
  }
  return bytes;
}

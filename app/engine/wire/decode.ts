/**
 * Decoding makes one message from its two parts: the head, which is the fields of fixed size, and the tail, which is
 * all bytes behind them. Example: the head of `piece` is 8 bytes, piece and begin, and the tail is the block. The
 * lengths of a message are checked here too, so that a reader can refuse a message before it keeps any of its bytes.
 * message-reader.ts puts the parts together.
 */
import { MAX_HASHES_PER_REQUEST } from "../content/constants.ts";
import type { HashRequest } from "../content/hash-exchange.ts";
import { countHashes, type Message, messageId } from "./message.ts";
import { WireError } from "./wire-error.ts";

/**
 * Bytes that a peer's messages may have. The swarm changes the limits as it learns about the peer and the torrent.
 */
export interface MessageLimits {
  /** Bytes after the length prefix, of every message but a bitfield. */
  readonly maxMessage: number;
  /** Bytes of the bits of a bitfield: an eighth of the piece count, rounded up, once that is known. */
  readonly maxBitfield: number;
}

type KnownType = keyof typeof messageId;

interface Layout {
  readonly type: KnownType;
  /** Bytes of the head. */
  readonly head: number;
  /** Bytes of the tail, at least; null where there is no tail. */
  readonly minTail: number | null;
}

/** Bytes of the longest head, that of hash messages: root, base layer, index, length, proof layers. */
export const MAX_HEAD_LENGTH = 48;

const layouts: (Layout | undefined)[] = [];
const layout = (type: KnownType, head: number, minTail: number | null = null) => {
  layouts[messageId[type]] = { type, head, minTail };
};
layout("choke", 0);
layout("unchoke", 0);
layout("interested", 0);
layout("not-interested", 0);
layout("have", 4);
layout("bitfield", 0, 0);
layout("request", 12);
layout("piece", 8, 1);
layout("cancel", 12);
layout("port", 2);
layout("suggest", 4);
layout("have-all", 0);
layout("have-none", 0);
layout("reject", 12);
layout("allowed-fast", 4);
layout("extended", 1, 0);
layout("hash-request", MAX_HEAD_LENGTH);
layout("hashes", MAX_HEAD_LENGTH, 32);
layout("hash-reject", MAX_HEAD_LENGTH);

/** Bytes of the head of message `id`; null for an id that is not in the table. */
export function headLength(id: number): number | null {
  return layouts[id]?.head ?? null;
}

/** Throws `wire/too-long` when no kind of message may have `length` bytes after the length prefix. */
export function checkAnnouncedLength(length: number, limits: MessageLimits): void {
  if (length > Math.max(limits.maxMessage, 1 + limits.maxBitfield)) {
    throw new WireError("wire/too-long", `message: ${length}`);
  }
}

/** Throws `wire/too-long` or `wire/bad-length` when message `id` may not have `length` bytes, its id included. */
export function checkLength(id: number, length: number, limits: MessageLimits): void {
  const most = id === messageId.bitfield ? 1 + limits.maxBitfield : limits.maxMessage;
  if (length > most) throw new WireError("wire/too-long", `message.${id}: ${length}`);
  const known = layouts[id];
  if (known === undefined) return;
  const least = 1 + known.head + (known.minTail ?? 0);
  if (length < least || (known.minTail === null && length > least)) {
    throw new WireError("wire/bad-length", `${known.type}: ${length}`);
  }
}

/** Throws `wire/bad-hashes` when the fields of a hash message contradict BEP 52 or the length of its tail. */
export function checkHead(id: number, head: DataView, tailLength: number): void {
  if (id !== messageId["hash-request"] && id !== messageId["hash-reject"] && id !== messageId.hashes) return;
  const index = head.getUint32(36);
  const length = head.getUint32(40);
  const proofLayers = head.getUint32(44);
  const isPowerOfTwo = (length & (length - 1)) === 0;
  if (length < 2 || length > MAX_HASHES_PER_REQUEST || !isPowerOfTwo) {
    throw new WireError("wire/bad-hashes", `length: ${length}`);
  }
  if (index % length !== 0) {
    throw new WireError("wire/bad-hashes", `index: ${index}/${length}`);
  }
  if (id === messageId.hashes && tailLength !== 32 * countHashes(length, proofLayers)) {
    throw new WireError(
      "wire/bad-hashes",
      `hashes: ${tailLength}, length: ${length}, layers: ${proofLayers}`,
    );
  }
}

/** The message `id`, which must be in the table. Copies what it keeps of `head`, and hands `tail` on uncopied. */
export function decodeMessage(id: number, head: DataView, tail: Uint8Array): Message {
  const known = layouts[id];
  if (known === undefined) throw new RangeError(`message ${id} is not in the table`);
  const { type } = known;
  switch (type) {
    case "choke":
    case "unchoke":
    case "interested":
    case "not-interested":
    case "have-all":
    case "have-none":
      return { type };
    case "have":
    case "suggest":
    case "allowed-fast":
      return { type, piece: head.getUint32(0) };
    case "bitfield":
      return { type, bits: tail };
    case "request":
    case "cancel":
    case "reject":
      return { type, piece: head.getUint32(0), begin: head.getUint32(4), length: head.getUint32(8) };
    case "piece":
      return { type, piece: head.getUint32(0), begin: head.getUint32(4), block: tail };
    case "port":
      return { type, port: head.getUint16(0) };
    case "extended":
      return { type, id: head.getUint8(0), payload: tail };
    case "hash-request":
    case "hash-reject":
      return { type, ...decodeHashFields(head) };
    case "hashes":
      return { type, ...decodeHashFields(head), hashes: tail };
  }
}

function decodeHashFields(head: DataView): HashRequest {
  return {
    root: new Uint8Array(head.buffer, head.byteOffset, 32).slice(),
    baseLayer: head.getUint32(32),
    index: head.getUint32(36),
    length: head.getUint32(40),
    proofLayers: head.getUint32(44),
  };
}

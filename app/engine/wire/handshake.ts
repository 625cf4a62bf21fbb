/**
 * The handshake is the first 68 bytes that each side of a link sends. BEP 3.
 *
 * | bytes | content |
 * | --- | --- |
 * | 20 | the length and the name of the protocol |
 * | 8 | reserved bits, which announce extensions |
 * | 20 | info-hash |
 * | 20 | peer id |
 */
import { WireError } from "./wire-error.ts";

/** The extensions that the reserved bits announce. */
export interface HandshakeExtensions {
  /** Extension protocol, BEP 10. */
  readonly extended: boolean;
  /** Fast extension, BEP 6. */
  readonly fast: boolean;
  /** The sender speaks v2: an answer with the v2 info-hash of a hybrid torrent makes the link a v2 link. BEP 52. */
  readonly v2: boolean;
  /** UDP DHT, BEP 5. Browsers have none. */
  readonly dht: boolean;
}

export interface Handshake {
  /** 20 bytes: the v1 hash, or the first 20 bytes of the v2 hash. */
  readonly infoHash: Uint8Array;
  /** 20 bytes. */
  readonly peerId: Uint8Array;
  readonly extensions: HandshakeExtensions;
  /** The 8 reserved bytes as sent, unknown bits included. */
  readonly reserved: Uint8Array;
}

export const HANDSHAKE_LENGTH = 68;

const PROTOCOL = Uint8Array.from("\x13BitTorrent protocol", (character) => character.charCodeAt(0));
const RESERVED_AT = PROTOCOL.length;
const INFO_HASH_AT = RESERVED_AT + 8;
const PEER_ID_AT = INFO_HASH_AT + 20;

// Byte of the reserved field, and bit in it.
const EXTENDED = [5, 0x10] as const;
const DHT = [7, 0x01] as const;
const FAST = [7, 0x04] as const;
const V2 = [7, 0x10] as const;

/** 68 bytes. Reserved bits other than the four of `extensions` are 0. `infoHash` and `peerId`: 20 bytes each. */
export function encodeHandshake(handshake: Omit<Handshake, "reserved">): Uint8Array<ArrayBuffer> {
  const { infoHash, peerId, extensions } = handshake;
  if (infoHash.length !== 20 || peerId.length !== 20) {
    throw new RangeError("info-hash and peer id have 20 bytes");
  }
  const bytes = new Uint8Array(HANDSHAKE_LENGTH);
  bytes.set(PROTOCOL);
  const set = ([at, bit]: readonly [number, number]) => {
    bytes[RESERVED_AT + at]! |= bit;
  };
  if (extensions.extended) set(EXTENDED);
  if (extensions.dht) set(DHT);
  if (extensions.fast) set(FAST);
  if (extensions.v2) set(V2);
  bytes.set(infoHash, INFO_HASH_AT);
  bytes.set(peerId, PEER_ID_AT);
  return bytes;
}

/**
 * Throws `wire/bad-handshake` when `bytes`, the beginning of a stream, cannot become a handshake. Any number of bytes
 * will do, so that another protocol is recognised before 68 bytes have come.
 */
export function checkHandshakeStart(bytes: Uint8Array): void {
  const end = Math.min(bytes.length, PROTOCOL.length);
  for (let at = 0; at < end; at++) {
    if (bytes[at] !== PROTOCOL[at]) {
      throw new WireError("wire/bad-handshake", `protocol.${at}: ${bytes[at]}`);
    }
  }
}

/** The handshake from exactly 68 bytes, which are copied. Throws `wire/bad-handshake`. */
export function decodeHandshake(bytes: Uint8Array): Handshake {
  if (bytes.length !== HANDSHAKE_LENGTH) {
    throw new WireError("wire/bad-handshake", `handshake: ${bytes.length}`);
  }
  checkHandshakeStart(bytes);
  const reserved = bytes.slice(RESERVED_AT, INFO_HASH_AT);
  const has = ([at, bit]: readonly [number, number]) => (reserved[at]! & bit) !== 0;
  return {
    infoHash: bytes.slice(INFO_HASH_AT, PEER_ID_AT),
    peerId: bytes.slice(PEER_ID_AT),
    extensions: { extended: has(EXTENDED), fast: has(FAST), v2: has(V2), dht: has(DHT) },
    reserved,
  };
}

/**
 * Encoding turns messages into bytes, length prefix included. Every call makes a new array, so that a caller may
 * transfer it. Numbers are not checked: they come from the engine itself and fit 32 bits.
 */
import type { HashRequest } from "../content/hash-exchange.ts";
import { type BlockRange, countHashes, messageId } from "./message.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Length prefix, id and space for `payloadLength` bytes. */
function frame(id: number, payloadLength: number): Bytes {
  const bytes = new Uint8Array(5 + payloadLength);
  writeUint32(bytes, 0, 1 + payloadLength);
  bytes[4] = id;
  return bytes;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function encodePieceIndex(id: number, piece: number): Bytes {
  const bytes = frame(id, 4);
  writeUint32(bytes, 5, piece);
  return bytes;
}

function encodeBlockRange(id: number, range: BlockRange): Bytes {
  const bytes = frame(id, 12);
  writeUint32(bytes, 5, range.piece);
  writeUint32(bytes, 9, range.begin);
  writeUint32(bytes, 13, range.length);
  return bytes;
}

function encodeHashFields(id: number, request: HashRequest, hashesLength: number): Bytes {
  if (request.root.length !== 32) throw new RangeError("a root has 32 bytes");
  const bytes = frame(id, 48 + hashesLength);
  bytes.set(request.root, 5);
  writeUint32(bytes, 37, request.baseLayer);
  writeUint32(bytes, 41, request.index);
  writeUint32(bytes, 45, request.length);
  writeUint32(bytes, 49, request.proofLayers);
  return bytes;
}

/** The empty message that keeps an idle link open. BEP 3. */
export function encodeKeepAlive(): Bytes {
  return new Uint8Array(4);
}

/** BEP 3. */
export function encodeChoke(): Bytes {
  return frame(messageId.choke, 0);
}

/** BEP 3. */
export function encodeUnchoke(): Bytes {
  return frame(messageId.unchoke, 0);
}

/** BEP 3. */
export function encodeInterested(): Bytes {
  return frame(messageId.interested, 0);
}

/** BEP 3. */
export function encodeNotInterested(): Bytes {
  return frame(messageId["not-interested"], 0);
}

/** BEP 3. */
export function encodeHave(piece: number): Bytes {
  return encodePieceIndex(messageId.have, piece);
}

/** `bits`: the first piece is the highest bit of the first byte; spare bits are 0. BEP 3. */
export function encodeBitfield(bits: Uint8Array): Bytes {
  const bytes = frame(messageId.bitfield, bits.length);
  bytes.set(bits, 5);
  return bytes;
}

/** BEP 3. */
export function encodeRequest(range: BlockRange): Bytes {
  return encodeBlockRange(messageId.request, range);
}

/** BEP 3. */
export function encodeCancel(range: BlockRange): Bytes {
  return encodeBlockRange(messageId.cancel, range);
}

/** The 13 bytes before a block of `blockLength` bytes, for a caller that sends the block by itself. BEP 3. */
export function encodePieceHeader(piece: number, begin: number, blockLength: number): Bytes {
  const bytes = new Uint8Array(13);
  writePieceHeader(bytes, piece, begin, blockLength);
  return bytes;
}

/** Header and block in one array; the block is copied. BEP 3. */
export function encodePiece(piece: number, begin: number, block: Uint8Array): Bytes {
  const bytes = new Uint8Array(13 + block.length);
  writePieceHeader(bytes, piece, begin, block.length);
  bytes.set(block, 13);
  return bytes;
}

function writePieceHeader(bytes: Uint8Array, piece: number, begin: number, blockLength: number): void {
  writeUint32(bytes, 0, 9 + blockLength);
  bytes[4] = messageId.piece;
  writeUint32(bytes, 5, piece);
  writeUint32(bytes, 9, begin);
}

/** UDP port of a DHT node. BEP 5. */
export function encodePort(port: number): Bytes {
  const bytes = frame(messageId.port, 2);
  bytes[5] = port >>> 8;
  bytes[6] = port;
  return bytes;
}

/** This message and the next four may be sent only where both handshakes have the fast bit. BEP 6. */
export function encodeSuggest(piece: number): Bytes {
  return encodePieceIndex(messageId.suggest, piece);
}

/** BEP 6. */
export function encodeHaveAll(): Bytes {
  return frame(messageId["have-all"], 0);
}

/** BEP 6. */
export function encodeHaveNone(): Bytes {
  return frame(messageId["have-none"], 0);
}

/** BEP 6. */
export function encodeReject(range: BlockRange): Bytes {
  return encodeBlockRange(messageId.reject, range);
}

/** BEP 6. */
export function encodeAllowedFast(piece: number): Bytes {
  return encodePieceIndex(messageId["allowed-fast"], piece);
}

/** `id`: 0 for the extension handshake, else the id that the receiver gave in its `m`. BEP 10. */
export function encodeExtended(id: number, payload: Uint8Array): Bytes {
  const bytes = frame(messageId.extended, 1 + payload.length);
  bytes[5] = id;
  bytes.set(payload, 6);
  return bytes;
}

/** This message and the next two may be sent only on v2 links. BEP 52. */
export function encodeHashRequest(request: HashRequest): Bytes {
  return encodeHashFields(messageId["hash-request"], request, 0);
}

/** `hashes`: 32 bytes for each of `countHashes(request.length, request.proofLayers)`. BEP 52. */
export function encodeHashes(request: HashRequest, hashes: Uint8Array): Bytes {
  const expected = 32 * countHashes(request.length, request.proofLayers);
  if (hashes.length !== expected) throw new RangeError(`${hashes.length} bytes of hashes, not ${expected}`);
  const bytes = encodeHashFields(messageId.hashes, request, hashes.length);
  bytes.set(hashes, 53);
  return bytes;
}

/** BEP 52. */
export function encodeHashReject(request: HashRequest): Bytes {
  return encodeHashFields(messageId["hash-reject"], request, 0);
}

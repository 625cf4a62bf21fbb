/** What the tests of this folder share: any message to bytes, random messages, streams cut anywhere. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { HashRequest } from "../../../app/engine/content/hash-exchange.ts";
import {
  encodeAllowedFast,
  encodeBitfield,
  encodeCancel,
  encodeChoke,
  encodeExtended,
  encodeHashes,
  encodeHashReject,
  encodeHashRequest,
  encodeHave,
  encodeHaveAll,
  encodeHaveNone,
  encodeInterested,
  encodeKeepAlive,
  encodeNotInterested,
  encodePiece,
  encodePort,
  encodeReject,
  encodeRequest,
  encodeSuggest,
  encodeUnchoke,
} from "../../../app/engine/wire/encode.ts";
import { encodeHandshake, type Handshake } from "../../../app/engine/wire/handshake.ts";
import { countHashes, type Message } from "../../../app/engine/wire/message.ts";
import { MessageReader } from "../../../app/engine/wire/message-reader.ts";

export const limits = { maxMessage: 20_000, maxBitfield: 500 };

/** What opens the streams of tests that are not about the handshake. */
export const handshake = encodeHandshake({
  infoHash: new Uint8Array(20).fill(1),
  peerId: new Uint8Array(20).fill(2),
  extensions: { extended: true, fast: true, v2: true, dht: false },
});

/** A reader that has read its handshake. */
export function openReader(given = limits): MessageReader {
  const reader = new MessageReader(given);
  readAll(reader, [handshake]);
  return reader;
}

/** Characters 0–255 to bytes. */
export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

export function hash(algorithm: "sha1" | "sha256", ...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(createHash(algorithm).update(concat(parts)).digest());
}

export function encodeMessage(message: Message): Uint8Array {
  switch (message.type) {
    case "handshake":
      return encodeHandshake(message);
    case "keep-alive":
      return encodeKeepAlive();
    case "choke":
      return encodeChoke();
    case "unchoke":
      return encodeUnchoke();
    case "interested":
      return encodeInterested();
    case "not-interested":
      return encodeNotInterested();
    case "have":
      return encodeHave(message.piece);
    case "bitfield":
      return encodeBitfield(message.bits);
    case "request":
      return encodeRequest(message);
    case "piece":
      return encodePiece(message.piece, message.begin, message.block);
    case "cancel":
      return encodeCancel(message);
    case "port":
      return encodePort(message.port);
    case "suggest":
      return encodeSuggest(message.piece);
    case "have-all":
      return encodeHaveAll();
    case "have-none":
      return encodeHaveNone();
    case "reject":
      return encodeReject(message);
    case "allowed-fast":
      return encodeAllowedFast(message.piece);
    case "extended":
      return encodeExtended(message.id, message.payload);
    case "hash-request":
      return encodeHashRequest(message);
    case "hashes":
      return encodeHashes(message, message.hashes);
    case "hash-reject":
      return encodeHashReject(message);
    case "unknown":
      return frame(message.id, new Uint8Array(message.length));
  }
}

/** A message of any number, right or wrong. */
export function frame(id: number, payload: Uint8Array | readonly number[]): Uint8Array {
  const bytes = new Uint8Array(5 + payload.length);
  new DataView(bytes.buffer).setUint32(0, 1 + payload.length);
  bytes[4] = id;
  bytes.set(payload, 5);
  return bytes;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Everything that a reader makes of these chunks. */
export function readAll(reader: MessageReader, chunks: Iterable<Uint8Array>): Message[] {
  const messages: Message[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let message = reader.next(); message !== null; message = reader.next()) messages.push(message);
  }
  return messages;
}

/** Cuts a stream into chunks of the given sizes, again and again. */
export function* cut(stream: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    yield stream.slice(at, at + size);
    at += size;
  }
}

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const bytes = (maxLength: number, minLength = 0) => fc.uint8Array({ minLength, maxLength });
const bytesOf = (length: number) => bytes(length, length);
const blockRange = { piece: u32, begin: u32, length: u32 };

const hashRequest: fc.Arbitrary<HashRequest> = fc
  .record({
    root: bytesOf(32),
    baseLayer: u32,
    turn: fc.integer({ min: 0, max: 1000 }),
    exponent: fc.integer({ min: 1, max: 9 }),
    proofLayers: fc.integer({ min: 0, max: 40 }),
  })
  .map(({ root, baseLayer, turn, exponent, proofLayers }) => {
    const length = 2 ** exponent;
    return { root, baseLayer, index: turn * length, length, proofLayers };
  });

const hashes: fc.Arbitrary<Message> = hashRequest.chain((range) =>
  bytesOf(32 * countHashes(range.length, range.proofLayers)).map(
    (values): Message => ({ type: "hashes", ...range, hashes: values }),
  ),
);

export const anyHandshake: fc.Arbitrary<{ readonly type: "handshake" } & Handshake> = fc
  .record({
    infoHash: bytesOf(20),
    peerId: bytesOf(20),
    extensions: fc.record({
      extended: fc.boolean(),
      fast: fc.boolean(),
      v2: fc.boolean(),
      dht: fc.boolean(),
    }),
  })
  .map((handshake) => {
    const { extended, fast, v2, dht } = handshake.extensions;
    const last = (fast ? 4 : 0) + (v2 ? 16 : 0) + (dht ? 1 : 0);
    return {
      type: "handshake",
      ...handshake,
      reserved: Uint8Array.of(0, 0, 0, 0, 0, extended ? 16 : 0, 0, last),
    };
  });

/** Any message after the handshake, within `limits`. */
export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.constantFrom("keep-alive", "choke", "unchoke", "interested", "not-interested").map((type) => ({ type })),
  fc.constantFrom("have-all", "have-none").map((type) => ({ type })),
  fc.record({ type: fc.constantFrom("have", "suggest", "allowed-fast"), piece: u32 }),
  fc.record({ type: fc.constant("bitfield"), bits: bytes(limits.maxBitfield) }),
  fc.record({ type: fc.constantFrom("request", "cancel", "reject"), ...blockRange }),
  fc.record({ type: fc.constant("piece"), piece: u32, begin: u32, block: bytes(3000, 1) }),
  fc.record({ type: fc.constant("port"), port: fc.integer({ min: 0, max: 65535 }) }),
  fc.record({ type: fc.constant("extended"), id: fc.integer({ min: 0, max: 255 }), payload: bytes(300) }),
  fc
    .tuple(fc.constantFrom("hash-request", "hash-reject"), hashRequest)
    .map(([type, range]) => ({ type, ...range })),
  hashes,
  fc.record({
    type: fc.constant("unknown"),
    id: fc.constantFrom(10, 11, 12, 18, 19, 24, 99, 255),
    length: fc.integer({ min: 0, max: 300 }),
  }),
);

/** A handshake, then messages. */
export const anyConversation: fc.Arbitrary<Message[]> = fc
  .tuple(anyHandshake, fc.array(anyMessage, { maxLength: 20 }))
  .map(([handshake, messages]) => [handshake, ...messages]);

export const anyCuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 12 });

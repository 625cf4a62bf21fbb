/**
 * How faulty hosts differ from honest ones: each is a real engine whose messages are changed on their way out. A
 * tampering keeps only what it needs to know of its links.
 */
import { encodeHaveAll, encodePiece, encodeUnchoke } from "../../app/engine/wire/encode.ts";
import { HANDSHAKE_LENGTH } from "../../app/engine/wire/handshake.ts";
import { messageId } from "../../app/engine/wire/message.ts";
import type { Random } from "../support/random.ts";
import type { Tampering } from "../support/virtual-host.ts";

export type Behaviour = "honest" | "small-blocks" | "free-rider" | Fault;

export type Fault =
  | "corrupt"
  | "misquote"
  | "withhold"
  | "turncoat"
  | "forge"
  | "stall"
  | "lie"
  | "flood"
  | "babble";

/** One message as framed, length prefix included, and what goes out instead of it; null: nothing. */
type Rewrite = (message: Uint8Array, id: number) => Uint8Array | null;

const BLOCK = 16_384;

/** The number of sh_about. */
const SH_ABOUT = 11;

/** Blocks that a turncoat sends as they are: every victim has let it bring several at a time by then. */
const HONEST_BLOCKS = 200;

export function tamperingOf(behaviour: Behaviour, pieceCount: number, random: Random): Tampering | null {
  switch (behaviour) {
    case "honest":
      return null;
    case "small-blocks":
      return rewriting((message, id) => (id === messageId.extended ? renameBlockKey(message) : message));
    case "free-rider":
      return rewriting((message, id) => (id === messageId.unchoke ? null : message));
    case "corrupt":
      return rewriting((message, id) => (id === messageId.piece ? corrupt(message, random) : message));
    case "misquote":
      return rewriting((message, id) => (isAboutPart(message, id) ? corrupt(message, random, 60) : message));
    case "withhold":
      return rewriting((message, id) => (isAboutPart(message, id) ? null : message));
    case "turncoat": {
      let sent = 0;
      return rewriting((message, id) =>
        id === messageId.piece && ++sent > HONEST_BLOCKS ? corrupt(message, random) : message,
      );
    }
    case "forge":
      return rewriting((message, id) => forge(message, id, random));
    case "stall":
      return rewriting((message, id) =>
        id === messageId.piece || id === messageId.reject || id === messageId.choke ? null : message,
      );
    case "lie":
      return rewriting((message, id) => (isSet(id) ? encodeHaveAll() : message));
    case "flood":
      return rewriting((message, id) => (id === messageId.have ? unrequested(pieceCount, random) : message));
    case "babble":
      return (_link, bytes) => (isHandshake(bytes) ? bytes : noise(bytes.length, random));
  }
}

function rewriting(rewrite: Rewrite): Tampering {
  return (_link, bytes) => {
    if (isHandshake(bytes)) return bytes;
    const out: Uint8Array[] = [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const length = 4 + view.getUint32(at);
      const message = bytes.subarray(at, at + length);
      const instead = length > 4 ? rewrite(message, message[4]!) : message;
      if (instead !== null) out.push(instead);
      at += length;
    }
    return out.length === 0 ? null : Buffer.concat(out);
  };
}

function isHandshake(bytes: Uint8Array): boolean {
  return bytes.length === HANDSHAKE_LENGTH && bytes[0] === 19;
}

/** Whether a message says what the host has as a whole. */
function isSet(id: number): boolean {
  return id === messageId.bitfield || id === messageId["have-none"] || id === messageId["have-all"];
}

/** Whether a message carries a part of what the sender tells: hosts give sh_about the same number. */
function isAboutPart(message: Uint8Array, id: number): boolean {
  return id === messageId.extended && message[5] === SH_ABOUT && message.length > 60;
}

function noise(length: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = random.next() * 256;
  return bytes;
}

/** The extension's key for large blocks, changed to one that nobody knows: as a client without them. */
function renameBlockKey(message: Uint8Array): Uint8Array {
  const at = Buffer.from(message.buffer, message.byteOffset, message.byteLength).indexOf("sh_block");
  if (at >= 0) message[at + 1] = "a".charCodeAt(0);
  return message;
}

/** Changes a byte of a message, from `from` on: 13 is where a block begins. */
function corrupt(message: Uint8Array, random: Random, from = 13): Uint8Array {
  const changed = message.slice();
  changed[from + Math.floor(random.next() * (message.length - from))]! ^= 1;
  return changed;
}

/** Claims everything, lets everybody ask, and makes up what it does not have. */
function forge(message: Uint8Array, id: number, random: Random): Uint8Array | null {
  if (isSet(id)) return Buffer.concat([encodeHaveAll(), encodeUnchoke()]);
  if (id === messageId.choke || id === messageId.unchoke) return null;
  if (id === messageId.piece) return corrupt(message, random);
  if (id !== messageId.reject) return message;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  return encodePiece(view.getUint32(5), view.getUint32(9), new Uint8Array(view.getUint32(13)));
}

/** Blocks that nobody asked for. */
function unrequested(pieceCount: number, random: Random): Uint8Array {
  const piece = Math.floor(random.next() * pieceCount);
  return encodePiece(piece, 0, new Uint8Array(BLOCK));
}

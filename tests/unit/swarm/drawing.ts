/** Messages in words: "request 2.0-3" asks for blocks 0 to 3 of piece 2. */
import { BLOCK_LENGTH } from "../../../app/engine/constants.ts";
import { decodeExtensionHandshake } from "../../../app/engine/wire/extended.ts";
import { decodeDontHave } from "../../../app/engine/wire/lt-donthave.ts";
import type { Message } from "../../../app/engine/wire/message.ts";
import { decodePartMessage } from "../../../app/engine/wire/part-message.ts";
import { decodeReceived } from "../../../app/engine/wire/sh-received.ts";

/** The numbers under which strangers want extension messages. */
export const THEIR_UT_METADATA = 5;
export const THEIR_DONT_HAVE = 6;
export const THEIR_RECEIVED = 7;
export const THEIR_ABOUT = 8;

/** "2.0-3" for blocks 0 to 3 of piece 2. */
export function drawRange(range: { piece: number; begin: number; length: number }): string {
  const first = range.begin / BLOCK_LENGTH;
  const last = Math.ceil((range.begin + range.length) / BLOCK_LENGTH) - 1;
  return `${range.piece}.${first}${last > first ? `-${last}` : ""}`;
}

function drawExtended(id: number, payload: Uint8Array): string {
  if (id === 0) {
    const { metadataSize, about } = decodeExtensionHandshake(payload);
    const has = [metadataSize === null ? [] : "metadata", about === null ? [] : "about"].flat();
    return has.length === 0 ? "extensions" : `extensions with ${has.join(" and ")}`;
  }
  if (id === THEIR_RECEIVED) {
    const places = decodeReceived(payload).map(({ piece, begin }) => `${piece}.${begin / BLOCK_LENGTH}`);
    return places.length === 0 ? "tell at once" : `received ${places.join(" ")}`;
  }
  if (id === THEIR_DONT_HAVE) return `don't have ${decodeDontHave(payload)}`;
  const [extension, name] =
    id === THEIR_ABOUT ? (["sh_about", "about"] as const) : (["ut_metadata", "metadata"] as const);
  const message = decodePartMessage(extension, payload)!;
  return `${name} ${message.kind} ${message.piece}`;
}

/** A message as tests read it. */
export function draw(message: Message): string {
  switch (message.type) {
    case "handshake":
      return "handshake";
    case "have":
    case "suggest":
    case "allowed-fast":
      return `${message.type} ${message.piece}`;
    case "bitfield":
      return "bitfield";
    case "request":
    case "cancel":
    case "reject":
      return `${message.type} ${drawRange(message)}`;
    case "piece":
      return `piece ${drawRange({ ...message, length: message.block.length })}`;
    case "extended":
      return drawExtended(message.id, message.payload);
    case "hash-request":
    case "hashes":
    case "hash-reject":
      return `${message.type} layer ${message.baseLayer} ${message.index}+${message.length}`;
    default:
      return message.type;
  }
}

/**
 * sh_lane lets two Shoal peers agree, over their link, on lanes between them (swarm/lanes/lanes.ts). The peer that
 * downloads says how many lanes it wants (`want`). The peer that uploads makes offers, and each offer is answered.
 * Offers and answers are session descriptions, and are passed on unread. Candidates follow as signals. Two more
 * messages name the blocks that a lane may have lost (`lost`), and ask the peer to let the line's queue run empty
 * (`drain`). sh_lane is a BEP 10 extension of Shoal's own. Other clients do not name it in their extension handshake,
 * so they are never sent it.
 */
import { MAX_DESCRIPTION, MAX_LANE_LOSSES } from "../constants.ts";
import { type BencodeDictionary, encodeBencode } from "../content/bencode.ts";
import { decodeUtf8 } from "../content/utf8.ts";
import { decodeExtensionDictionary, readInteger } from "./extension-dictionary.ts";
import type { BlockRange } from "./message.ts";
import { WireError } from "./wire-error.ts";

export type LaneMessage =
  /** The sender would like `count` more lanes. */
  | { readonly kind: "want"; readonly count: number }
  /** The sender offers a lane, under an id of its own. */
  | { readonly kind: "offer"; readonly id: number; readonly sdp: string }
  /** The sender answers the receiver's offer with this id. */
  | { readonly kind: "answer"; readonly id: number; readonly sdp: string }
  /**
   * Candidates, or another description, for a lane being made or open. `offered`: the lane was the sender's offer.
   */
  | { readonly kind: "signal"; readonly id: number; readonly offered: boolean; readonly signal: string }
  /** A lane is gone. These blocks were handed to it and may not have arrived. */
  | { readonly kind: "lost"; readonly ranges: readonly BlockRange[] }
  /** The sender uploads to several peers over one line. The receiver lets the line's queue run empty for a moment. */
  | { readonly kind: "drain" };

const WANT = 0;
const OFFER = 1;
const ANSWER = 2;
const LOST = 3;
const DRAIN = 4;
const SIGNAL = 5;

/** Bytes of a range: piece, begin and length, 4 bytes each. */
const RANGE_LENGTH = 12;

/** The payload of the extended message. */
export function encodeLaneMessage(message: LaneMessage): Uint8Array {
  switch (message.kind) {
    case "want":
      return encodeBencode({ n: message.count, t: WANT });
    case "offer":
      return encodeBencode({ id: message.id, sdp: message.sdp, t: OFFER });
    case "answer":
      return encodeBencode({ id: message.id, sdp: message.sdp, t: ANSWER });
    case "signal":
      return encodeBencode({ id: message.id, o: Number(message.offered), s: message.signal, t: SIGNAL });
    case "lost":
      return encodeBencode({ r: encodeRanges(message.ranges), t: LOST });
    case "drain":
      return encodeBencode({ t: DRAIN });
  }
}

/** Null for a kind that a later version may add. Throws `wire/bad-extension` when a field is missing or malformed. */
export function decodeLaneMessage(payload: Uint8Array): LaneMessage | null {
  const { fields } = decodeExtensionDictionary(payload);
  switch (readInteger(fields, "t", 0)) {
    case WANT:
      return { kind: "want", count: need(readInteger(fields, "n", 1, 255), "n") };
    case OFFER:
      return { kind: "offer", ...readDescription(fields) };
    case ANSWER:
      return { kind: "answer", ...readDescription(fields) };
    case SIGNAL:
      return {
        kind: "signal",
        id: readNumber(fields),
        offered: need(readInteger(fields, "o", 0, 1), "o") === 1,
        signal: readText(fields, "s"),
      };
    case LOST:
      return { kind: "lost", ranges: readRanges(fields) };
    case DRAIN:
      return { kind: "drain" };
    default:
      return null;
  }
}

function need<T>(value: T | null, field: string): T {
  if (value === null) throw new WireError("wire/bad-extension", `sh_lane.${field}`);
  return value;
}

function readDescription(fields: BencodeDictionary): { id: number; sdp: string } {
  return { id: readNumber(fields), sdp: readText(fields, "sdp") };
}

function readNumber(fields: BencodeDictionary): number {
  return need(readInteger(fields, "id", 0), "id");
}

function readText(fields: BencodeDictionary, name: string): string {
  const text = fields.get(name);
  return need(text instanceof Uint8Array && text.length <= MAX_DESCRIPTION ? decodeUtf8(text) : null, name);
}

function encodeRanges(ranges: readonly BlockRange[]): Uint8Array {
  const bytes = new Uint8Array(ranges.length * RANGE_LENGTH);
  const view = new DataView(bytes.buffer);
  for (const [at, { piece, begin, length }] of ranges.entries()) {
    view.setUint32(at * RANGE_LENGTH, piece);
    view.setUint32(at * RANGE_LENGTH + 4, begin);
    view.setUint32(at * RANGE_LENGTH + 8, length);
  }
  return bytes;
}

function readRanges(fields: BencodeDictionary): BlockRange[] {
  const field = fields.get("r");
  const bytes = need(field instanceof Uint8Array ? field : null, "r");
  if (bytes.length % RANGE_LENGTH !== 0 || bytes.length > MAX_LANE_LOSSES * RANGE_LENGTH)
    throw new WireError("wire/bad-extension", `sh_lane.r: ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const ranges: BlockRange[] = [];
  for (let at = 0; at < bytes.length; at += RANGE_LENGTH) {
    ranges.push({
      piece: view.getUint32(at),
      begin: view.getUint32(at + 4),
      length: view.getUint32(at + 8),
    });
  }
  return ranges;
}

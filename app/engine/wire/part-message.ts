/**
 * A part message carries a piece of data that is known by its hash, in parts of 16 KiB. Two extensions consist of such
 * messages: ut_metadata carries the info dictionary (BEP 9), and sh_about, which is Shoal's own, what the sender tells
 * beside it (content/about.ts). Their payloads have the same form. This file encodes and decodes them.
 * swarm/hashes/part-exchange.ts decides which parts to ask for, and has the hash of the whole checked.
 */
import { PART_LENGTH } from "../constants.ts";
import { MAX_ABOUT_BYTES, MAX_INFO_BYTES } from "../content/constants.ts";
import { decodeExtensionDictionary, readInteger } from "./extension-dictionary.ts";
import { WireError } from "./wire-error.ts";

/** The extensions, each with the most bytes of what it carries. */
export const partExtensions = { ut_metadata: MAX_INFO_BYTES, sh_about: MAX_ABOUT_BYTES } as const;

export type PartExtension = keyof typeof partExtensions;

export type PartMessage =
  | { readonly kind: "request"; readonly piece: number }
  | { readonly kind: "reject"; readonly piece: number }
  | {
      readonly kind: "data";
      /** The part's number. */
      readonly piece: number;
      /** Bytes of the whole; null when the peer names none or more than the extension carries. */
      readonly totalSize: number | null;
      /** The part's bytes: 16 KiB, or fewer in the last part. */
      readonly data: Uint8Array;
    };

const REQUEST = 0;
const DATA = 1;
const REJECT = 2;

/**
 * The payload, in exactly the bytes that other clients expect. WebTorrent takes the dictionary to end at the first
 * "ee", so keys are sorted and nothing else goes in.
 */
export function encodePartMessage(message: PartMessage): Uint8Array<ArrayBuffer> {
  switch (message.kind) {
    case "request":
      return ascii(`d8:msg_typei${REQUEST}e5:piecei${message.piece}ee`);
    case "reject":
      return ascii(`d8:msg_typei${REJECT}e5:piecei${message.piece}ee`);
    case "data": {
      const size = message.totalSize === null ? "" : `10:total_sizei${message.totalSize}e`;
      return ascii(`d8:msg_typei${DATA}e5:piecei${message.piece}e${size}e`, message.data);
    }
  }
}

function ascii(text: string, after: Uint8Array = new Uint8Array(0)): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length + after.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  bytes.set(after, text.length);
  return bytes;
}

/**
 * Null for a kind of message that BEP 9 does not know and that is to be ignored. `data` is a view of the payload.
 * Throws `wire/bad-extension` when the kind or the part's number is missing, or the part is longer than 16 KiB.
 */
export function decodePartMessage(extension: PartExtension, payload: Uint8Array): PartMessage | null {
  const { fields, rest } = decodeExtensionDictionary(payload);
  const kind = readInteger(fields, "msg_type", 0);
  const piece = readInteger(fields, "piece", 0);
  if (kind === null) throw new WireError("wire/bad-extension", `${extension}.msg_type`);
  if (kind !== REQUEST && kind !== DATA && kind !== REJECT) return null;
  if (piece === null) throw new WireError("wire/bad-extension", `${extension}.piece`);
  if (kind === REQUEST) return { kind: "request", piece };
  if (kind === REJECT) return { kind: "reject", piece };
  if (rest.length > PART_LENGTH) {
    throw new WireError("wire/bad-extension", `${extension}.data: ${rest.length}`);
  }
  return {
    kind: "data",
    piece,
    totalSize: readInteger(fields, "total_size", 1, partExtensions[extension]),
    data: rest,
  };
}

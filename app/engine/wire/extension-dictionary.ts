/**
 * The bencoded dictionary that an extension message is, or begins with. Tolerant where that is harmless: keys in
 * any order, unknown keys, values of the wrong kind count as missing. BEP 10.
 */
import { MAX_EXTENSION_DEPTH, MAX_EXTENSION_VALUES } from "../constants.ts";
import { type BencodeDictionary, decodeBencodePrefix } from "../content/bencode.ts";
import { ShoalError } from "../errors.ts";
import { WireError } from "./wire-error.ts";

export interface ExtensionDictionary {
  readonly fields: BencodeDictionary;
  /** The bytes that follow it; a view. */
  readonly rest: Uint8Array;
}

/** Throws `wire/bad-extension` when no dictionary is at the start of the payload. */
export function decodeExtensionDictionary(payload: Uint8Array): ExtensionDictionary {
  const { value, end } = decodePrefix(payload);
  if (!(value instanceof Map)) throw new WireError("wire/bad-extension", "dictionary");
  return { fields: value, rest: payload.subarray(end) };
}

function decodePrefix(payload: Uint8Array): ReturnType<typeof decodeBencodePrefix> {
  try {
    return decodeBencodePrefix(payload, {
      maxDepth: MAX_EXTENSION_DEPTH,
      maxValues: MAX_EXTENSION_VALUES,
      anyKeyOrder: true,
    });
  } catch (error) {
    throw new WireError("wire/bad-extension", error instanceof ShoalError ? error.detail : "bencode");
  }
}

/** The integer under `key`; null when there is none between `least` and `most`. */
export function readInteger(
  fields: BencodeDictionary,
  key: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | null {
  const value = fields.get(key);
  return typeof value === "number" && value >= least && value <= most ? value : null;
}

/**
 * The extension dictionary is the bencoded dictionary at the beginning of an extension message; often it is the whole
 * message. BEP 10. It is read tolerantly where that does no harm: keys may come in any order, unknown keys are
 * ignored, and a value of the wrong kind counts as missing.
 */
import { MAX_EXTENSION_DEPTH, MAX_EXTENSION_VALUES } from "../constants.ts";
import { type BencodeDictionary, decodeBencodePrefix } from "../content/bencode.ts";
import { ShoalError } from "../errors.ts";
import { WireError } from "./wire-error.ts";

export interface ExtensionDictionary {
  readonly fields: BencodeDictionary;
  /** The bytes that follow the dictionary; a view of the payload. */
  readonly rest: Uint8Array;
}

/** The dictionary at the start of a payload. Throws `wire/bad-extension` when there is none. */
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

/** The integer under `key`; null when there is none, or none from `least` to `most`. */
export function readInteger(
  fields: BencodeDictionary,
  key: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number | null {
  const value = fields.get(key);
  return typeof value === "number" && value >= least && value <= most ? value : null;
}

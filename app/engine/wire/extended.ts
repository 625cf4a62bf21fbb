/**
 * The extension handshake tells which extensions a peer speaks, under which ids, and a few facts about the peer. It
 * is the payload of the extended message with id 0. BEP 10. Single extensions have files of their own.
 */
import { MAX_EXTENSION_TEXT, MAX_EXTENSIONS } from "../constants.ts";
import { ABOUT_HASH_LENGTH } from "../content/about.ts";
import { type BencodeDictionary, encodeBencode } from "../content/bencode.ts";
import { MAX_ABOUT_BYTES, MAX_INFO_BYTES } from "../content/constants.ts";
import { decodeUtf8 } from "../content/utf8.ts";
import { decodeExtensionDictionary, readInteger } from "./extension-dictionary.ts";

export interface ExtensionHandshake {
  /** Names of extensions, each with the id (1–255) under which the sender wants its messages; 0 switches it off. */
  readonly m: Readonly<Record<string, number>>;
  /** Bytes of the info dictionary; null when the peer lacks it or names more than MAX_INFO_BYTES. BEP 9. */
  readonly metadataSize: number | null;
  /** Requests that the peer queues; null when it does not say. */
  readonly reqq: number | null;
  /** The client's name and version: unchecked text, only to be shown. */
  readonly v: string | null;
  /** The peer wants nothing more. BEP 21. */
  readonly uploadOnly: boolean;
  /** Bytes of the largest block that the peer accepts and serves; only Shoal peers say so. */
  readonly maxBlock: number | null;
  /** The about that the peer has; null when it has none, or names more than MAX_ABOUT_BYTES. Only Shoal peers say so. */
  readonly about: AboutOffer | null;
}

/** An about, by the hash that share links commit to. Peers may come by different links, and so have different ones. */
export interface AboutOffer {
  /** 16 bytes. */
  readonly hash: Uint8Array;
  /** Bytes. */
  readonly size: number;
}

/** The extended message's id that carries the extension handshake. */
export const EXTENSION_HANDSHAKE_ID = 0;

/** Key of `maxBlock`. */
const MAX_BLOCK_KEY = "sh_block";

/** Keys of `about`. */
const ABOUT_HASH_KEY = "sh_about_hash";
const ABOUT_SIZE_KEY = "sh_about_size";

/** The payload of the extended message. Fields that are null are left out. */
export function encodeExtensionHandshake(handshake: ExtensionHandshake): Uint8Array {
  return encodeBencode({
    m: handshake.m,
    metadata_size: handshake.metadataSize ?? undefined,
    reqq: handshake.reqq ?? undefined,
    v: handshake.v ?? undefined,
    upload_only: handshake.uploadOnly ? 1 : 0,
    [MAX_BLOCK_KEY]: handshake.maxBlock ?? undefined,
    [ABOUT_HASH_KEY]: handshake.about?.hash,
    [ABOUT_SIZE_KEY]: handshake.about?.size,
  });
}

/**
 * The handshake from its payload. Fields that are missing, or of the wrong kind or size, are null, false or empty.
 * Throws `wire/bad-extension` when the payload does not begin with a dictionary.
 */
export function decodeExtensionHandshake(payload: Uint8Array): ExtensionHandshake {
  const { fields } = decodeExtensionDictionary(payload);
  const m = fields.get("m");
  return {
    m: m instanceof Map ? readNumbers(m) : {},
    metadataSize: readInteger(fields, "metadata_size", 1, MAX_INFO_BYTES),
    reqq: readInteger(fields, "reqq", 1),
    v: readText(fields, "v"),
    uploadOnly: (readInteger(fields, "upload_only", 0) ?? 0) !== 0,
    maxBlock: readInteger(fields, MAX_BLOCK_KEY, 1),
    about: readAboutOffer(fields),
  };
}

function readNumbers(m: BencodeDictionary): Record<string, number> {
  const numbers: [string, number][] = [];
  for (const name of m.keys()) {
    const id = readInteger(m, name, 0, 255);
    if (id === null || name.length > MAX_EXTENSION_TEXT) continue;
    if (numbers.push([name, id]) === MAX_EXTENSIONS) break;
  }
  // fromEntries makes own properties of all names, "__proto__" included.
  return Object.fromEntries(numbers);
}

function readAboutOffer(fields: BencodeDictionary): AboutOffer | null {
  const hash = fields.get(ABOUT_HASH_KEY);
  const size = readInteger(fields, ABOUT_SIZE_KEY, 1, MAX_ABOUT_BYTES);
  return hash instanceof Uint8Array && hash.length === ABOUT_HASH_LENGTH && size !== null
    ? { hash: hash.slice(), size }
    : null;
}

function readText(fields: BencodeDictionary, key: string): string | null {
  const value = fields.get(key);
  return value instanceof Uint8Array && value.length <= MAX_EXTENSION_TEXT ? decodeUtf8(value) : null;
}

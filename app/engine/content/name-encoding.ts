/**
 * The encoding of names in a torrent: makes text of the bytes of a name. Names are UTF-8 (BEP 3), but old programs wrote
 * them in the encoding of their system, and some of them named it: as `encoding` or `codepage` in the .torrent file, or
 * in the info dictionary. Bytes that are not in that encoding either become U+FFFD, the replacement character.
 */
import type { BencodeDictionary, BencodeValue } from "./bencode.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Names of encodings that the Encoding Standard lacks, and its own names for them. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["932", "shift_jis"],
  ["936", "gbk"],
  ["949", "euc-kr"],
  ["950", "big5"],
  ["65001", "utf-8"],
]);

/** Characters of the longest name of an encoding that is looked up. The longest known ones have 19. */
const MAX_LABEL = 40;

/**
 * The encoding that a dictionary names, by its name in the Encoding Standard; null when it names none, UTF-8, or one
 * that is unknown here. `encoding` is a text and `codepage` a number of Windows.
 */
export function namedEncoding(dictionary: Pick<BencodeDictionary, "get">): string | null {
  return encodingOf(dictionary.get("encoding")) ?? encodingOf(dictionary.get("codepage"));
}

function encodingOf(value: BencodeValue | undefined): string | null {
  const label =
    typeof value === "number" ? String(value) : value instanceof Uint8Array ? decodeUtf8(value) : null;
  if (label === null || label.length > MAX_LABEL) return null;
  const [, page = ""] = /^\s*(?:cp|windows|ms)?[-_ ]?(\d{3,5})\s*$/i.exec(label) ?? [];
  const alias = ALIASES.get(page) ?? (/^(125\d|874)$/.test(page) ? `windows-${page}` : label);
  try {
    const { encoding } = new TextDecoder(alias);
    // Names never are UTF-16: half of the bytes of a path in it would be NUL.
    return encoding.startsWith("utf-") ? null : encoding;
  } catch {
    return null;
  }
}

/**
 * A function that makes text of the bytes of a name. UTF-8 is tried first whatever was named, because programs that wrote
 * UTF-8 named other encodings too. `encoding`: a name of namedEncoding; null for none.
 */
export function nameDecoder(encoding: string | null): (bytes: Uint8Array) => string {
  let named: TextDecoder | null = null;
  const replacing = new TextDecoder("utf-8", { ignoreBOM: true });
  return (bytes) => {
    const text = decodeUtf8(bytes);
    if (text !== null) return text;
    if (encoding === null) return replacing.decode(bytes);
    named ??= new TextDecoder(encoding, { fatal: true });
    try {
      return named.decode(bytes);
    } catch {
      return replacing.decode(bytes);
    }
  };
}

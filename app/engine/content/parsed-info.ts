/**
 * Parsed infos are the info dictionaries that are in use, parsed once each. Parsing one of 50,000 files takes a second,
 * and the engine, the library and the maker of .torrent files all need it. They are found by the array that holds the
 * bytes, and forgotten with it.
 */

import { parseInfo } from "./parse-info.ts";
import type { TorrentInfo } from "./torrent-info.ts";

const parsed = new WeakMap<Uint8Array, TorrentInfo>();

/** Keeps an info dictionary that was made here: parsing its bytes would give the same. */
export function keepParsed(info: TorrentInfo): void {
  parsed.set(info.bytes, info);
}

/**
 * The parsed info dictionary of these bytes, which must never be changed. With an `encoding` it is parsed anew.
 * @throws ShoalError as `parseInfo`
 */
export function parsedInfo(bytes: Uint8Array, encoding: string | null = null): TorrentInfo {
  if (encoding !== null) return parseInfo(bytes, encoding);
  let info = parsed.get(bytes);
  if (info === undefined) {
    info = parseInfo(bytes);
    parsed.set(bytes, info);
  }
  return info;
}

/**
 * .torrent files (BEP 3, BEP 12, BEP 19, BEP 52): reads and writes them. A .torrent file holds an info dictionary,
 * and next to it piece layers, trackers and web seeds. Parsing the info dictionary is left to parse-info.ts.
 */
import { ShoalError } from "../errors.ts";
import { boundAddresses } from "./addresses.ts";
import {
  Bencoded,
  type BencodeInput,
  type BencodeValue,
  decodeBencodeEntries,
  encodeBencode,
  keyFromBytes,
} from "./bencode.ts";
import { MAX_TORRENT_FILE_BYTES } from "./constants.ts";
import { equalBytes } from "./info-hash.ts";
import { HASH_LENGTH, piecesRootFromLayer } from "./merkle.ts";
import { namedEncoding } from "./name-encoding.ts";
import { parsedInfo } from "./parsed-info.ts";
import type { PieceLayers, TorrentInfo } from "./torrent-info.ts";
import { decodeUtf8 } from "./utf8.ts";

export interface TorrentFileContent {
  readonly info: TorrentInfo;
  /** Piece layers, verified by the files' roots. Null when the .torrent file has none, as in v1. */
  readonly pieceLayers: PieceLayers | null;
  /** Announce addresses as written, of all tiers, within bounds (addresses.ts). */
  readonly trackers: readonly string[];
  /** Web seeds (BEP 19) as written, within the same bounds. */
  readonly webSeeds: readonly string[];
  /** The encoding of names that are not UTF-8, as the file says (name-encoding.ts); null when it says none. */
  readonly encoding: string | null;
}

/**
 * Reads a .torrent file as leniently as libtorrent does. The info-hash is over the bytes of the info dictionary as they
 * stand in the file. Piece layers are verified: one that is wrong or missing is null in the result, so that it is fetched
 * from peers.
 *
 * @throws ShoalError with a code that begins with `torrent/` when the file is refused
 */
export function decodeTorrentFile(bytes: Uint8Array): TorrentFileContent {
  if (bytes.length > MAX_TORRENT_FILE_BYTES) {
    throw new ShoalError("torrent/too-large", String(bytes.length));
  }
  const entries = decodeBencodeEntries(bytes, { asFile: true });
  const infoBytes = entries.get("info")?.bytes;
  if (infoBytes === undefined) throw new ShoalError("torrent/malformed", "info");
  const encoding = namedEncoding({ get: (key) => entries.get(key)?.value });
  const info = parsedInfo(infoBytes.slice(), encoding);
  const announce = [entries.get("announce-list")?.value, entries.get("announce")?.value];
  return {
    info,
    pieceLayers: readLayers(info, entries.get("piece layers")?.value),
    trackers: readAddresses(announce),
    webSeeds: readAddresses([entries.get("url-list")?.value]),
    encoding,
  };
}

/**
 * The magnet link in a .torrent file that has one in place of an info dictionary, as old programs wrote them; null in all
 * others.
 *
 * @throws ShoalError `torrent/malformed`
 */
export function magnetIn(bytes: Uint8Array): string | null {
  const entries = decodeBencodeEntries(bytes, { asFile: true });
  const link = entries.get("magnet-uri")?.value;
  return entries.has("info") || !(link instanceof Uint8Array) ? null : decodeUtf8(link);
}

/**
 * Writes a .torrent file that other clients open.
 *
 * @throws ShoalError `torrent/incomplete` when a v2 or hybrid torrent's piece layers are not all known, because
 * BEP 52 requires them in the file
 */
export function encodeTorrentFile(content: TorrentFileContent): Uint8Array {
  const { info, trackers, webSeeds } = content;
  return encodeBencode({
    announce: trackers[0],
    "announce-list": trackers.length > 1 ? trackers.map((tracker) => [tracker]) : undefined,
    "created by": "Shoal",
    encoding: content.encoding ?? undefined,
    info: new Bencoded(info.bytes),
    "piece layers": info.infoHashV2 === null ? undefined : writeLayers(info, content.pieceLayers),
    "url-list": webSeeds.length > 0 ? webSeeds : undefined,
  });
}

function readLayers(info: TorrentInfo, layers: BencodeValue | undefined): PieceLayers | null {
  if (info.infoHashV2 === null || !(layers instanceof Map)) return null;
  // Files with the same content share a layer, which needs to be hashed only once.
  const verified = new Map<string, boolean>();
  return info.files.map((file) => {
    if (file.piecesRoot === null || file.length <= info.pieceLength) return null;
    const key = keyFromBytes(file.piecesRoot);
    const layer = layers.get(key);
    const length = Math.ceil(file.length / info.pieceLength) * HASH_LENGTH;
    if (!(layer instanceof Uint8Array) || layer.length !== length) return null;
    const isRight =
      verified.get(key) ?? equalBytes(piecesRootFromLayer(layer, info.pieceLength), file.piecesRoot);
    verified.set(key, isRight);
    return isRight ? layer.slice() : null;
  });
}

function writeLayers(info: TorrentInfo, layers: PieceLayers | null): Map<string, BencodeInput> {
  const entries = new Map<string, BencodeInput>();
  for (const [i, file] of info.files.entries()) {
    if (file.piecesRoot === null || file.length <= info.pieceLength) continue;
    const layer = layers?.[i];
    if (layer == null) throw new ShoalError("torrent/incomplete");
    entries.set(keyFromBytes(file.piecesRoot), layer);
  }
  return entries;
}

/**
 * The addresses in values that are one address, a list, or a list of tiers. Values that are not text are left out.
 */
function readAddresses(values: readonly (BencodeValue | undefined)[]): string[] {
  return boundAddresses(addressesIn(values));
}

function* addressesIn(
  value: BencodeValue | readonly (BencodeValue | undefined)[] | undefined,
): Iterable<string> {
  if (Array.isArray(value)) {
    for (const item of value) yield* addressesIn(item);
  } else if (value instanceof Uint8Array) {
    const address = decodeUtf8(value)?.trim();
    if (address !== undefined) yield address;
  }
}

/**
 * .torrent files (BEP 3, BEP 12, BEP 19, BEP 52): reads and writes them. A .torrent file holds an info dictionary,
 * and next to it piece layers, trackers and web seeds. Parsing the info dictionary is left to parse-info.ts.
 */
import { ShoalError } from "../errors.ts";
import {
  Bencoded,
  type BencodeInput,
  type BencodeValue,
  decodeBencodeEntries,
  encodeBencode,
  keyFromBytes,
} from "./bencode.ts";
import { MAX_ADDRESSES, MAX_TORRENT_FILE_BYTES } from "./constants.ts";
import { equalBytes } from "./info-hash.ts";
import { HASH_LENGTH, piecesRootFromLayer } from "./merkle.ts";
import { parsedInfo } from "./parsed-info.ts";
import { showPath } from "./path-name.ts";
import type { PieceLayers, TorrentInfo } from "./torrent-info.ts";
import { decodeUtf8 } from "./utf8.ts";

export interface TorrentFileContent {
  readonly info: TorrentInfo;
  /** Piece layers, verified by the files' roots. Null when the .torrent file has none, as in v1. */
  readonly pieceLayers: PieceLayers | null;
  /** Announce addresses as written, of all tiers, each once. At most 256. */
  readonly trackers: readonly string[];
  /** Web seeds (BEP 19) as written. At most 256. */
  readonly webSeeds: readonly string[];
}

/**
 * Reads a .torrent file. Piece layers are verified: a wrong layer is refused, a missing layer is null in the result.
 *
 * @throws ShoalError with a code that begins with `torrent/` when the file is refused
 */
export function decodeTorrentFile(bytes: Uint8Array): TorrentFileContent {
  if (bytes.length > MAX_TORRENT_FILE_BYTES) {
    throw new ShoalError("torrent/too-large", String(bytes.length));
  }
  const entries = decodeBencodeEntries(bytes);
  const infoBytes = entries.get("info")?.bytes;
  if (infoBytes === undefined) throw new ShoalError("torrent/malformed", "info");
  const info = parsedInfo(infoBytes.slice());
  const announce = [entries.get("announce-list")?.value, entries.get("announce")?.value];
  return {
    info,
    pieceLayers: readLayers(info, entries.get("piece layers")?.value),
    trackers: readAddresses(announce),
    webSeeds: readAddresses([entries.get("url-list")?.value]),
  };
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
    info: new Bencoded(info.bytes),
    "piece layers": info.infoHashV2 === null ? undefined : writeLayers(info, content.pieceLayers),
    "url-list": webSeeds.length > 0 ? webSeeds : undefined,
  });
}

function readLayers(info: TorrentInfo, layers: BencodeValue | undefined): PieceLayers | null {
  if (info.infoHashV2 === null || layers === undefined) return null;
  if (!(layers instanceof Map)) throw new ShoalError("torrent/malformed", "piece layers");
  // Files with the same content share a layer, which needs to be hashed only once.
  const verified = new Set<string>();
  return info.files.map((file) => {
    if (file.piecesRoot === null || file.length <= info.pieceLength) return null;
    const key = keyFromBytes(file.piecesRoot);
    const layer = layers.get(key);
    if (layer === undefined) return null;
    const length = Math.ceil(file.length / info.pieceLength) * HASH_LENGTH;
    const fits = layer instanceof Uint8Array && layer.length === length;
    if (
      !fits ||
      !(verified.has(key) || equalBytes(piecesRootFromLayer(layer, info.pieceLength), file.piecesRoot))
    ) {
      throw new ShoalError("torrent/malformed", `piece layers: ${showPath(file.path)}`);
    }
    verified.add(key);
    return layer.slice();
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
  const found = new Set<string>();
  const visit = (value: BencodeValue | undefined): void => {
    if (found.size >= MAX_ADDRESSES) return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
    } else if (value instanceof Uint8Array) {
      const address = decodeUtf8(value)?.trim();
      if (address) found.add(address);
    }
  };
  for (const value of values) visit(value);
  return [...found];
}

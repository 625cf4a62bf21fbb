/**
 * A manifest is the file list of a torrent as JSON, for programs and for people: to compare two copies, to find the
 * bytes of a file in the torrent, or to check a saved file against its root. One file is one line, so that two
 * manifests can be compared line by line:
 *
 * ```
 * {"manifest":1,"name":"sea","infoHashV1":"<40 hex>","infoHashV2":"<64 hex>","pieceLength":65536,"pieceCount":3,
 * "fileCount":2,"length":70000,"note":"From the sea","files":[
 * {"path":["fish.jpg"],"length":68000,"offset":0,"piecesRoot":"<64 hex>","modified":"2023-11-14T22:13:20Z"},
 * {"path":["sand","grain.txt"],"length":2000,"offset":131072,"piecesRoot":"<64 hex>","modified":null}
 * ]}
 * ```
 *
 * | field | value |
 * | --- | --- |
 * | `manifest` | the version of this form |
 * | `name` | the torrent's name; a torrent of several files is a folder of this name |
 * | `infoHashV1`, `infoHashV2` | null where the torrent has none, and in private shares |
 * | `length` | bytes: of all files together, or of one file, pads left out |
 * | `note` | the sender's; null for none |
 * | `path` | components below the torrent's folder |
 * | `offset` | where the file begins in the torrent's byte space, pads counted; the files are sorted by it |
 * | `piecesRoot` | root of the file's Merkle tree (BEP 52); null for an empty file and in v1 torrents |
 * | `modified` | when the file was last changed, as the sender says, in UTC; null where that is not known |
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import type { About } from "../engine/content/about.ts";
import type { TorrentFile, TorrentInfo } from "../engine/content/torrent-info.ts";
import { MANIFEST_FILES_AT_ONCE } from "./constants.ts";

const VERSION = 1;

/**
 * The manifest's text in parts, each of which is made in a few milliseconds. `about`: null while it is unknown.
 * `hasHashes`: whether the info-hashes may be told.
 */
export function* manifestParts(
  info: TorrentInfo,
  about: About | null,
  hasHashes: boolean,
): Generator<string, void, undefined> {
  const { files } = info;
  const head = {
    manifest: VERSION,
    name: info.name,
    infoHashV1: hasHashes ? hexOf(info.infoHashV1) : null,
    infoHashV2: hasHashes ? hexOf(info.infoHashV2) : null,
    pieceLength: info.pieceLength,
    pieceCount: info.pieceCount,
    fileCount: files.length,
    length: info.size,
    note: about?.note ?? null,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"files":[`;
  for (let from = 0; from < files.length; from += MANIFEST_FILES_AT_ONCE) {
    const lines = files
      .slice(from, from + MANIFEST_FILES_AT_ONCE)
      .map((file, at) => `\n${JSON.stringify(entryOf(file, about?.modified(from + at) ?? null))}`);
    yield (from === 0 ? "" : ",") + lines.join(",");
  }
  yield "\n]}\n";
}

function entryOf({ path, length, offset, piecesRoot }: TorrentFile, modified: number | null) {
  return {
    path,
    length,
    offset,
    piecesRoot: hexOf(piecesRoot),
    modified: modified === null ? null : iso(modified),
  };
}

/** To the second, as no time is known more exactly. */
function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}

function hexOf(bytes: Uint8Array | null): string | null {
  return bytes && bytesToHex(bytes);
}

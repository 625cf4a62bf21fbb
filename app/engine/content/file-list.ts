/**
 * The file list of a v1 info dictionary: reads and writes `length`, or `files` with its pad entries (BEP 3, BEP 47).
 * The list gives the size and the offset of each file. parse-info.ts checks hashes, and compares the list with the
 * file tree of a hybrid torrent.
 */
import { ShoalError } from "../errors.ts";
import type { BencodeDictionary, BencodeInput, BencodeValue } from "./bencode.ts";
import { isSafePath, showPath } from "./path-name.ts";
import type { TorrentFile, TorrentInfo } from "./torrent-info.ts";
import { decodeUtf8 } from "./utf8.ts";

export interface FileList {
  /** Files in the order of the dictionary, pad entries left out. */
  readonly files: readonly TorrentFile[];
  /** Bytes of all entries, pads included. */
  readonly paddedSize: number;
}

/**
 * Reads `length` or `files`.
 *
 * @throws ShoalError `torrent/malformed`, `torrent/unsafe-path`, `torrent/symbolic-link`
 */
export function decodeFileList(info: BencodeDictionary, name: string): FileList {
  const list = info.get("files");
  if (list === undefined) {
    refuseSymlink(info, [name]);
    const length = readLength(info);
    return { files: [{ path: [name], length, offset: 0, piecesRoot: null }], paddedSize: length };
  }
  if (info.has("length")) throw new ShoalError("torrent/malformed", "info.length, info.files");
  if (!Array.isArray(list)) throw new ShoalError("torrent/malformed", "info.files");
  const files: TorrentFile[] = [];
  let offset = 0;
  for (const entry of list) {
    if (!(entry instanceof Map)) throw new ShoalError("torrent/malformed", "info.files");
    const length = readLength(entry);
    if (!isPad(entry)) {
      const path = readPath(entry);
      refuseSymlink(entry, path);
      files.push({ path, length, offset, piecesRoot: null });
    }
    offset += length;
    if (!Number.isSafeInteger(offset)) throw new ShoalError("torrent/malformed", "info.length: >2^53");
  }
  return { files, paddedSize: offset };
}

/**
 * The `files` of a hybrid torrent. Each file that does not end on a piece boundary is followed by its pad, unless it
 * is the only file. BEP 52.
 */
export function encodeFileList(
  files: readonly { path: readonly string[]; length: number }[],
  pieceLength: number,
): BencodeInput[] {
  const entries: BencodeInput[] = [];
  for (const { path, length } of files) {
    entries.push({ length, path });
    const padding = files.length > 1 ? paddingAfter(length, pieceLength) : 0;
    if (padding > 0) entries.push({ attr: "p", length: padding, path: [".pad", String(padding)] });
  }
  return entries;
}

/**
 * The index of each file among the entries of `files`, pads counted. Links name files by these indices (BEP 53),
 * because clients have pads in their lists although they do not show them. A pad follows the file that it fills up
 * (BEP 47). A v2-only torrent has no entries for pads, but they are counted too, because libtorrent inserts them.
 * Example: two files, the first of 1.5 pieces, have the indices 0 and 2.
 */
export function entryIndices({ files, paddedSize }: Pick<TorrentInfo, "files" | "paddedSize">): number[] {
  const filled = files.filter(({ length }) => length > 0);
  let past = 0;
  let pads = 0;
  return files.map(({ offset, length }, file) => {
    const index = file + pads;
    if (length === 0) return index;
    const next = filled[++past]?.offset ?? paddedSize;
    if (next > offset + length) pads++;
    return index;
  });
}

/** Bytes from the end of a file to the next piece boundary. The file has to start on a piece boundary. */
export function paddingAfter(length: number, pieceLength: number): number {
  return (pieceLength - (length % pieceLength)) % pieceLength;
}

/** The `length` of a file entry. @throws ShoalError `torrent/malformed` when it is missing or negative */
export function readLength(entry: BencodeDictionary): number {
  const length = entry.get("length");
  if (typeof length !== "number") throw new ShoalError("torrent/malformed", "info.length");
  if (length < 0) throw new ShoalError("torrent/malformed", `info.length: ${length}`);
  return length;
}

/** Refuses symbolic links (BEP 47), because Shoal does not decide where they may point. */
export function refuseSymlink(entry: BencodeDictionary, path: readonly string[]): void {
  if (hasAttribute(entry, "l") || entry.has("symlink path")) {
    throw new ShoalError("torrent/symbolic-link", showPath(path));
  }
}

/** Whether an entry is a pad file (BEP 47). Pad files read as zeros and are never saved. */
export function isPad(entry: BencodeDictionary): boolean {
  return hasAttribute(entry, "p");
}

function hasAttribute(entry: BencodeDictionary, attribute: string): boolean {
  const attributes = entry.get("attr");
  return attributes instanceof Uint8Array && attributes.includes(attribute.charCodeAt(0));
}

function readPath(entry: BencodeDictionary): string[] {
  // Old creators wrote `path` in a local encoding and `path.utf-8` beside it.
  const list = entry.get("path.utf-8") ?? entry.get("path");
  if (!Array.isArray(list)) throw new ShoalError("torrent/malformed", "info.path");
  const path = list.map(readName);
  if (!isSafePath(path)) throw new ShoalError("torrent/unsafe-path", showPath(path));
  return path;
}

/** The text of a name. @throws ShoalError `torrent/malformed` when it is not UTF-8 */
export function readName(value: BencodeValue | undefined): string {
  const name = value instanceof Uint8Array ? decodeUtf8(value) : null;
  if (name === null) throw new ShoalError("torrent/malformed", "info.name");
  return name;
}

/**
 * The v1 half of an info dictionary: `length`, or `files` with its pad entries (BEP 3, BEP 47). What it says about
 * sizes and places; hashes and the comparison with v2 are parse-info.ts's.
 */
import { ShoalError } from "../errors.ts";
import type { BencodeDictionary, BencodeInput, BencodeValue } from "./bencode.ts";
import { isSafePath, showPath } from "./path-name.ts";
import type { TorrentFile, TorrentInfo } from "./torrent-info.ts";
import { decodeUtf8 } from "./utf8.ts";

export interface FileList {
  /** In the dictionary's order, pad entries left out. */
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

/** The `files` of a hybrid torrent: each unaligned file followed by its pad, unless it is the only one. BEP 52. */
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
 * Each file's index among the entries of `files`, pads counted. Links count so (BEP 53): clients show no pads, and have
 * them in their lists all the same. A pad stands behind the file that it fills up (BEP 47). In v2-only torrents, which
 * have no entries for pads, they count as well: libtorrent puts them in.
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

/** Bytes from the end of a file that starts on a piece boundary to the next boundary. */
export function paddingAfter(length: number, pieceLength: number): number {
  return (pieceLength - (length % pieceLength)) % pieceLength;
}

/** `length` of a file entry. @throws ShoalError `torrent/malformed` when it is missing or negative */
export function readLength(entry: BencodeDictionary): number {
  const length = entry.get("length");
  if (typeof length !== "number") throw new ShoalError("torrent/malformed", "info.length");
  if (length < 0) throw new ShoalError("torrent/malformed", `info.length: ${length}`);
  return length;
}

/** Refuses symbolic links (BEP 47): where they point is not Shoal's to decide. */
export function refuseSymlink(entry: BencodeDictionary, path: readonly string[]): void {
  if (hasAttribute(entry, "l") || entry.has("symlink path")) {
    throw new ShoalError("torrent/symbolic-link", showPath(path));
  }
}

/** Whether an entry is a pad file (BEP 47), which reads as zeros and is never saved. */
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

/** A name's text. @throws ShoalError `torrent/malformed` when it is not UTF-8 */
export function readName(value: BencodeValue | undefined): string {
  const name = value instanceof Uint8Array ? decodeUtf8(value) : null;
  if (name === null) throw new ShoalError("torrent/malformed", "info.name");
  return name;
}

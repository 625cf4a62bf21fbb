/**
 * The file list of a v1 info dictionary: reads and writes `length`, or `files` with its pad entries (BEP 3, BEP 47).
 * The list gives the size and the offset of each file. parse-info.ts checks hashes, and compares the list with the
 * file tree of a hybrid torrent.
 */
import { ShoalError } from "../errors.ts";
import { type BencodeDictionary, type BencodeInput, type BencodeValue, keyFromBytes } from "./bencode.ts";
import {
  isLink,
  isPad,
  PathBudget,
  type ReadName,
  readLength,
  type WrittenFile,
  type WrittenName,
} from "./written-file.ts";

export interface FileList {
  /** Files and symbolic links in the order of the dictionary, pad entries left out. */
  readonly files: readonly WrittenFile[];
  /** Bytes of all entries, pads included. */
  readonly paddedSize: number;
}

/** The text by which BitComet marks its pads, which have no attribute. libtorrent takes them for pads too. */
const BITCOMET_PAD = "_____padding_file_";

/** Whether the dictionary has a list of files. A `files` that is no list counts as none, as libtorrent reads it. */
export function hasFileList(info: BencodeDictionary): boolean {
  return Array.isArray(info.get("files"));
}

/**
 * Reads `files`, or else `length`. `name`: the torrent's, which is the path of a single file.
 *
 * @throws ShoalError `torrent/malformed`, `torrent/too-many-names`
 */
export function decodeFileList(info: BencodeDictionary, name: WrittenName, readName: ReadName): FileList {
  const list = info.get("files");
  if (!Array.isArray(list)) {
    const link = isLink(info);
    const length = link ? 0 : readLength(info);
    const file = { path: [name], length, offset: 0, piecesRoot: null, isLink: link, entry: 0 };
    return { files: [file], paddedSize: length };
  }
  const files: WrittenFile[] = [];
  const budget = new PathBudget();
  let offset = 0;
  for (const [index, entry] of list.entries()) {
    if (!(entry instanceof Map)) throw new ShoalError("torrent/malformed", "info.files");
    const link = isLink(entry);
    const length = link ? 0 : readLength(entry);
    const names = pathOf(entry);
    if (!isPad(entry) && !isBitCometPad(names)) {
      const path = readPath(names, readName);
      budget.take(path);
      files.push({ path, length, offset, piecesRoot: null, isLink: link, entry: index });
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

/** Bytes from the end of a file to the next piece boundary. The file has to start on a piece boundary. */
export function paddingAfter(length: number, pieceLength: number): number {
  return (pieceLength - (length % pieceLength)) % pieceLength;
}

/** Old creators wrote `path` in a local encoding and `path.utf-8` beside it. */
function pathOf(entry: BencodeDictionary): BencodeValue[] {
  for (const key of ["path.utf-8", "path"]) {
    const names = entry.get(key);
    if (Array.isArray(names) && names.length > 0) return names;
  }
  return [];
}

function isBitCometPad(names: readonly BencodeValue[]): boolean {
  const name = names.at(-1);
  return (
    name instanceof Uint8Array &&
    name.length >= BITCOMET_PAD.length &&
    name.includes(BITCOMET_PAD.charCodeAt(0)) &&
    keyFromBytes(name).includes(BITCOMET_PAD)
  );
}

function readPath(names: readonly BencodeValue[], readName: ReadName): WrittenName[] {
  if (names.length === 0) throw new ShoalError("torrent/malformed", "info.path");
  return names.map((name) => {
    if (!(name instanceof Uint8Array)) throw new ShoalError("torrent/malformed", "info.path");
    return readName(name);
  });
}

/**
 * The parser of info dictionaries: makes a `TorrentInfo` from the bytes of a v1 (BEP 3), v2 (BEP 52) or hybrid one.
 * It checks everything that a hostile dictionary can claim, so that the rest of the engine may trust the result. The
 * v1 file list is read by file-list.ts, and the v2 file tree by file-tree.ts.
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { ShoalError } from "../errors.ts";
import { type BencodeDictionary, decodeBencode, decodeBencodePrefix, keyFromBytes } from "./bencode.ts";
import { LEAF_LENGTH, MAX_INFO_BYTES, MAX_NAMED_LINKS, MAX_PIECE_LENGTH, MAX_PIECES } from "./constants.ts";
import { decodeFileList, hasFileList } from "./file-list.ts";
import { decodeFileTree } from "./file-tree.ts";
import { equalBytes } from "./info-hash.ts";
import { isNoName, mendName, mendPaths } from "./mended-paths.ts";
import { nameDecoder, namedEncoding } from "./name-encoding.ts";
import { countOtherEntries, type TorrentFile, type TorrentInfo } from "./torrent-info.ts";
import type { ReadName, WrittenFile, WrittenName } from "./written-file.ts";

/** Bytes of a SHA-1 hash. */
const SHA1_LENGTH = 20;

/** The part of the result that depends on the version. */
interface Layout extends Pick<TorrentInfo, "version" | "singleFile" | "paddedSize"> {
  /** Files and symbolic links, in order. */
  readonly written: readonly WrittenFile[];
}

/**
 * Parses an info dictionary. It reads all that libtorrent reads, unless that is dangerous. The result refers to
 * `bytes`: do not change them afterwards. The parser does not know which hash was asked for: compare `infoHashV1` or
 * `infoHashV2` when the bytes come from a peer.
 *
 * @param encoding of names that are not UTF-8 (name-encoding.ts), as the .torrent file says; null when it says none
 * @throws ShoalError with a code that begins with `torrent/` when the dictionary is refused
 */
export function parseInfo(bytes: Uint8Array, encoding: string | null = null): TorrentInfo {
  if (bytes.length > MAX_INFO_BYTES) throw new ShoalError("torrent/too-large", String(bytes.length));
  const info = decodeInfo(bytes);
  const hasV2 = readsAsV2(info);
  const hasV1 =
    !hasV2 || (info.get("pieces") instanceof Uint8Array && (hasFileList(info) || info.has("length")));
  const infoHashV1 = hasV1 ? sha1(bytes) : null;
  const infoHashV2 = hasV2 ? sha256(bytes) : null;
  const readName = nameReader(encoding ?? namedEncoding(info));
  const pieceLength = readPieceLength(info, hasV2);
  const name = readTorrentName(info, readName);
  const pieceHashes = hasV1 ? readPieceHashes(info) : null;

  const layout = !hasV2
    ? layoutV1(info, name, readName)
    : hasV1
      ? layoutHybrid(info, name, pieceLength, readName)
      : layoutV2(info, pieceLength, readName);
  const files = filesOf(layout.written);
  const pieceCount = Math.ceil(layout.paddedSize / pieceLength);
  if (files.length === 0) throw malformed("info.files: 0");
  checkPieces(files, layout.paddedSize, pieceLength, pieceCount, pieceHashes);

  const { version, singleFile, paddedSize } = layout;
  // A name that says nothing is replaced by the file's or the info-hash, as libtorrent does.
  const nameless = singleFile ? files[0]!.path[0]! : bytesToHex((infoHashV1 ?? infoHashV2)!);
  const shownName = isNoName(keyFromBytes(name.bytes)) ? nameless : name.text;
  const links = layout.written.filter(({ isLink }) => isLink);
  return {
    version,
    singleFile,
    files,
    paddedSize,
    name: shownName,
    otherEntries: countOtherEntries(shownName, singleFile, files),
    entryIndices: layout.written.filter(({ isLink }) => !isLink).map(({ entry }) => entry),
    linkCount: links.length,
    links: links.slice(0, MAX_NAMED_LINKS).map(({ path }) => path.map(({ text }) => text)),
    isPrivate: readsAsPrivate(info),
    pieceLength,
    pieceCount,
    size: files.reduce((sum, file) => sum + file.length, 0),
    pieceHashes,
    infoHashV1,
    infoHashV2,
    bytes,
  };
}

function malformed(detail: string): ShoalError {
  return new ShoalError("torrent/malformed", detail);
}

/**
 * The dictionary, read as leniently as .torrent files are. With a `meta version` it has to be strict, because BEP 52
 * demands that, and libtorrent holds to it.
 */
function decodeInfo(bytes: Uint8Array): BencodeDictionary {
  const { value: info, end } = decodeBencodePrefix(bytes, { asFile: true });
  if (!(info instanceof Map) || end !== bytes.length) throw malformed("info");
  const version = info.get("meta version");
  if (typeof version === "number" && version > 0) decodeBencode(bytes);
  return info;
}

function readsAsV2(info: BencodeDictionary): boolean {
  const version = info.get("meta version");
  if (typeof version === "number" && version > 2) throw new ShoalError("torrent/newer-version");
  if (version === 2) return true;
  // A v2 torrent without its version may mean anything.
  if (info.get("file tree") instanceof Map) throw malformed("info.meta version");
  return false;
}

/** BEP 27. As libtorrent reads it: any number but 0. */
function readsAsPrivate(info: BencodeDictionary): boolean {
  const value = info.get("private");
  return typeof value === "number" && value !== 0;
}

/** A function that makes names of bytes. */
function nameReader(encoding: string | null): ReadName {
  const decode = nameDecoder(encoding);
  return (bytes) => ({ bytes, text: mendName(decode(bytes)) });
}

function readTorrentName(info: BencodeDictionary, readName: ReadName): WrittenName {
  const bytes = [info.get("name.utf-8"), info.get("name")].find((value) => value instanceof Uint8Array);
  if (bytes === undefined) throw new ShoalError("torrent/no-name");
  return readName(bytes);
}

function readPieceLength(info: BencodeDictionary, hasV2: boolean): number {
  const length = info.get("piece length");
  if (typeof length !== "number" || length <= 0) throw malformed("info.piece length");
  if (length > MAX_PIECE_LENGTH) throw new ShoalError("torrent/pieces-too-long", String(length));
  if (hasV2 && (length < LEAF_LENGTH || (length & (length - 1)) !== 0)) {
    throw malformed(`info.piece length: ${length}`);
  }
  return length;
}

function readPieceHashes(info: BencodeDictionary): Uint8Array {
  const pieces = info.get("pieces");
  if (!(pieces instanceof Uint8Array)) throw malformed("info.pieces");
  return pieces;
}

function layoutV1(info: BencodeDictionary, name: WrittenName, readName: ReadName): Layout {
  const singleFile = !hasFileList(info);
  if (singleFile) checkFileName(name);
  const { files, paddedSize } = decodeFileList(info, name, readName);
  return { version: "v1", singleFile, written: files, paddedSize };
}

/** A single file has no other name than the torrent's. */
function checkFileName({ bytes }: WrittenName): void {
  const name = keyFromBytes(bytes);
  if (isNoName(name)) throw new ShoalError("torrent/no-name", name);
}

function layoutV2(info: BencodeDictionary, pieceLength: number, readName: ReadName): Layout {
  const written = decodeTree(info, pieceLength, readName);
  // BEP 52 writes a single file as a tree of that file alone, and libtorrent reads it so.
  const singleFile = !hasFileList(info) && written.length === 1 && written[0]!.path.length === 1;
  return { version: "v2", singleFile, written, paddedSize: endOfData(written) };
}

function layoutHybrid(
  info: BencodeDictionary,
  name: WrittenName,
  pieceLength: number,
  readName: ReadName,
): Layout {
  const singleFile = !hasFileList(info);
  if (singleFile) checkFileName(name);
  const list = decodeFileList(info, name, readName);
  const tree = decodeTree(info, pieceLength, readName);
  if (!sameFiles(list.files, tree)) throw malformed("info.files, info.file tree");
  // The list says whether the last file has a pad behind it.
  const written =
    list.files.length === tree.length
      ? tree.map((file, i) => ({ ...file, entry: list.files[i]!.entry }))
      : tree;
  return { version: "hybrid", singleFile, written, paddedSize: list.paddedSize };
}

function decodeTree(info: BencodeDictionary, pieceLength: number, readName: ReadName): WrittenFile[] {
  const tree = info.get("file tree");
  if (!(tree instanceof Map)) throw malformed("info.file tree");
  return decodeFileTree(tree, pieceLength, readName);
}

/** Position behind the last byte of any file. A v2-only torrent ends there. */
function endOfData(files: readonly Pick<TorrentFile, "length" | "offset">[]): number {
  return files.reduce((end, file) => (file.length > 0 ? file.offset + file.length : end), 0);
}

/**
 * Whether both halves of a hybrid name the same files, in the same order and places. Empty files and symbolic links may
 * differ, as libtorrent reads hybrids. Names are compared as they are written.
 */
function sameFiles(list: readonly WrittenFile[], tree: readonly WrittenFile[]): boolean {
  const [v1, v2] = [list, tree].map((files) => files.filter(({ length }) => length > 0)) as [
    WrittenFile[],
    WrittenFile[],
  ];
  return (
    v1.length === v2.length &&
    v1.every((file, i) => {
      const other = v2[i]!;
      return (
        file.length === other.length &&
        file.offset === other.offset &&
        file.path.length === other.path.length &&
        file.path.every(({ bytes }, j) => equalBytes(bytes, other.path[j]!.bytes))
      );
    })
  );
}

/** The files, symbolic links left out, with mended paths. */
function filesOf(written: readonly WrittenFile[]): TorrentFile[] {
  const files = written.filter(({ isLink }) => !isLink);
  const paths = mendPaths(files.map(({ path }) => path.map(({ text }) => text)));
  return files.map(({ length, offset, piecesRoot }, i) => ({ path: paths[i]!, length, offset, piecesRoot }));
}

/**
 * Checks that hashes, sizes and piece count agree, and that every piece holds data. A piece of padding alone could
 * never be requested.
 */
function checkPieces(
  files: readonly TorrentFile[],
  paddedSize: number,
  pieceLength: number,
  pieceCount: number,
  pieceHashes: Uint8Array | null,
): void {
  if (pieceCount > MAX_PIECES) throw new ShoalError("torrent/too-many-pieces", String(pieceCount));
  if (pieceHashes !== null && pieceHashes.length !== pieceCount * SHA1_LENGTH) {
    throw malformed(`info.pieces: ${pieceHashes.length / SHA1_LENGTH}/${pieceCount}`);
  }
  let covered = 0;
  for (const { offset, length } of files) {
    if (length === 0) continue;
    if (Math.floor(offset / pieceLength) > covered) break;
    covered = Math.ceil((offset + length) / pieceLength);
  }
  if (covered !== pieceCount || paddedSize < endOfData(files)) throw malformed("info.padding");
}

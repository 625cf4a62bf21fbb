/**
 * The parser of info dictionaries: makes a `TorrentInfo` from the bytes of a v1 (BEP 3), v2 (BEP 52) or hybrid one.
 * It checks everything that a hostile dictionary can claim, so that the rest of the engine may trust the result. The
 * v1 file list is read by file-list.ts, and the v2 file tree by file-tree.ts.
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ShoalError } from "../errors.ts";
import { type BencodeDictionary, decodeBencode } from "./bencode.ts";
import { LEAF_LENGTH, MAX_INFO_BYTES, MAX_PIECE_LENGTH, MAX_PIECES } from "./constants.ts";
import { decodeFileList, readName } from "./file-list.ts";
import { decodeFileTree } from "./file-tree.ts";
import { findClash, isSafeName, showPath } from "./path-name.ts";
import { countOtherEntries, type TorrentFile, type TorrentInfo } from "./torrent-info.ts";

/** Bytes of a SHA-1 hash. */
const SHA1_LENGTH = 20;

/** The part of the result that depends on the version. Hashes and bytes are added at the end. */
type Layout = Pick<TorrentInfo, "version" | "singleFile" | "files" | "paddedSize">;

/**
 * Parses an info dictionary. The result refers to `bytes`: do not change them afterwards. The parser does not know
 * which hash was asked for: compare `infoHashV1` or `infoHashV2` when the bytes come from a peer.
 *
 * @throws ShoalError with a code that begins with `torrent/` when the dictionary is refused
 */
export function parseInfo(bytes: Uint8Array): TorrentInfo {
  if (bytes.length > MAX_INFO_BYTES) throw new ShoalError("torrent/too-large", String(bytes.length));
  const info = decodeBencode(bytes);
  if (!(info instanceof Map)) throw malformed("info");

  const hasV2 = readsAsV2(info);
  const hasV1 = !hasV2 || info.has("pieces");
  const name = readTorrentName(info);
  const pieceLength = readPieceLength(info, hasV2);
  const pieceHashes = hasV1 ? readPieceHashes(info) : null;

  const layout = !hasV2
    ? layoutV1(info, name)
    : hasV1
      ? layoutHybrid(info, name, pieceLength)
      : layoutV2(info, pieceLength);
  const pieceCount = Math.ceil(layout.paddedSize / pieceLength);
  checkFiles(layout.files);
  checkPieces(layout, pieceLength, pieceCount, pieceHashes);

  return {
    ...layout,
    name,
    otherEntries: countOtherEntries(name, layout.singleFile, layout.files),
    pieceLength,
    pieceCount,
    size: layout.files.reduce((sum, file) => sum + file.length, 0),
    pieceHashes,
    infoHashV1: hasV1 ? sha1(bytes) : null,
    infoHashV2: hasV2 ? sha256(bytes) : null,
    bytes,
  };
}

function malformed(detail: string): ShoalError {
  return new ShoalError("torrent/malformed", detail);
}

function readsAsV2(info: BencodeDictionary): boolean {
  const version = info.get("meta version");
  if (version === undefined) return false;
  if (version !== 2) throw new ShoalError("torrent/newer-version");
  return true;
}

function readTorrentName(info: BencodeDictionary): string {
  const name = readName(info.get("name.utf-8") ?? info.get("name"));
  if (!isSafeName(name)) throw new ShoalError("torrent/unsafe-path", showPath([name]));
  return name;
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

function layoutV1(info: BencodeDictionary, name: string): Layout {
  return { version: "v1", singleFile: !info.has("files"), ...decodeFileList(info, name) };
}

function layoutV2(info: BencodeDictionary, pieceLength: number): Layout {
  if (info.has("files") || info.has("length")) throw malformed("info.pieces");
  const files = decodeTree(info, pieceLength);
  // BEP 52 writes a single file as a tree of that file alone, and libtorrent reads it so.
  const singleFile = files.length === 1 && files[0]!.path.length === 1;
  return { version: "v2", singleFile, files, paddedSize: endOfData(files) };
}

function layoutHybrid(info: BencodeDictionary, name: string, pieceLength: number): Layout {
  const list = decodeFileList(info, name);
  const files = decodeTree(info, pieceLength);
  if (!sameFiles(list.files, files)) throw malformed("info.files, info.file tree");
  return { version: "hybrid", singleFile: !info.has("files"), files, paddedSize: list.paddedSize };
}

function decodeTree(info: BencodeDictionary, pieceLength: number): TorrentFile[] {
  const tree = info.get("file tree");
  if (!(tree instanceof Map)) throw malformed("info.file tree");
  return decodeFileTree(tree, pieceLength);
}

/** Position behind the last byte of any file. A v2-only torrent ends there. */
function endOfData(files: readonly TorrentFile[]): number {
  return files.reduce((end, file) => (file.length > 0 ? file.offset + file.length : end), 0);
}

/**
 * Whether both halves of a hybrid name the same files, in the same order and places. Empty files may differ in place.
 */
function sameFiles(v1: readonly TorrentFile[], v2: readonly TorrentFile[]): boolean {
  return (
    v1.length === v2.length &&
    v1.every((file, i) => {
      const other = v2[i]!;
      return (
        file.length === other.length &&
        (file.length === 0 || file.offset === other.offset) &&
        file.path.length === other.path.length &&
        file.path.every((component, j) => component === other.path[j])
      );
    })
  );
}

function checkFiles(files: readonly TorrentFile[]): void {
  if (files.length === 0) throw malformed("info.files: 0");
  const clash = findClash(files.map((file) => file.path));
  if (clash !== null) throw malformed(`info.path: ${showPath(clash)}`);
}

/**
 * Checks that hashes, sizes and piece count agree, and that every piece holds data. A piece of padding alone could
 * never be requested.
 */
function checkPieces(
  { files, paddedSize }: Layout,
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

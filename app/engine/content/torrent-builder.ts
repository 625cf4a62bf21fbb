/**
 * The builder of a new torrent: collects the hashes of its files, and makes the hybrid (v1 and v2) info dictionary.
 *
 * The constructor checks the names and sizes of the files, and writes the info dictionary with room for the hashes, as
 * they have a fixed size. `piece` says which bytes to read and hash for each piece, and `setPiece` takes their hashes.
 * `finish` puts them in their places, and returns the info dictionary with its piece layers. The builder neither reads
 * nor hashes content; that is left to the caller (worker/share-job.ts).
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ShoalError } from "../errors.ts";
import { encodeBencode } from "./bencode.ts";
import { LEAF_LENGTH, MAX_INFO_BYTES, MAX_PIECE_LENGTH, MAX_PIECES } from "./constants.ts";
import { encodeFileList, paddingAfter } from "./file-list.ts";
import { encodeFileTree } from "./file-tree.ts";
import { HASH_LENGTH, pieceRootFromLeaves, piecesRootFromLayer } from "./merkle.ts";
import { keepParsed } from "./parsed-info.ts";
import { findClash, isSafeName, isSafePath, showPath } from "./path-name.ts";
import { pieceLengthFor } from "./piece-length.ts";
import { orderKey } from "./share-layout.ts";
import { countOtherEntries, type PieceLayers, type TorrentFile, type TorrentInfo } from "./torrent-info.ts";

/** Bytes of a SHA-1 hash. */
const SHA1_LENGTH = 20;

export interface SourceFile {
  /** Path components below the shared folder. A single file has one, its name. */
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
}

export interface BuildOptions {
  /** Name of the folder or of the single file. */
  readonly name: string;
  /** True for one file at top level, whose name must then be `name`. */
  readonly singleFile: boolean;
  /** Bytes, a power of two of at least 16 KiB. Unless given, it follows from the size (piece-length.ts). */
  readonly pieceLength?: number;
  /**
   * Text that makes the info-hashes other ones than those of the same content: `x_cross_seed`, as mktorrent and others
   * write it.
   */
  readonly crossSeed?: string | null | undefined;
}

/** The bytes to read and hash for one piece. */
export interface SourcePiece {
  /** Index of the file in torrent order; `order` maps it to the given files. */
  readonly file: number;
  /** Position of the piece in the file, in bytes. */
  readonly offset: number;
  /** Bytes of data. */
  readonly length: number;
  /** Zero bytes that follow the data in the SHA-1, and not in the leaves. */
  readonly padding: number;
}

export class TorrentBuilder {
  /** Torrent order: for each file, sorted bytewise by path component (BEP 52), its index among the given files. */
  readonly order: readonly number[];
  readonly pieceLength: number;
  readonly pieceCount: number;
  /** Bytes of all files. */
  readonly size: number;
  /** As in TorrentInfo. */
  readonly otherEntries: number;

  readonly #files: readonly SourceFile[];
  readonly #options: BuildOptions;
  /** First piece of each file, and the piece count at the end. */
  readonly #firstPiece: Uint32Array;
  readonly #sha1: Uint8Array;
  readonly #roots: Uint8Array;
  readonly #done: Uint8Array;
  /** The info dictionary, all hashes in it zero. */
  readonly #bytes: Uint8Array;
  /** Where the root of each file that is not empty begins in it, in torrent order, and then the SHA-1 of the pieces. */
  readonly #places: number[];

  /**
   * @throws ShoalError `torrent/bad-name` for names that cannot be shared or occur twice, `torrent/empty` without
   * files, `torrent/too-many-files` or `torrent/too-many-pieces` when there are too many files or bytes for one
   * torrent
   */
  constructor(files: readonly SourceFile[], options: BuildOptions) {
    checkNames(files, options);
    this.size = files.reduce((sum, file) => sum + file.length, 0);
    this.pieceLength = options.pieceLength ?? pieceLengthFor(this.size);
    if (!isPieceLength(this.pieceLength)) throw new RangeError(`no piece length: ${this.pieceLength}`);
    this.order = torrentOrder(files);
    this.#files = this.order.map((index) => files[index]!);
    this.#options = options;
    this.otherEntries = countOtherEntries(options.name, options.singleFile, this.#files);
    this.pieceCount = files.reduce((sum, file) => sum + Math.ceil(file.length / this.pieceLength), 0);
    if (this.pieceCount > MAX_PIECES)
      throw new ShoalError("torrent/too-many-pieces", String(this.pieceCount));
    this.#firstPiece = new Uint32Array(files.length + 1);
    for (const [i, file] of this.#files.entries()) {
      this.#firstPiece[i + 1] = this.#firstPiece[i]! + Math.ceil(file.length / this.pieceLength);
    }
    this.#sha1 = new Uint8Array(this.pieceCount * SHA1_LENGTH);
    this.#roots = new Uint8Array(this.pieceCount * HASH_LENGTH);
    this.#done = new Uint8Array(this.pieceCount);
    this.#places = [];
    this.#bytes = this.#encodeInfo();
    if (this.#bytes.length <= MAX_INFO_BYTES) return;
    if (this.#sha1.length > this.#bytes.length / 2)
      throw new ShoalError("torrent/too-many-pieces", String(this.pieceCount));
    throw new ShoalError("torrent/too-many-files", String(files.length));
  }

  /** The bytes of piece `index`. A piece never spans files. */
  piece(index: number): SourcePiece {
    const file = this.#fileOf(index);
    const offset = (index - this.#firstPiece[file]!) * this.pieceLength;
    const length = Math.min(this.pieceLength, this.#files[file]!.length - offset);
    const padding = this.#files.length > 1 ? paddingAfter(length, this.pieceLength) : 0;
    return { file, offset, length, padding };
  }

  /**
   * Takes the hashes of one piece. Pieces may come in any order.
   *
   * @param sha1 20 bytes: of the data followed by `padding` zeros
   * @param leaves SHA-256 of each 16 KiB of the data, 32 bytes each; the last 16 KiB may be shorter
   */
  setPiece(index: number, sha1: Uint8Array, leaves: Uint8Array): void {
    const { file, length } = this.piece(index);
    if (sha1.length !== SHA1_LENGTH) throw new RangeError("a SHA-1 has 20 bytes");
    if (leaves.length !== Math.ceil(length / LEAF_LENGTH) * HASH_LENGTH) {
      throw new RangeError(`${leaves.length} bytes of leaf hashes for ${length} bytes of data`);
    }
    const shape = { pieceLength: this.pieceLength, fileLength: this.#files[file]!.length };
    this.setHashes(index, sha1, pieceRootFromLeaves(leaves, shape));
  }

  /** The same with the root that follows from the leaves, 32 bytes. */
  setHashes(index: number, sha1: Uint8Array, root: Uint8Array): void {
    this.#sha1.set(sha1, index * SHA1_LENGTH);
    this.#roots.set(root, index * HASH_LENGTH);
    this.#done[index] = 1;
  }

  /** The info dictionary and the piece layers. @throws RangeError while a piece's hashes are missing */
  finish(): { info: TorrentInfo; pieceLayers: PieceLayers } {
    if (this.#done.includes(0)) throw new RangeError(`piece ${this.#done.indexOf(0)} has no hashes yet`);
    const layers = this.#files.map((_, i) =>
      this.#roots.slice(this.#firstPiece[i]! * HASH_LENGTH, this.#firstPiece[i + 1]! * HASH_LENGTH),
    );
    const roots = layers.map((layer) => {
      if (layer.length <= HASH_LENGTH) return layer.length > 0 ? layer : null;
      return piecesRootFromLayer(layer, this.pieceLength);
    });
    return {
      info: this.#describe(this.#fill(roots), roots),
      pieceLayers: layers.map((layer) => (layer.length > HASH_LENGTH ? layer : null)),
    };
  }

  /** The info dictionary with all hashes in their places. The file tree is in torrent order, so the roots are. */
  #fill(roots: readonly (Uint8Array | null)[]): Uint8Array {
    const bytes = this.#bytes.slice();
    let place = 0;
    for (const root of roots) if (root !== null) bytes.set(root, this.#places[place++]);
    bytes.set(this.#sha1, this.#places[place]);
    return bytes;
  }

  /** The same as `parseInfo` makes of the bytes, without the time that it takes: a test compares them. */
  #describe(bytes: Uint8Array, roots: readonly (Uint8Array | null)[]): TorrentInfo {
    const { name, singleFile } = this.#options;
    const isPadded = this.#files.length > 1;
    let offset = 0;
    let entry = 0;
    const entryIndices: number[] = [];
    const files = this.#files.map(({ path, length }, i): TorrentFile => {
      const file = { path, length, offset, piecesRoot: roots[i]! };
      const padding = isPadded ? paddingAfter(length, this.pieceLength) : 0;
      offset += length + padding;
      entryIndices.push(entry);
      entry += padding > 0 ? 2 : 1;
      return file;
    });
    const { otherEntries, pieceLength, pieceCount, size } = this;
    const info: TorrentInfo = {
      ...{
        version: "hybrid",
        name,
        singleFile,
        otherEntries,
        isPrivate: false,
        pieceLength,
        pieceCount,
        size,
      },
      ...{
        paddedSize: offset,
        files,
        entryIndices,
        linkCount: 0,
        links: [],
        pieceHashes: this.#sha1.slice(),
      },
      ...{ infoHashV1: sha1(bytes), infoHashV2: sha256(bytes), bytes },
    };
    keepParsed(info);
    return info;
  }

  #encodeInfo(): Uint8Array {
    const { name, singleFile, crossSeed } = this.#options;
    const noRoot = new Uint8Array(HASH_LENGTH);
    const rooted = this.#files.map((file) => ({ ...file, piecesRoot: file.length > 0 ? noRoot : null }));
    const dictionary = {
      "file tree": encodeFileTree(rooted),
      files: singleFile ? undefined : encodeFileList(this.#files, this.pieceLength),
      length: singleFile ? this.size : undefined,
      "meta version": 2,
      name,
      "piece length": this.pieceLength,
      pieces: this.#sha1,
      x_cross_seed: crossSeed ?? undefined,
    };
    return encodeBencode(dictionary, (position) => this.#places.push(position));
  }

  #fileOf(piece: number): number {
    if (!(piece >= 0 && piece < this.pieceCount)) throw new RangeError(`no piece ${piece}`);
    // The last file whose first piece is not behind this one. An empty file shares its first piece with the next
    // file.
    let low = 0;
    let high = this.#files.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#firstPiece[middle]! <= piece) low = middle;
      else high = middle;
    }
    return low;
  }
}

function isPieceLength(length: number): boolean {
  return length >= LEAF_LENGTH && length <= MAX_PIECE_LENGTH && (length & (length - 1)) === 0;
}

function checkNames(files: readonly SourceFile[], { name, singleFile }: BuildOptions): void {
  if (files.length === 0) throw new ShoalError("torrent/empty");
  if (!isSafeName(name)) throw new ShoalError("torrent/bad-name", showPath([name]));
  for (const { path } of files) {
    if (!isSafePath(path)) throw new ShoalError("torrent/bad-name", showPath(path));
  }
  if (singleFile && (files.length !== 1 || files[0]!.path.length !== 1 || files[0]!.path[0] !== name)) {
    throw new RangeError("a single file must have the torrent's name");
  }
  const clash = findClash(files.map((file) => file.path));
  if (clash !== null) throw new ShoalError("torrent/bad-name", showPath(clash));
}

/** Indices of the files in the order of a file tree: sorted bytewise by path component. */
function torrentOrder(files: readonly SourceFile[]): number[] {
  const keys = files.map(({ path }) => orderKey(path));
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return files.map((_, i) => i).sort((a, b) => compare(keys[a]!, keys[b]!));
}

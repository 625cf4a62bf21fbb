/**
 * The disk files of a share are its files in a folder that the person chose. Each verified piece is written at its place
 * in them, and read there again for others.
 *
 * Browsers write beside a file, into its *swap file*, and put that in the file's place when it is closed. In Chromium
 * the swap file has the file's name with `.crswap` behind it, and can be read while it is written. A file is closed once
 * it is whole. Before that, this was seen in Chromium 156:
 *
 * | event | what was written of a file that is not whole |
 * | --- | --- |
 * | the page is left, and the worker closes the file in time (`closeAll`) | is in the file |
 * | the whole browser is killed | is in the swap file, which stays |
 * | the tab's process ends, the browser is quit without a question, or a write fails | is lost |
 *
 * So what is there is found out anew each time (`look`): every piece that the folder's files hold counts, whoever wrote
 * it. The folder itself is remembered by disk-folders.ts.
 */

import type { SafePaths } from "../bridge/safe-names.ts";
import { inSlices } from "../bridge/slices.ts";
import { PieceMap } from "../engine/content/piece-map.ts";
import type { TorrentInfo } from "../engine/content/torrent-info.ts";
import { ShoalError } from "../engine/errors.ts";
import { Folders, safePathsOf } from "./folders.ts";

/** Chromium's, unknown to TypeScript. */
interface MovableHandle extends FileSystemFileHandle {
  move?(name: string): Promise<void>;
}

/** Whether a piece's bytes are right; false also where its hash is unknown. */
export type CheckPiece = (piece: number, data: Uint8Array) => Promise<boolean>;

interface DiskFile {
  readonly handle: FileSystemFileHandle;
  readonly folder: FileSystemDirectoryHandle;
  /** When it was last changed as it was seen whole; null until then. */
  wholeAt: number | null;
  /** Null while nothing is being written. */
  writable: FileSystemWritableFileStream | null;
  /** Settles when what was begun with the file has ended. */
  turn: Promise<unknown>;
}

export class DiskFiles {
  readonly folder: FileSystemDirectoryHandle;
  readonly #info: TorrentInfo;
  readonly #map: PieceMap;
  readonly #names: SafePaths;
  readonly #folders: Folders;
  /** Safe paths below the folder, in the torrent's order; once they are known. */
  #paths: readonly (readonly string[])[];
  readonly #files: Map<number, Promise<DiskFile>>;
  /** Files of which it is known what is there. */
  readonly #looked: Set<number>;
  /** Names of the swap files of each folder. */
  readonly #swaps: Map<FileSystemDirectoryHandle, Promise<string[]>>;
  readonly #have: Set<number>;
  #lost: number[];

  /** `names`: empty; names of its own for the files of this folder. */
  constructor(info: TorrentInfo, folder: FileSystemDirectoryHandle, names: SafePaths) {
    this.folder = folder;
    this.#info = info;
    this.#map = new PieceMap(info);
    this.#names = names;
    this.#folders = new Folders(folder, names);
    this.#paths = [];
    this.#files = new Map();
    this.#looked = new Set();
    this.#swaps = new Map();
    this.#have = new Set();
    this.#lost = [];
  }

  /**
   * Finds out which pieces of the wanted files are there, in BEP 3 bit order. To be called first. `progress`: told of
   * bytes that were looked through; throws to end it.
   * @throws ShoalError save/exists when a file in the folder is another one, and DOMException as the browser refused
   */
  async look(wanted: Uint8Array, isTrue: CheckPiece, progress: (bytes: number) => void): Promise<Uint8Array> {
    const { files, name, singleFile, pieceCount } = this.#info;
    const places = files.map(({ path }) => ({ path: singleFile ? path : [name, ...path] }));
    this.#paths = await inSlices(safePathsOf(places, this.#names));
    const taken = [...files.keys()].filter((index) => wanted[index] === 1);
    const sizes = new Map<number, number>();
    for (const index of taken) sizes.set(index, await this.#takeUp(index, isTrue, progress));
    await this.#takeUpShared(taken, isTrue);
    for (const index of taken) await this.#settle(index, sizes.get(index)!);
    const bits = new Uint8Array(Math.ceil(pieceCount / 8));
    for (const piece of this.#have) bits[piece >> 3]! |= 0x80 >> (piece & 7);
    return bits;
  }

  /**
   * Writes a piece. When a file is whole with it, the file is closed first. After a failure, what had been written of the
   * file is lost, unless it was closed before: such pieces are told by `takeLost`.
   * @throws ShoalError save/exists when a file in the folder is another one, source/changed when somebody else wrote to
   * a file that was whole, and DOMException as the browser refused
   */
  async store(piece: number, data: Uint8Array): Promise<void> {
    const ranges = this.#map.ranges(piece);
    for (const { file: index, fileOffset: position, pieceOffset, length } of ranges) {
      const part = data.subarray(pieceOffset, pieceOffset + length) as Uint8Array<ArrayBuffer>;
      if (!this.#looked.has(index)) {
        const present = await this.#takeUp(
          index,
          async () => false,
          () => {},
        );
        await this.#settle(index, present);
      }
      await this.#inTurn(index, async (file) => {
        if (file.writable === null) await openUnchanged(file);
        file.writable ??= await file.handle.createWritable({ keepExistingData: true });
        try {
          await file.writable.write({ type: "write", position, data: part });
        } catch (error) {
          this.#giveUp(index, file);
          throw error;
        }
      });
    }
    this.#have.add(piece);
    for (const { file } of ranges) if (this.#isWhole(file)) await this.#close(file);
  }

  /**
   * A piece's bytes, pads at its end left out.
   * @throws ShoalError storage/lost when they are not there, source/changed as `store`, and DOMException as the browser
   * refused
   */
  async read(piece: number): Promise<Uint8Array> {
    const data = new Uint8Array(this.#map.dataLength(piece));
    for (const { file: index, fileOffset, pieceOffset, length } of this.#map.ranges(piece)) {
      const bytes = await this.#inTurn(index, async (file) => {
        if (file.writable === null) return readFrom(await openUnchanged(file), fileOffset, length);
        const swap = await file.folder.getFileHandle(swapName(file.handle.name));
        return readFrom(await swap.getFile(), fileOffset, length);
      });
      if (bytes === null) throw new ShoalError("storage/lost", String(piece));
      data.set(bytes, pieceOffset);
    }
    return data;
  }

  /** Pieces that may be lost since it was last asked: they are to be read again. */
  takeLost(): number[] {
    return this.#lost.splice(0);
  }

  /** A piece turned out to be wrong: it will be written again. */
  delete(piece: number): void {
    this.#have.delete(piece);
  }

  /** Closes the files that are being written. Their bytes stay; they are opened again for the next piece. */
  async closeAll(): Promise<void> {
    await Promise.allSettled([...this.#files.keys()].map((index) => this.#close(index)));
  }

  /** Ends the writing. Files that are not whole are deleted, but for those that turned out to be another's. */
  async discard(): Promise<void> {
    const ending = [...this.#files.keys()].map((index) =>
      this.#inTurn(index, async (file) => {
        await file.writable?.abort();
        file.writable = null;
        if (this.#looked.has(index) && !this.#isWhole(index)) await file.folder.removeEntry(file.handle.name);
      }),
    );
    await Promise.allSettled(ending);
  }

  async #close(index: number): Promise<void> {
    await this.#inTurn(index, async (file) => {
      const { writable } = file;
      file.writable = null;
      try {
        await writable?.close();
      } catch (error) {
        this.#giveUp(index, file);
        throw error;
      }
      if (this.#isWhole(index)) file.wholeAt = (await file.handle.getFile()).lastModified;
    });
  }

  /** The browser threw the swap file away. */
  #giveUp(index: number, file: DiskFile): void {
    file.writable?.abort().catch(() => {});
    file.writable = null;
    const { first, end } = this.#map.piecesOf(index);
    for (let piece = first; piece < end; piece++) if (this.#have.delete(piece)) this.#lost.push(piece);
  }

  #isWhole(index: number): boolean {
    const { first, end } = this.#map.piecesOf(index);
    for (let piece = first; piece < end; piece++) if (!this.#have.has(piece)) return false;
    return true;
  }

  /** Does something with a file when everything that was begun with it before has ended. */
  async #inTurn<Result>(index: number, work: (file: DiskFile) => Promise<Result>): Promise<Result> {
    const file = await this.#file(index);
    const working = file.turn.then(() => work(file));
    file.turn = working.catch(() => {});
    return working;
  }

  #file(index: number): Promise<DiskFile> {
    const known = this.#files.get(index) ?? this.#make(index);
    this.#files.set(index, known);
    known.catch(() => this.#files.delete(index));
    return known;
  }

  async #make(index: number): Promise<DiskFile> {
    const path = this.#paths[index]!;
    const handle = await this.#folders.makeFile(path);
    const folder = await this.#folders.folder(path.slice(0, -1));
    return { handle, folder, wholeAt: null, writable: null, turn: Promise.resolve() };
  }

  /** Counts what a file has, or what is left of it in a swap file if that has more. Returns its bytes. */
  async #takeUp(index: number, isTrue: CheckPiece, progress: (bytes: number) => void): Promise<number> {
    const file = await this.#file(index);
    const { handle, folder } = file;
    let present = await handle.getFile();
    let have = await this.#piecesIn(index, present, isTrue, progress);
    for (const name of await this.#swapsOf(folder, handle.name)) {
      const swap: MovableHandle = await folder.getFileHandle(name);
      const left = await this.#piecesIn(index, await swap.getFile(), isTrue, progress);
      // A swap file that cannot be moved is as good as none.
      if (left.length <= have.length || swap.move === undefined) {
        await folder.removeEntry(name);
        continue;
      }
      await swap.move(handle.name);
      have = left;
      present = await handle.getFile();
    }
    for (const piece of have) this.#have.add(piece);
    return present.size;
  }

  /** Counts the pieces that lie in several of these files. */
  async #takeUpShared(taken: readonly number[], isTrue: CheckPiece): Promise<void> {
    const files = new Map<number, File>();
    for (const index of taken) files.set(index, await (await this.#file(index)).handle.getFile());
    const pieces = new Set(
      taken.flatMap((index) => {
        const { first, end } = this.#map.piecesOf(index);
        // All pieces between lie in this file alone.
        return first === end ? [] : [first, end - 1];
      }),
    );
    for (const piece of pieces) {
      const ranges = this.#map.ranges(piece);
      if (ranges.length < 2 || !ranges.every(({ file }) => files.has(file))) continue;
      const data = new Uint8Array(this.#map.dataLength(piece));
      let isThere = true;
      for (const { file, fileOffset, pieceOffset, length } of ranges) {
        const bytes = await readFrom(files.get(file)!, fileOffset, length);
        if (bytes === null) isThere = false;
        else data.set(bytes, pieceOffset);
      }
      if (isThere && (await isTrue(piece, data))) this.#have.add(piece);
    }
  }

  /** From now on the file may be written to, unless it is another one. `present`: its bytes. */
  async #settle(index: number, present: number): Promise<void> {
    const file = await this.#file(index);
    const { first, end } = this.#map.piecesOf(index);
    let isOurs = present === 0;
    for (let piece = first; piece < end && !isOurs; piece++) isOurs = this.#have.has(piece);
    if (!isOurs) throw new ShoalError("save/exists", file.handle.name);
    if (this.#isWhole(index)) file.wholeAt = (await file.handle.getFile()).lastModified;
    this.#looked.add(index);
  }

  async #swapsOf(folder: FileSystemDirectoryHandle, name: string): Promise<string[]> {
    const listing = this.#swaps.get(folder) ?? listSwaps(folder);
    this.#swaps.set(folder, listing);
    return (await listing).filter((swap) => isSwapName(swap, name));
  }

  /** The pieces of one file alone that a File holds. */
  async #piecesIn(
    index: number,
    file: File,
    isTrue: CheckPiece,
    progress: (bytes: number) => void,
  ): Promise<number[]> {
    const found: number[] = [];
    const { first, end } = this.#map.piecesOf(index);
    for (let piece = first; piece < end && file.size > 0; piece++) {
      const ranges = this.#map.ranges(piece);
      const { fileOffset, length } = ranges.find((range) => range.file === index)!;
      const bytes = ranges.length === 1 ? await readFrom(file, fileOffset, length) : null;
      if (bytes !== null && (await isTrue(piece, bytes))) found.push(piece);
      progress(length);
    }
    return found;
  }
}

/** Null where the file is shorter. */
async function readFrom(file: File, offset: number, length: number): Promise<Uint8Array | null> {
  if (file.size < offset + length) return null;
  return new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
}

/** The file as it is; throws ShoalError source/changed when it was whole and is no longer as it was. */
async function openUnchanged({ handle, wholeAt }: DiskFile): Promise<File> {
  const file = await handle.getFile();
  if (wholeAt !== null && file.lastModified !== wholeAt) throw new ShoalError("source/changed", handle.name);
  return file;
}

async function listSwaps(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) if (name.endsWith(".crswap")) names.push(name);
  return names;
}

export function swapName(name: string): string {
  return `${name}.crswap`;
}

/** Whether a name is that of a swap file of `name`. Chromium numbers those of a file that has one already. */
function isSwapName(swap: string, name: string): boolean {
  return swap.startsWith(`${name}.`) && /^(?:\d+\.)?crswap$/.test(swap.slice(name.length + 1));
}

/**
 * Whether this browser lets a file be read in a folder while it is written there: without that, nobody would get pieces
 * of a file before it is whole.
 */
export async function canReadWhileWriting(folder: FileSystemDirectoryHandle): Promise<boolean> {
  const handle = await folder.getFileHandle(PROBE_NAME, { create: true });
  const writable = await handle.createWritable();
  try {
    await writable.write(new Uint8Array(1));
    const swap = await folder.getFileHandle(swapName(PROBE_NAME));
    return (await swap.getFile()).size === 1;
  } catch {
    return false;
  } finally {
    await writable.abort().catch(() => {});
    await folder.removeEntry(PROBE_NAME).catch(() => {});
  }
}

/** A name that nobody's file has. */
const PROBE_NAME = "shoal-probe.tmp";

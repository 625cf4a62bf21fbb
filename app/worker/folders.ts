/**
 * The folders below one that the person chose, each of which is made once, and the files in them. A name that the
 * browser refuses is replaced by another one.
 */

import { NAMES_AT_ONCE } from "../bridge/constants.ts";
import type { SafePaths } from "../bridge/safe-names.ts";

/** Paths that every file system takes, in the same order; to be run in slices. */
export function* safePathsOf(
  items: readonly { readonly path: readonly string[] }[],
  names: SafePaths,
): Generator<undefined, string[][], undefined> {
  const paths: string[][] = [];
  for (const { path } of items) {
    paths.push(names.add(path));
    if (paths.length % NAMES_AT_ONCE === 0) yield;
  }
  return paths;
}

export class Folders {
  readonly #root: FileSystemDirectoryHandle;
  readonly #names: SafePaths;
  /** By their safe paths. */
  readonly #made: Map<string, FileSystemDirectoryHandle>;

  constructor(root: FileSystemDirectoryHandle, names: SafePaths) {
    this.#root = root;
    this.#names = names;
    this.#made = new Map();
  }

  async makeFile(path: readonly string[]): Promise<FileSystemFileHandle> {
    const folder = await this.folder(path.slice(0, -1));
    return this.#make(path, (name) => folder.getFileHandle(name, { create: true }));
  }

  /** The folder of this safe path. */
  async folder(path: readonly string[]): Promise<FileSystemDirectoryHandle> {
    if (path.length === 0) return this.#root;
    const key = path.join("/");
    const made = this.#made.get(key);
    if (made !== undefined) return made;
    const parent = await this.folder(path.slice(0, -1));
    const folder = await this.#make(path, (name) => parent.getDirectoryHandle(name, { create: true }));
    this.#made.set(key, folder);
    return folder;
  }

  async #make<Handle>(path: readonly string[], make: (name: string) => Promise<Handle>): Promise<Handle> {
    try {
      return await make(path.at(-1)!);
    } catch (error) {
      // Browsers refuse some names with a TypeError, such as those of shortcuts.
      if (!(error instanceof TypeError)) throw error;
      return make(this.#names.addOther(path));
    }
  }
}

/**
 * The places are the paths of files, and the folders that these need. A file can be put where there is neither another
 * file nor a folder, and where no folder that it needs is a file.
 */

import { orderKey } from "../../engine/content/share-layout.ts";

export class Places {
  readonly #files: Set<string>;
  readonly #folders: Set<string>;

  constructor(paths: Iterable<readonly string[]>) {
    this.#files = new Set();
    this.#folders = new Set();
    for (const path of paths) this.#put(path);
  }

  /** Puts a file there. False if its place is not free. */
  take(path: readonly string[]): boolean {
    const key = orderKey(path);
    if (this.#files.has(key) || this.#folders.has(key)) return false;
    if (foldersOf(path).some((folder) => this.#files.has(folder))) return false;
    this.#put(path);
    return true;
  }

  #put(path: readonly string[]): void {
    this.#files.add(orderKey(path));
    for (const folder of foldersOf(path)) this.#folders.add(folder);
  }
}

function foldersOf(path: readonly string[]): string[] {
  return path.slice(1).map((_, at) => orderKey(path.slice(0, at + 1)));
}

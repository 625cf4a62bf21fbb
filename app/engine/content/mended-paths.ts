/**
 * Mended paths are the paths of a torrent's files, made so that every file can be had and none is dangerous. The names
 * in a torrent are what its creator wrote, and other clients open torrents whose names no system takes:
 *
 * | as written | mended |
 * | --- | --- |
 * | `R1/beta`, `dir\a.txt`, a name with NUL | `R1_beta`, `dir_a.txt`: such a character becomes `_` |
 * | an empty name, `.` or `..` | `_` |
 * | a name longer than MAX_COMPONENT_LENGTH | cut, the end of its extension kept |
 * | more than MAX_PATH_DEPTH names | the first folders and the file's name |
 * | a path that is there already, as a file or as a folder | `a (2).txt`; folders keep their names |
 *
 * Names that only some systems dislike are left as they are: bridge/safe-names.ts changes them where files are saved.
 */
import { MAX_COMPONENT_LENGTH, MAX_PATH_DEPTH } from "./constants.ts";

/** Whether a name says where a file is instead of naming it, or says nothing. */
export function isNoName(name: string): boolean {
  return name === "" || name === "." || name === "..";
}

/** A name without what is dangerous in it. */
export function mendName(name: string): string {
  if (isNoName(name)) return "_";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is one of the characters that end or split a name
  const mended = name.replace(/[/\\\u0000]/g, "_");
  return mended.length <= MAX_COMPONENT_LENGTH ? mended : cut(mended);
}

/** Cuts a name that is too long before its extension, never within a character. */
function cut(name: string): string {
  const extension = /\.[^.]{1,16}$/.exec(name)?.[0] ?? "";
  const stem = name.slice(0, MAX_COMPONENT_LENGTH - extension.length);
  return stem.replace(/[\ud800-\udbff]$/, "") + extension;
}

/** The mended paths, in the same order. Their names must be mended already. Linear in the number of names. */
export function mendPaths(written: readonly (readonly string[])[]): string[][] {
  const paths = written.map(flatten);
  const root = new Folder();
  const folders = paths.map((path) => {
    let folder = root;
    for (const name of path.slice(0, -1)) folder = folder.subfolder(name);
    return folder;
  });
  for (const [i, path] of paths.entries()) path.push(folders[i]!.take(path.pop()!));
  return paths;
}

function flatten(path: readonly string[]): string[] {
  if (path.length <= MAX_PATH_DEPTH) return [...path];
  return [...path.slice(0, MAX_PATH_DEPTH - 1), path.at(-1)!];
}

/** The names in one folder. All folders are there before the first file takes a name. */
class Folder {
  readonly #entries: Map<string, Folder | null>;
  /** The number that was given last to a file of a name, by the name. Made when it is needed. */
  #numbers: Map<string, number> | null;

  constructor() {
    this.#entries = new Map();
    this.#numbers = null;
  }

  subfolder(name: string): Folder {
    const known = this.#entries.get(name);
    if (known) return known;
    const folder = new Folder();
    this.#entries.set(name, folder);
    return folder;
  }

  /** The name that a file gets here. */
  take(name: string): string {
    const free = this.#entries.has(name) ? this.#numbered(name) : name;
    this.#entries.set(free, null);
    return free;
  }

  #numbered(name: string): string {
    const [, stem = name, extension = ""] = /^(.+?)(\.[^.]*)?$/s.exec(name) ?? [];
    this.#numbers ??= new Map();
    for (let number = (this.#numbers.get(name) ?? 1) + 1; ; number++) {
      const candidate = `${stem} (${number})${extension}`;
      if (this.#entries.has(candidate)) continue;
      this.#numbers.set(name, number);
      return candidate;
    }
  }
}

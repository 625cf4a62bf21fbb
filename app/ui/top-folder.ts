/** The top folder is the one that all files of a draft are in, if there is one: the share has its name. Pure. */

import type { NamedPaths } from "../bridge/commands.ts";

interface Path {
  readonly path: readonly string[];
}

/** Null when there are several things at the top, or a file. */
export function topFolderOf(files: readonly Path[]): string | null {
  const top = files[0]?.path[0];
  return top !== undefined && files.every(({ path }) => path.length > 1 && path[0] === top) ? top : null;
}

/** The path below the top folder; the whole path where there is none, or where it is in another. */
export function pathBelow({ path }: Path, topFolder: string | null): readonly string[] {
  return path.length > 1 && path[0] === topFolder ? path.slice(1) : path;
}

/** Named paths of some of `files`, below the top folder of all of them. */
export function pathsBelow({ count, first }: NamedPaths, files: readonly Path[]): NamedPaths {
  const top = topFolderOf(files);
  return { count, first: first.map((path) => pathBelow({ path }, top)) };
}

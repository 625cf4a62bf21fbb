/**
 * Names and paths of what is shared from here: checks that every client can open and save them. Names that only some
 * systems dislike (CON, a trailing dot) are safe here, because they are escaped when they are saved. Names in torrents of
 * others are not refused but mended (mended-paths.ts).
 */
import { MAX_COMPONENT_LENGTH, MAX_PATH_DEPTH } from "./constants.ts";
import { isWellFormed } from "./utf8.ts";

/**
 * Whether a name can be a component of a path: not empty, "." or "..", not too long, no separator, no NUL, no lone
 * surrogate.
 */
export function isSafeName(name: string): boolean {
  return (
    name !== "" &&
    name.length <= MAX_COMPONENT_LENGTH &&
    name !== "." &&
    name !== ".." &&
    !name.includes("/") &&
    !name.includes("\\") &&
    !name.includes("\0") &&
    isWellFormed(name)
  );
}

/** Whether a path has one to MAX_PATH_DEPTH components, all of them safe. */
export function isSafePath(path: readonly string[]): boolean {
  return path.length > 0 && path.length <= MAX_PATH_DEPTH && path.every(isSafeName);
}

/** A path or name for an error's detail. It is short even when the path is hostile. */
export function showPath(path: readonly string[]): string {
  const text = path.slice(0, MAX_PATH_DEPTH).join("/");
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}

/** A file (null) or a folder (its entries by name). */
type Entry = null | Map<string, Entry>;

/** The first path that occurs twice, or is a file here and a folder there. Null when there is none. */
export function findClash(paths: Iterable<readonly string[]>): readonly string[] | null {
  const root = new Map<string, Entry>();
  for (const path of paths) {
    let folder = root;
    for (const [i, name] of path.entries()) {
      const found = folder.get(name);
      if (i === path.length - 1) {
        if (found !== undefined) return path;
        folder.set(name, null);
      } else if (found === undefined) {
        const created = new Map<string, Entry>();
        folder.set(name, created);
        folder = created;
      } else if (found === null) {
        return path;
      } else {
        folder = found;
      }
    }
  }
  return null;
}

/**
 * An intake is what a person dropped, picked or pasted, as one list: files with their whole paths, and what is left
 * out. All ways in give the same list for the same files. Examples:
 *
 * | dropped | paths | left out |
 * | --- | --- | --- |
 * | the file `fish.jpg` | `fish.jpg` | |
 * | the folder `sea` | `sea/fish.jpg`, … | `sea/.DS_Store` (system) |
 * | the folder `sea` of one disk and that of another | `sea/fish.jpg`, `sea (1)/fish.jpg` | |
 * | `image.jpg` of two other folders | `image.jpg`, `image (1).jpg` | |
 * | only `.DS_Store` | `.DS_Store` | |
 *
 * Its name, and whether it is a single file, follow from the paths (engine/content/share-layout.ts).
 */

import type { SharedFile } from "../../bridge/commands.ts";
import { ShoalError } from "../../engine/errors.ts";
import { FreeNames } from "./free-names.ts";
import type { LeftOut } from "./left-out.ts";
import type { Root } from "./walk.ts";

export interface Intake {
  readonly files: readonly SharedFile[];
  readonly leftOut: readonly LeftOut[];
  /** A folder of it came from a picker, which hides some names (walk.ts). */
  readonly mayLack?: boolean;
}

/**
 * The intake of what was found. System files are left out, unless there is nothing else: then they are meant.
 * @throws ShoalError torrent/empty without files, source/unreadable when none can be opened
 */
export function makeIntake(roots: readonly Root[]): Intake {
  const names = new FreeNames();
  const full = roots.filter(({ files, leftOut }) => files.length + leftOut.length > 0);
  const renamed = full.map((root) => renameRoot(root, names.take(root.name, root.isFolder)));
  const files = renamed.flatMap((root) => root.files);
  const leftOut = renamed.flatMap((root) => root.leftOut);
  if (files.length > 0) return { files, leftOut };
  const meant = leftOut.flatMap(({ file }) => file ?? []);
  if (meant.length > 0) return { files: meant, leftOut: leftOut.filter(({ file }) => file === null) };
  const bad = leftOut.find(({ reason }) => reason !== "empty-folder" && reason !== "system");
  if (bad) throw new ShoalError("source/unreadable", bad.path.at(-1));
  throw new ShoalError("torrent/empty");
}

export interface AddedIntake extends Intake {
  /** Files that were there already. They are not in `files`. */
  readonly again: number;
}

/**
 * The intake as it is added to `present` files. A file or folder with the name of something else is numbered; what is
 * there already is taken once. A file is there already when name, size and modification time are equal; a folder, when
 * that is so for at least one of its files and no other file has another size or time under the same path.
 */
export function addIntake(intake: Intake, present: readonly SharedFile[]): AddedIntake {
  const names = new FreeNames(present.map(({ path }) => path[0]!));
  const taken = new Set(present.map(({ path }) => path[0]!));
  const files: SharedFile[] = [];
  const leftOut: LeftOut[] = [];
  let again = 0;
  for (const root of splitRoots(intake)) {
    const isKnown = taken.has(root.name);
    const fresh = isKnown ? freshFiles(root, present) : root.files;
    if (fresh !== null) again += root.files.length - fresh.length;
    // Files that are there already keep their names.
    const added =
      isKnown && fresh !== null
        ? { ...root, files: fresh }
        : renameRoot(root, names.take(root.name, root.isFolder));
    for (const file of added.files) files.push(file);
    for (const left of added.leftOut) leftOut.push(left);
  }
  return { files, leftOut, again };
}

/** The .torrent files, if there is nothing else: they are to be opened, not shared. */
export function torrentFilesOf({ files }: Intake): readonly SharedFile[] {
  return files.every(({ path }) => path.length === 1 && /\.torrent$/i.test(path[0]!)) ? files : [];
}

function renameRoot(root: Root, name: string): Root {
  if (root.name === name) return root;
  const rename = (path: readonly string[]) => [name, ...path.slice(1)];
  const renameFile = (file: SharedFile): SharedFile => ({ ...file, path: rename(file.path) });
  return {
    name,
    isFolder: root.isFolder,
    files: root.files.map(renameFile),
    leftOut: root.leftOut.map(({ path, reason, file }) => ({
      ...{ path: rename(path), reason },
      file: file && renameFile(file),
    })),
  };
}

/** No two roots of an intake have the same name. */
function splitRoots({ files, leftOut }: Intake): Root[] {
  const roots = new Map<string, { files: SharedFile[]; leftOut: LeftOut[] }>();
  const rootOf = ([name]: readonly string[]) => {
    const root = roots.get(name!) ?? { files: [], leftOut: [] };
    roots.set(name!, root);
    return root;
  };
  for (const file of files) rootOf(file.path).files.push(file);
  for (const left of leftOut) rootOf(left.path).leftOut.push(left);
  return [...roots].map(([name, root]) => {
    const { path, reason } = { reason: null, ...root.leftOut[0], ...root.files[0] };
    return { name, isFolder: path!.length > 1 || reason === "empty-folder", ...root };
  });
}

/** The files of a root that are not among those present; null when it is another root of the same name. */
function freshFiles(root: Root, present: readonly SharedFile[]): SharedFile[] | null {
  const presentFiles = new Map<string, File>();
  const presentFolders = new Set<string>();
  for (const { path, file } of present) {
    if (path[0] !== root.name) continue;
    presentFiles.set(path.join("/"), file);
    for (let depth = 1; depth < path.length; depth++) presentFolders.add(path.slice(0, depth).join("/"));
  }
  const fresh: SharedFile[] = [];
  for (const each of root.files) {
    const { path, file } = each;
    const former = presentFiles.get(path.join("/"));
    if (former === undefined) fresh.push(each);
    else if (former.size !== file.size || former.lastModified !== file.lastModified) return null;
    if (presentFolders.has(path.join("/"))) return null;
    for (let depth = 1; depth < path.length; depth++) {
      if (presentFiles.has(path.slice(0, depth).join("/"))) return null;
    }
  }
  return fresh.length < root.files.length ? fresh : null;
}

/**
 * Files of a file input or a folder input. Both tell all files at once, and of each its path below what was picked. For a
 * folder, Chromium makes them in one task before the page hears of it: about 0.1 ms of processor time each. A dropped
 * folder has no such task.
 */

import type { SharedFile } from "../../bridge/commands.ts";
import { MAX_PATH_DEPTH, NAMES_AT_ONCE } from "../constants.ts";
import { FreeNames } from "./free-names.ts";
import { type Intake, makeIntake } from "./intake.ts";
import type { LeftOut } from "./left-out.ts";
import { sharedName } from "./names.ts";
import { type IntakeOptions, Pace } from "./pace.ts";
import { isSystemName } from "./system-files.ts";
import type { Root } from "./walk.ts";

/**
 * Takes the files of a file input or a folder input.
 * @throws ShoalError torrent/empty without files, share/cancelled
 */
export async function intakeFiles(files: Iterable<File>, options: IntakeOptions = {}): Promise<Intake> {
  const pace = new Pace(options);
  const folders = new Map<string, PickedRoot>();
  const roots: PickedRoot[] = [];
  for (const file of files) {
    if (++pace.found % NAMES_AT_ONCE === 0) await pace.step();
    pace.opened++;
    const written = pathOf(file);
    const path = written.map(sharedName);
    const name = path[0]!;
    const isFolder = path.length > 1;
    let root = isFolder ? folders.get(name) : undefined;
    if (root === undefined) {
      root = { name, isFolder, files: [], leftOut: [], changed: [] };
      if (isFolder) folders.set(name, root);
      roots.push(root);
    }
    const shared = { file, path, handle: null };
    if (path.length > MAX_PATH_DEPTH) root.leftOut.push({ path, reason: "too-deep", file: null });
    else if (path.some(isSystemName)) root.leftOut.push({ path, reason: "system", file: shared });
    else (isFolder && path.at(-1) !== written.at(-1) ? root.changed : root.files).push(shared);
  }
  for (const root of roots) if (root.changed.length > 0) addChanged(root);
  return makeIntake(roots);
}

interface PickedRoot extends Root {
  readonly files: SharedFile[];
  readonly leftOut: LeftOut[];
  /** Files in a folder that cannot be shared under the names that they have. */
  readonly changed: SharedFile[];
}

/** Adds the files whose names were changed, numbered where another file has the name. */
function addChanged(root: PickedRoot): void {
  const names = new Map<string, FreeNames>();
  const namesIn = (folder: readonly string[]): FreeNames => {
    const key = folder.join("/");
    const free = names.get(key) ?? new FreeNames();
    names.set(key, free);
    return free;
  };
  for (const { path } of root.files) namesIn(path.slice(0, -1)).take(path.at(-1)!, false);
  for (const { path, ...file } of root.changed) {
    const folder = path.slice(0, -1);
    root.files.push({ ...file, path: [...folder, namesIn(folder).take(path.at(-1)!, false)] });
  }
}

/** The path that a file has below what was picked, the folder's own name first. */
function pathOf({ name, webkitRelativePath }: File): string[] {
  // Browsers of phones may not know the property.
  if (!webkitRelativePath) return [name];
  // Chromium writes a backslash in a name as a slash, as if it parted folders.
  const written = name.replaceAll("\\", "/");
  const parents = webkitRelativePath.endsWith(`/${written}`)
    ? webkitRelativePath.slice(0, -written.length - 1).split("/")
    : webkitRelativePath.split("/").slice(0, -1);
  return [...parents, name];
}

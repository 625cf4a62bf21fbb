/**
 * An intake is what a person dropped or picked, as the `share` command takes it: files with their paths, and a name
 * for the whole. Folders are walked to their ends, and empty ones leave nothing. Examples:
 *
 * | dropped | name | paths |
 * | --- | --- | --- |
 * | the file `fish.jpg` | `fish.jpg`, a single file | `fish.jpg` |
 * | the folder `sea` | `sea` | `fish.jpg`, … |
 * | the file `b.txt` and the folder `a` | `a`, with 1 other entry | `b.txt`, `a/fish.jpg`, … |
 *
 * The engine decides which names a torrent may have.
 */

import type { SharedFile } from "../bridge/commands.ts";
import { ShoalError } from "../engine/errors.ts";

export interface Intake {
  readonly name: string;
  /** Files and folders besides the one that gave the name; 0 for a single file and for a folder. */
  readonly otherEntries: number;
  /** One file on its own, not a folder. */
  readonly singleFile: boolean;
  readonly files: readonly SharedFile[];
}

/** The three forms that one dropped item gives. They must be taken before the drop event ends. */
interface DroppedItem {
  readonly handle: Promise<FileSystemHandle | null>;
  readonly entry: FileSystemEntry | null;
  readonly file: File | null;
}

/** Chromium's method, unknown to TypeScript: the only way to a handle that lasts. */
interface ItemWithHandle {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/**
 * Takes what was dropped. To be called in the event's own task: the browser empties `data` afterwards.
 * @throws ShoalError torrent/empty without files, source/gone when one cannot be read
 */
export async function intakeDrop(data: DataTransfer): Promise<Intake> {
  const items = [...data.items].filter((item) => item.kind === "file").map(takeItem);
  const roots = await Promise.all(items.map(walkItem));
  return combine(roots.filter((root) => root !== null));
}

/**
 * Takes the files of a file input or a folder input.
 * @throws ShoalError torrent/empty without files
 */
export function intakeFiles(files: Iterable<File>): Intake {
  const roots = new Map<string, Root>();
  for (const file of files) {
    const components = file.webkitRelativePath === "" ? [file.name] : file.webkitRelativePath.split("/");
    const [top = "", ...rest] = components;
    const isFolder = rest.length > 0;
    const path = isFolder ? rest : [top];
    const key = isFolder ? `${top}/` : `${roots.size}`;
    const root = roots.get(key) ?? { name: top, isFolder, files: [] };
    root.files.push({ file, path, handle: null });
    roots.set(key, root);
  }
  return combine([...roots.values()]);
}

/** A file or folder at the top of what was dropped or picked; a folder's paths begin below it. */
interface Root {
  readonly name: string;
  readonly isFolder: boolean;
  readonly files: SharedFile[];
}

function combine(roots: readonly Root[]): Intake {
  const full = roots.filter((root) => root.files.length > 0);
  const [first, ...others] = full;
  if (!first) throw new ShoalError("torrent/empty");
  const otherEntries = others.length;
  if (otherEntries === 0)
    return { name: first.name, otherEntries, singleFile: !first.isFolder, files: first.files };
  const files = full.flatMap((root) =>
    root.isFolder ? root.files.map((file) => ({ ...file, path: [root.name, ...file.path] })) : root.files,
  );
  return { name: firstName(full), otherEntries, singleFile: false, files };
}

/**
 * The first of the names in a torrent's order, which is by code points. So the name does not depend on a language,
 * nor on the order in which things were dropped or picked.
 */
function firstName(roots: readonly Root[]): string {
  return roots.map(({ name }) => name).reduce((first, name) => (isBefore(name, first) ? name : first));
}

/** By code points, as UTF-8 sorts; a string's own order is by UTF-16. */
function isBefore(name: string, other: string): boolean {
  const [points, others] = [[...name], [...other]];
  const at = points.findIndex((point, index) => point !== others[index]);
  if (at < 0) return points.length < others.length;
  return at < others.length && points[at]!.codePointAt(0)! < others[at]!.codePointAt(0)!;
}

function takeItem(item: DataTransferItem): DroppedItem {
  const handle = (item as ItemWithHandle).getAsFileSystemHandle?.() ?? Promise.resolve(null);
  return { handle: handle.catch(() => null), entry: item.webkitGetAsEntry(), file: item.getAsFile() };
}

async function walkItem({ handle, entry, file }: DroppedItem): Promise<Root | null> {
  const root = (await handle) ?? entry;
  try {
    if (root === null)
      return file && { name: file.name, isFolder: false, files: [shared(file, [file.name])] };
    const { name } = root;
    if (root instanceof FileSystemFileHandle)
      return { name, isFolder: false, files: [shared(await root.getFile(), [name], root)] };
    if (root instanceof FileSystemDirectoryHandle)
      return { name, isFolder: true, files: await walkHandle(root, []) };
    const { isDirectory } = root as FileSystemEntry;
    return {
      name,
      isFolder: isDirectory,
      files: await walkEntry(root as FileSystemEntry, isDirectory ? [] : [name]),
    };
  } catch (cause) {
    if (cause instanceof ShoalError) throw cause;
    throw new ShoalError("source/gone", root?.name ?? "", { cause });
  }
}

function shared(file: File, path: readonly string[], handle: FileSystemFileHandle | null = null): SharedFile {
  return { file, path, handle };
}

/** Every file below a folder; `path` is the folder's own. */
async function walkHandle(folder: FileSystemDirectoryHandle, path: readonly string[]): Promise<SharedFile[]> {
  const walks: Promise<SharedFile[]>[] = [];
  for await (const [name, child] of folder.entries()) {
    walks.push(walkChild(child, [...path, name]));
  }
  return (await Promise.all(walks)).flat();
}

async function walkChild(child: FileSystemHandle, path: readonly string[]): Promise<SharedFile[]> {
  if (child instanceof FileSystemDirectoryHandle) return walkHandle(child, path);
  const handle = child as FileSystemFileHandle;
  return [shared(await handle.getFile(), path, handle)];
}

/** Every file below an entry, or the file that it is; `path` is the entry's own. */
async function walkEntry(entry: FileSystemEntry, path: readonly string[]): Promise<SharedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return [shared(file, path)];
  }
  const children = await readAll((entry as FileSystemDirectoryEntry).createReader());
  return (await Promise.all(children.map((child) => walkEntry(child, [...path, child.name])))).flat();
}

/** A reader hands entries out in batches (of 100 in Chromium) until an empty one. */
async function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (batch.length === 0) return entries;
    entries.push(...batch);
  }
}

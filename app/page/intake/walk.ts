/**
 * The walk goes from what was dropped to every file below it. Chromium gives two ways into a folder. Its *entries* know
 * every name. Its *handles* last beyond the page and open files fast, but they hide names that Windows or a shell could
 * take amiss (`12:30 notes.txt`, `desktop.ini`, emoji with joiners). So names come from entries, and each file has its
 * handle where there is one. Other browsers have entries only, and a folder picker of Chromium has handles only.
 *
 * Folders are listed level by level: first all names, then the files are opened. A file that cannot be opened is left
 * out, and the rest goes on.
 */

import type { SharedFile } from "../../bridge/commands.ts";
import { FILES_AT_ONCE, FOLDERS_AT_ONCE, MAX_PATH_DEPTH, NAMES_AT_ONCE } from "../constants.ts";
import { FreeNames } from "./free-names.ts";
import type { LeftOut, LeftOutReason } from "./left-out.ts";
import { sharedName, UNKNOWN_NAME } from "./names.ts";
import { inLanes, type Pace } from "./pace.ts";
import { isSystemName } from "./system-files.ts";

/** A file or folder that was dropped, in as many forms as the browser gives. */
export interface DroppedItem {
  readonly name: string;
  readonly entry: FileSystemEntry | null;
  readonly handle: FileSystemHandle | null;
  /** For a file that has neither entry nor handle. */
  readonly file: File | null;
}

/** A file or folder at the top of what was dropped or picked, with all that is below it. */
export interface Root {
  readonly name: string;
  readonly isFolder: boolean;
  /** Paths begin with the root's own name. */
  readonly files: readonly SharedFile[];
  readonly leftOut: readonly LeftOut[];
}

interface Place {
  /** Index of its root. */
  readonly root: number;
  readonly path: readonly string[];
  readonly isSystem: boolean;
  readonly entry: FileSystemEntry | null;
  readonly handle: FileSystemHandle | null;
  readonly file: File | null;
}

interface Listing {
  readonly files: Place[];
  readonly folders: Place[];
  readonly leftOut: LeftOut[];
}

interface Children {
  readonly entries: FileSystemEntry[];
  readonly handles: Map<string, FileSystemHandle>;
  /** The browser told of all of them. */
  readonly whole: boolean;
}

/**
 * Everything below the items, a root for each.
 * @throws ShoalError share/cancelled
 */
export async function walk(items: readonly DroppedItem[], pace: Pace): Promise<Root[]> {
  const files: SharedFile[][] = items.map(() => []);
  const leftOut: LeftOut[][] = items.map(() => []);
  const found: Place[] = [];
  let folders: Place[] = [];
  items.forEach(({ name, entry, handle, file }, root) => {
    const place = {
      ...{ root, path: [sharedName(name)], isSystem: isSystemName(name) },
      ...{ entry, handle, file },
    };
    if (name === "") leftOut[root]!.push(leave(place, "name"));
    else if (isFolder(place)) folders.push(place);
    else found.push(place);
  });
  pace.found += found.length;
  while (folders.length > 0) {
    const listings = await inLanes(pace, folders, FOLDERS_AT_ONCE, (folder) => list(folder, pace));
    const below: Place[] = [];
    for (const [index, listing] of listings.entries()) {
      for (const place of listing.files) found.push(place);
      for (const place of listing.folders) below.push(place);
      for (const left of listing.leftOut) leftOut[folders[index]!.root]!.push(left);
    }
    folders = below;
  }
  await inLanes(pace, found, FILES_AT_ONCE, async (place) => {
    const file = await open(place);
    pace.opened++;
    if (file !== null && !place.isSystem) files[place.root]!.push(file);
    else leftOut[place.root]!.push(leave(place, hasUnknownName(place) ? "name" : "unreadable", file));
  });
  return items.map((item, root) => ({
    name: sharedName(item.name),
    isFolder: isFolder(item),
    files: files[root]!,
    leftOut: leftOut[root]!,
  }));
}

function isFolder({ entry, handle }: Pick<Place, "entry" | "handle">): boolean {
  return entry === null ? handle?.kind === "directory" : entry.isDirectory;
}

function leave({ path, isSystem }: Place, reason: LeftOutReason, file: SharedFile | null = null): LeftOut {
  return { path, reason: isSystem ? "system" : reason, file };
}

/** Firefox puts U+FFFD for what it cannot tell of a name, and then fails to find what has it. */
function hasUnknownName({ path }: Place): boolean {
  return path.at(-1)!.includes(UNKNOWN_NAME);
}

async function list(folder: Place, pace: Pace): Promise<Listing> {
  const listing: Listing = { files: [], folders: [], leftOut: [] };
  if (folder.path.length >= MAX_PATH_DEPTH) {
    listing.leftOut.push(leave(folder, "too-deep"));
    return listing;
  }
  const { entries, handles, whole } = await readChildren(folder, pace);
  if (!whole) listing.leftOut.push(leave(folder, hasUnknownName(folder) ? "name" : "unreadable"));
  else if (entries.length + handles.size === 0) listing.leftOut.push(leave(folder, "empty-folder"));
  const free = new FreeNames();
  const add = (name: string, entry: FileSystemEntry | null, handle: FileSystemHandle | null): void => {
    const isSystem = folder.isSystem || isSystemName(name);
    const isDirectory = isFolder({ entry, handle });
    // Numbered only where two names differ in what cannot be shared of them.
    const shown = name === "" ? UNKNOWN_NAME : free.take(sharedName(name), isDirectory);
    const place: Place = {
      ...{ root: folder.root, path: [...folder.path, shown], isSystem },
      ...{ entry, handle, file: null },
    };
    // Chromium's entry of a folder without a name would list the folder that it is in.
    if (name === "") listing.leftOut.push(leave(place, "name"));
    else if (isDirectory) listing.folders.push(place);
    else listing.files.push(place);
    if (name !== "" && !isDirectory) pace.found++;
  };
  let names = 0;
  for (const entry of entries) {
    if (++names % NAMES_AT_ONCE === 0) await pace.step();
    const handle = handles.get(entry.name) ?? null;
    handles.delete(entry.name);
    add(entry.name, entry, handle?.kind === (entry.isDirectory ? "directory" : "file") ? handle : null);
  }
  for (const [name, handle] of handles) {
    if (++names % NAMES_AT_ONCE === 0) await pace.step();
    add(name, null, handle);
  }
  return listing;
}

async function readChildren({ entry, handle }: Place, pace: Pace): Promise<Children> {
  const [byEntries, byHandles] = await Promise.all([
    entry === null ? null : readEntries((entry as FileSystemDirectoryEntry).createReader(), pace),
    handle === null ? null : readHandles(handle as FileSystemDirectoryHandle, pace),
  ]);
  const handles = byHandles?.handles ?? new Map<string, FileSystemHandle>();
  if (byEntries === null) return { entries: [], handles, whole: byHandles?.whole ?? false };
  return { ...byEntries, handles };
}

/** A reader hands entries out in batches (of 100 in Chromium) until an empty one. */
async function readEntries(
  reader: FileSystemDirectoryReader,
  pace: Pace,
): Promise<Pick<Children, "entries" | "whole">> {
  const entries: FileSystemEntry[] = [];
  for (;;) {
    await pace.step();
    try {
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => {
        reader.readEntries(resolve, reject);
      });
      if (batch.length === 0) return { entries, whole: true };
      for (const entry of batch) entries.push(entry);
    } catch {
      return { entries, whole: false };
    }
  }
}

async function readHandles(
  folder: FileSystemDirectoryHandle,
  pace: Pace,
): Promise<Pick<Children, "handles" | "whole">> {
  const handles = new Map<string, FileSystemHandle>();
  const children = folder.values();
  for (;;) {
    await pace.step();
    try {
      const { done, value } = await children.next();
      if (done) return { handles, whole: true };
      handles.set(value.name, value);
    } catch {
      return { handles, whole: false };
    }
  }
}

/** The file at a place; null when the browser cannot open it. */
async function open(place: Place): Promise<SharedFile | null> {
  const { path } = place;
  // A handle that cannot be opened now is of no use later: a link's, when the link itself was dropped.
  const handle = place.handle as FileSystemFileHandle | null;
  const byHandle = (await handle?.getFile().catch(() => null)) ?? null;
  if (byHandle !== null) return { file: byHandle, path, handle };
  const entry = place.entry as FileSystemFileEntry | null;
  // A link to nowhere has a File without bytes, and no entry.
  if (entry === null) return place.file && handle === null ? { file: place.file, path, handle } : null;
  const file = await new Promise<File | null>((resolve) => {
    entry.file(resolve, () => resolve(null));
  });
  return file && { file, path, handle: null };
}

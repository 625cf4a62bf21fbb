/**
 * Own files that a person gives to a share again are matched with the files of its torrent, by paths, names and sizes.
 * Dropped files need not be those that were shared: a folder may have another name by now, and a file may come alone.
 * So each file is looked for in this order:
 *
 * | the file of the torrent has | found for `sea/deep/eel.jpg` |
 * | --- | --- |
 * | the same path and size | `sea/deep/eel.jpg` |
 * | the same path in a folder of another name, and the same size | `lake/deep/eel.jpg` |
 * | the same name and size, and is missing | `eel.jpg` |
 * | the same path, and another size: it has changed | `sea/deep/eel.jpg` |
 * | the same name, another size, and is missing | `eel.jpg` |
 *
 * Whether the content is the same is left to the caller (file-source.ts).
 */

import type { SharedFile } from "../bridge/commands.ts";
import { orderKey } from "../engine/content/share-layout.ts";
import type { TorrentInfo } from "../engine/content/torrent-info.ts";

export interface OwnFileMatch {
  /** For each file of the torrent that has the right size, by its index: the file that was given. */
  readonly found: ReadonlyMap<number, SharedFile>;
  /** The same for files of another size. */
  readonly changed: ReadonlyMap<number, SharedFile>;
  /** Files that are not in the torrent. */
  readonly extra: readonly SharedFile[];
}

/** `missing`: indices of the torrent's files that cannot be read. */
export function matchOwnFiles(
  info: TorrentInfo,
  files: readonly SharedFile[],
  missing: { has(file: number): boolean },
): OwnFileMatch {
  const found = new Map<number, SharedFile>();
  const changed = new Map<number, SharedFile>();
  const places = new Map(info.files.map(({ path }, index) => [orderKey(path), index]));
  const isFree = (index: number) => !found.has(index) && !changed.has(index);
  const hasSize = (index: number, { file }: SharedFile) => file.size === info.files[index]!.length;
  /** Places of a file by its path: in the share's own folder first. */
  const placesOf = ({ path }: SharedFile): number[] => {
    const [top, ...below] = path;
    const paths = top === info.name ? [below, path] : [path, below];
    return paths.flatMap((each) => places.get(orderKey(each)) ?? []);
  };
  let rest = files;
  /** Puts the files that are left where they belong. */
  const put = (into: Map<number, SharedFile>, find: (file: SharedFile) => number | undefined) => {
    rest = rest.filter((file) => {
      const index = find(file);
      if (index !== undefined) into.set(index, file);
      return index === undefined;
    });
  };
  const isAtHome = ({ path: [top] }: SharedFile) => top === info.name;
  const byPathAndSize = (file: SharedFile) =>
    placesOf(file).find((index) => isFree(index) && hasSize(index, file));
  // Another folder must not take the place of the share's own.
  put(found, (file) => (isAtHome(file) ? byPathAndSize(file) : undefined));
  put(found, byPathAndSize);
  if (rest.length > 0) {
    const lacking = info.files.flatMap(({ path, length }, index) =>
      missing.has(index) && isFree(index) ? [{ index, name: path.at(-1)!, length }] : [],
    );
    const byNameAndSize = queues(lacking, ({ name, length }) => `${length} ${name}`);
    put(found, ({ file, path }) => byNameAndSize.get(`${file.size} ${path.at(-1)}`)?.pop());
    put(changed, (file) => placesOf(file).find(isFree));
    const byName = queues(
      lacking.filter(({ index }) => isFree(index)),
      ({ name }) => name,
    );
    put(changed, ({ path }) => byName.get(path.at(-1)!)?.pop());
  }
  return { found, changed, extra: rest };
}

/** Indices by a key, the last of the torrent first: the next one is the last of its array. */
function queues<Item extends { readonly index: number }>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Map<string, number[]> {
  const byKey = new Map<string, number[]>();
  for (const item of [...items].reverse()) {
    const key = keyOf(item);
    const queue = byKey.get(key);
    if (queue) queue.push(item.index);
    else byKey.set(key, [item.index]);
  }
  return byKey;
}

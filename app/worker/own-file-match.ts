/**
 * Own files that a person gives to a share again are matched with the files of its torrent, by paths, names and sizes.
 * What was dropped need not be what was shared: a folder may have another name by now, and a file may come alone. Each
 * file is looked for in this order:
 *
 * | the file of the torrent has | in the example `sea/deep/eel.jpg` |
 * | --- | --- |
 * | the same path | `sea/deep/eel.jpg` |
 * | the same path in a folder of another name | `lake/deep/eel.jpg` |
 * | the same name and size, and is missing | `eel.jpg` |
 * | the same name, and is missing | `eel.jpg` of another size: it has changed |
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
  const take = (file: SharedFile, index: number | undefined): boolean => {
    if (index === undefined || found.has(index) || changed.has(index)) return false;
    (file.file.size === info.files[index]!.length ? found : changed).set(index, file);
    return true;
  };
  const byPath = (path: readonly string[]) => places.get(orderKey(path));
  // Those with the folder's own name come first: another folder must not take their place.
  const isAtHome = ({ path: [top] }: SharedFile) => top === info.name;
  const rest = files.filter((file) => !(isAtHome(file) && take(file, byPath(file.path.slice(1)))));
  const homeless = rest.filter(
    (file) => !take(file, byPath(file.path)) && !take(file, byPath(file.path.slice(1))),
  );
  const lacking = info.files.flatMap((file, index) =>
    missing.has(index) && !found.has(index) && !changed.has(index)
      ? [{ index, name: file.path.at(-1)!, length: file.length }]
      : [],
  );
  const byNameAndSize = queues(lacking, ({ name, length }) => `${length} ${name}`);
  const unknown = homeless.filter(
    (file) => !take(file, byNameAndSize.get(`${file.file.size} ${file.path.at(-1)}`)?.shift()),
  );
  const byName = queues(
    lacking.filter(({ index }) => !found.has(index)),
    ({ name }) => name,
  );
  const extra = unknown.filter((file) => !take(file, byName.get(file.path.at(-1)!)?.shift()));
  return { found, changed, extra };
}

/** Indices by a key, in the torrent's order. */
function queues<Item extends { readonly index: number }>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Map<string, number[]> {
  const byKey = new Map<string, number[]>();
  for (const item of items) {
    const key = keyOf(item);
    const queue = byKey.get(key);
    if (queue) queue.push(item.index);
    else byKey.set(key, [item.index]);
  }
  return byKey;
}

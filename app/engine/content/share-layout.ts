/**
 * The layout of a share: which name it gets and which paths its files have, from the paths of what was dropped or picked.
 * It depends on the paths alone, so the same files in another order, or by another way in, give the same torrent.
 *
 * | paths | name | paths in the torrent |
 * | --- | --- | --- |
 * | `fish.jpg` | `fish.jpg`, a single file | `fish.jpg` |
 * | `sea/fish.jpg`, `sea/deep/eel.jpg` | `sea` | `deep/eel.jpg`, `fish.jpg` |
 * | `b.txt`, `a/fish.jpg` | `a`, with 1 other entry | `a/fish.jpg`, `b.txt` |
 *
 * A person may give a share another name, which is no part of the torrent (TorrentRecord.title).
 */

/** As much of a file as the layout asks for: its whole path, the name of what was dropped or picked first. */
export interface PathOfFile {
  readonly path: readonly string[];
}

export interface ShareLayout {
  /** The folder's name, or the first name at the top, in torrent order. */
  readonly name: string;
  /** Files and folders at the top besides the one that gave the name; 0 for a single file and for a folder. */
  readonly otherEntries: number;
  /** One file on its own, not a folder. */
  readonly singleFile: boolean;
  /** Components of each path that are not in the torrent: 1 for a folder, whose name is the torrent's, else 0. */
  readonly depth: 0 | 1;
}

/** The layout of at least one file. */
export function layOutShare(files: Iterable<PathOfFile>): ShareLayout {
  const tops = new Set<string>();
  let count = 0;
  let isInFolder = true;
  for (const { path } of files) {
    tops.add(path[0]!);
    isInFolder &&= path.length > 1;
    count++;
  }
  const isFolder = tops.size === 1 && isInFolder;
  return {
    name: [...tops].reduce((first, other) => (orderKey([other]) < orderKey([first]) ? other : first)),
    otherEntries: tops.size - 1,
    singleFile: count === 1 && !isFolder,
    depth: isFolder ? 1 : 0,
  };
}

/** Characters whose UTF-16 order is not their order by code points. */
const OUT_OF_ORDER = /[\uD800-\uFFFF]/;

/**
 * A text that sorts as paths do in a torrent, and is different for different paths. A torrent's order is bytewise by path
 * component (BEP 52), so by code points; a string's own order is by UTF-16, where surrogates come before U+E000. Names
 * hold no NUL, which parts the components.
 */
export function orderKey(path: readonly string[]): string {
  const key = path.join("\0");
  if (!OUT_OF_ORDER.test(key)) return key;
  return key.replace(/[\uD800-\uFFFF]/g, (unit) => {
    const code = unit.charCodeAt(0);
    return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000);
  });
}

/**
 * A file tree holds the files of a share by folder: which rows are shown, how much of a folder is stored, which files
 * are wanted. It is built once for each file list. All files below a folder have consecutive places in its order. So
 * each question that comes several times a second is a loop over a range of numbers. Example: the files `z.txt`,
 * `a/1` and `a/2` have the indices 0, 1 and 2 in the torrent. The order is 1, 2, 0, and folder `a` starts at place 0
 * and ends before place 2.
 *
 * file-list.ts draws the rows.
 */

export interface ListedFile {
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
}

/** A folder or a file. A file covers one place in the tree's order, a folder those of everything below it. */
export interface TreeNode {
  readonly kind: "folder" | "file";
  readonly name: string;
  /** Path components joined by "/". Unique for each kind. */
  readonly path: string;
  /** 0 at the top. */
  readonly depth: number;
  /** The file's index in the torrent; -1 for a folder. */
  readonly file: number;
  /** The first place in `FileTree.order`, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** Bytes of everything below. */
  readonly length: number;
  readonly children: readonly TreeNode[];
}

export interface FileTree {
  readonly roots: readonly TreeNode[];
  /** Indices of the torrent's files in the order in which the tree shows them. */
  readonly order: Uint32Array;
  readonly folderCount: number;
}

export type Selection = "all" | "some" | "none";

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: number[];
}

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Builds the tree: folders first, each level sorted by name as people count ("2" before "10"). */
export function buildFileTree(files: readonly ListedFile[]): FileTree {
  const top = groupByFolder(files);
  const order = new Uint32Array(files.length);
  let place = 0;
  let folderCount = 0;

  const list = (folder: Folder, parent: string, depth: number): TreeNode[] => {
    const nodes: TreeNode[] = [];
    const names = [...folder.folders.keys()].sort(collator.compare);
    for (const name of names) {
      const path = parent + name;
      const start = place;
      const children = list(folder.folders.get(name)!, `${path}/`, depth + 1);
      const length = children.reduce((sum, child) => sum + child.length, 0);
      nodes.push({ kind: "folder", name, path, depth, file: -1, start, end: place, length, children });
      folderCount += 1;
    }
    const named = folder.files.map((file) => ({ file, name: files[file]!.path.at(-1) ?? "" }));
    named.sort((a, b) => collator.compare(a.name, b.name));
    for (const { file, name } of named) {
      order[place] = file;
      const { length } = files[file]!;
      const path = parent + name;
      nodes.push({
        kind: "file",
        name,
        path,
        depth,
        file,
        start: place,
        end: place + 1,
        length,
        children: [],
      });
      place += 1;
    }
    return nodes;
  };

  const roots = list(top, "", 0);
  return { roots, order, folderCount };
}

function groupByFolder(files: readonly ListedFile[]): Folder {
  const top: Folder = { folders: new Map(), files: [] };
  files.forEach((file, index) => {
    let folder = top;
    for (const name of file.path.slice(0, -1)) {
      let next = folder.folders.get(name);
      if (next === undefined) {
        next = { folders: new Map(), files: [] };
        folder.folders.set(name, next);
      }
      folder = next;
    }
    folder.files.push(index);
  });
  return top;
}

/** The first `limit` rows when only folders in `expanded` (by path) are open, and how many rows there are in all. */
export function visibleRows(
  tree: FileTree,
  expanded: ReadonlySet<string>,
  limit: number,
): { rows: TreeNode[]; total: number } {
  const rows: TreeNode[] = [];
  let total = 0;
  const walk = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      total += 1;
      if (rows.length < limit) rows.push(node);
      if (node.kind === "folder" && expanded.has(node.path)) walk(node.children);
    }
  };
  walk(tree.roots);
  return { rows, total };
}

/** Paths of all folders. */
export function allFolders(tree: FileTree): Set<string> {
  const paths = new Set<string>();
  const walk = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      if (node.kind !== "folder") continue;
      paths.add(node.path);
      walk(node.children);
    }
  };
  walk(tree.roots);
  return paths;
}

/** Whether all, some or none of the files below `node` are wanted. An empty node counts as none. */
export function selectionOf(tree: FileTree, node: TreeNode, wanted: readonly boolean[]): Selection {
  let chosen = 0;
  for (let place = node.start; place < node.end; place += 1) {
    if (wanted[tree.order[place]!]) chosen += 1;
  }
  if (chosen === 0) return "none";
  return chosen === node.end - node.start ? "all" : "some";
}

/** A new selection, in which either everything below `node` is wanted or nothing of it. */
export function withSelection(
  tree: FileTree,
  node: TreeNode,
  wanted: readonly boolean[],
  want: boolean,
): boolean[] {
  const changed = [...wanted];
  for (let place = node.start; place < node.end; place += 1) changed[tree.order[place]!] = want;
  return changed;
}

/** Bytes of everything below `node` that are stored. `fileBytes` is in the torrent's order. */
export function storedBelow(tree: FileTree, node: TreeNode, fileBytes: ArrayLike<number>): number {
  let sum = 0;
  for (let place = node.start; place < node.end; place += 1) sum += fileBytes[tree.order[place]!] ?? 0;
  return sum;
}

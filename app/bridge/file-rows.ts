/**
 * File rows are the rows of a file tree that are shown: those below closed folders are left out, and those that a
 * search does not find. Only a window of them is ever made, so no message and no page grows with the number of files.
 * Folders are all open or all closed at first, and the person turns some of them.
 *
 * A search finds the files and folders in whose names its text occurs, whatever the letter case. They are shown with
 * the folders above them, and folders with something found in them are open. Entries below a found folder are shown
 * when it is opened.
 *
 * file-tree.ts orders the files. The keeper of the files adds what else a row tells, such as its stored bytes.
 */

import { type FileTree, fold } from "./file-tree.ts";

/** Which rows are asked for. */
export interface RowsQuery {
  /** Whether folders are open at first. */
  readonly open: boolean;
  /** The folders that the person turned since, by their nodes. */
  readonly turned: readonly number[];
  /** The text that is searched for; "" for everything. */
  readonly search: string;
  /** The window: rows from `from` up to, not including, `to`. */
  readonly from: number;
  readonly to: number;
}

export interface FileRow {
  /** The number in the tree. Everything below has the numbers up to, not including, `end`. */
  readonly node: number;
  readonly end: number;
  /** The file's place in the list; -1 for a folder. */
  readonly file: number;
  readonly name: string;
  /** Components joined by "/". */
  readonly path: string;
  /** Folders above. */
  readonly depth: number;
  /** Whether a folder is open. */
  readonly open: boolean;
  /** Files below; 1 for a file. */
  readonly fileCount: number;
  /** Bytes of all files below, or of the file. */
  readonly length: number;
}

export interface FileRows<Row extends FileRow = FileRow> {
  /** Rows that are shown in all, not only in the window. */
  readonly total: number;
  readonly rows: readonly Row[];
  /** Files and folders that the search found, whether they are shown or in closed folders. */
  readonly found: number;
}

/** The nodes that are shown, in order, and which of the folders among them are open. */
interface View {
  readonly nodes: Uint32Array;
  readonly open: Uint8Array;
  readonly found: number;
}

/** Makes windows of one tree. */
export class RowMaker {
  readonly #tree: FileTree;
  /** The latest view, which the next window is mostly of too. */
  #latest: { readonly key: string; readonly view: View } | null;

  constructor(tree: FileTree) {
    this.#tree = tree;
    this.#latest = null;
  }

  async rows(query: RowsQuery): Promise<FileRows> {
    const { nodes, open, found } = await this.#view(query);
    const tree = this.#tree;
    const rows = Array.from(nodes.subarray(Math.max(0, query.from), Math.max(0, query.to)), (node, at) => ({
      node,
      end: tree.ends[node]!,
      file: tree.files[node]!,
      name: tree.names[node]!,
      path: tree.path(node),
      depth: tree.depth(node),
      open: open[Math.max(0, query.from) + at] === 1,
      fileCount: tree.fileCounts[node]!,
      length: tree.lengths[node]!,
    }));
    return { total: nodes.length, rows, found };
  }

  async #view({ open, turned, search }: RowsQuery): Promise<View> {
    const text = fold(search.trim());
    const key = JSON.stringify([open, turned, text]);
    if (this.#latest?.key === key) return this.#latest.view;
    const view =
      text === ""
        ? this.#walk(turned, this.#tree.count, () => open)
        : this.#search(turned, text, await this.#tree.foldedNames());
    this.#latest = { key, view };
    return view;
  }

  #search(turned: readonly number[], text: string, names: readonly string[]): View {
    const { count, ends, parents } = this.#tree;
    // Both of each node: 1 when it is to be shown, and when something below it is found.
    const shown = new Uint8Array(count);
    const opens = new Uint8Array(count);
    let found = 0;
    for (let node = count - 1; node >= 0; node--) {
      const isFound = names[node]!.includes(text);
      if (isFound) found++;
      // A closed folder's content must be there when it is opened.
      if (isFound) shown.fill(1, node, ends[node]!);
      const parent = parents[node]!;
      if ((isFound || opens[node] === 1) && parent >= 0) opens[parent] = 1;
      if (opens[node] === 1) shown[node] = 1;
    }
    return this.#walk(
      turned,
      found,
      (node) => opens[node] === 1,
      (node) => shown[node] === 1,
    );
  }

  /** Goes through the nodes in order, and past what is below closed folders. */
  #walk(
    turned: readonly number[],
    found: number,
    isOpenAtFirst: (node: number) => boolean,
    isShown: (node: number) => boolean = () => true,
  ): View {
    const { count, ends } = this.#tree;
    const turns = new Set(turned);
    const nodes = new Uint32Array(count);
    const open = new Uint8Array(count);
    let shown = 0;
    for (let node = 0; node < count; ) {
      if (!isShown(node)) {
        node = ends[node]!;
        continue;
      }
      const isOpen = this.#tree.isFolder(node) && isOpenAtFirst(node) !== turns.has(node);
      nodes[shown] = node;
      open[shown] = isOpen ? 1 : 0;
      shown++;
      node = this.#tree.isFolder(node) && !isOpen ? ends[node]! : node + 1;
    }
    return { nodes: nodes.slice(0, shown), open: open.slice(0, shown), found };
  }
}

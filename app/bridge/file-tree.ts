/**
 * A file tree orders a list of files by folder, as people expect it: folders first, names as people count ("2" before
 * "10"). Its nodes, folders and files, are numbered in the order in which they are shown when every folder is open.
 * So everything below a folder has consecutive numbers, and what is below node 3 is a loop over a range. The same
 * list gives the same numbers on every device. Example: the files `z.txt`, `a/1` and `a/2`:
 *
 * | node | | end | file |
 * | --- | --- | --- | --- |
 * | 0 | folder `a` | 3 | |
 * | 1 | `a/1` | 2 | 1 |
 * | 2 | `a/2` | 3 | 2 |
 * | 3 | `z.txt` | 4 | 0 |
 *
 * The tree never changes. file-rows.ts says which rows of it are shown.
 */

import { NAMES_AT_ONCE } from "./constants.ts";
import { inSlices } from "./slices.ts";

export interface ListedFile {
  readonly path: readonly string[];
  /** Bytes. */
  readonly length: number;
}

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: number[];
}

type Compare<Item> = (a: Item, b: Item) => number;

/** A generator that may pause at each `yield`. */
type Work<Result> = Generator<undefined, Result, undefined>;

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

export class FileTree {
  /** Nodes: folders and files. */
  readonly count: number;
  readonly fileCount: number;
  /** The last component of each node's path. */
  readonly names: readonly string[];
  /** The number of each node's folder; -1 at the top. */
  readonly parents: Int32Array;
  /** The number after the last node below each node. */
  readonly ends: Uint32Array;
  /** The place of each node's file in the list; -1 for a folder. */
  readonly files: Int32Array;
  /** Bytes of all files below each node, or of the file itself. */
  readonly lengths: Float64Array;
  /** Files below each node; 1 for a file. */
  readonly fileCounts: Uint32Array;
  #folded: readonly string[] | null;

  private constructor(nodes: NodeTable) {
    this.count = nodes.names.length;
    this.names = nodes.names;
    this.parents = Int32Array.from(nodes.parents);
    this.ends = Uint32Array.from(nodes.ends);
    this.files = Int32Array.from(nodes.files);
    this.lengths = Float64Array.from(nodes.lengths);
    this.fileCounts = Uint32Array.from(nodes.fileCounts);
    this.fileCount = nodes.files.reduce((sum, file) => (file < 0 ? sum : sum + 1), 0);
    this.#folded = null;
  }

  /** Builds the tree in slices, because sorting 50,000 names takes half a second. */
  static build(files: readonly ListedFile[]): Promise<FileTree> {
    return inSlices(FileTree.#build(files));
  }

  static *#build(files: readonly ListedFile[]): Work<FileTree> {
    const top = yield* groupByFolder(files);
    const nodes = new NodeTable();
    yield* nodes.add(top, -1, files);
    return new FileTree(nodes);
  }

  isFolder(node: number): boolean {
    return this.files[node]! < 0;
  }

  /** Folders above a node. */
  depth(node: number): number {
    let depth = 0;
    for (let above = this.parents[node]!; above >= 0; above = this.parents[above]!) depth++;
    return depth;
  }

  /** Path components joined by "/". */
  path(node: number): string {
    const path = [this.names[node]!];
    for (let above = this.parents[node]!; above >= 0; above = this.parents[above]!)
      path.push(this.names[above]!);
    return path.reverse().join("/");
  }

  /** The places in the list of all files below a node, or of the file itself. */
  *filesBelow(node: number): Generator<number, void, undefined> {
    for (let each = node; each < this.ends[node]!; each++) if (!this.isFolder(each)) yield this.files[each]!;
  }

  /** The nodes' names as `fold` makes them equal for a search. Made once, in slices. */
  async foldedNames(): Promise<readonly string[]> {
    this.#folded ??= await inSlices(foldAll(this.names));
    return this.#folded;
  }
}

/** A text without letter case, accents and ways of writing one letter, for a search. */
export function fold(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII, which has none of these
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function* foldAll(names: readonly string[]): Work<string[]> {
  const folded: string[] = [];
  for (const name of names) {
    folded.push(fold(name));
    if (folded.length % NAMES_AT_ONCE === 0) yield;
  }
  return folded;
}

function* groupByFolder(files: readonly ListedFile[]): Work<Folder> {
  const top: Folder = { folders: new Map(), files: [] };
  for (const [index, { path }] of files.entries()) {
    let folder = top;
    for (const name of path.slice(0, -1)) {
      let next = folder.folders.get(name);
      if (next === undefined) {
        next = { folders: new Map(), files: [] };
        folder.folders.set(name, next);
      }
      folder = next;
    }
    folder.files.push(index);
    if (index % NAMES_AT_ONCE === 0) yield;
  }
  return top;
}

/** The columns of a tree while it is built. */
class NodeTable {
  readonly names: string[];
  readonly parents: number[];
  readonly ends: number[];
  readonly files: number[];
  readonly lengths: number[];
  readonly fileCounts: number[];

  constructor() {
    this.names = [];
    this.parents = [];
    this.ends = [];
    this.files = [];
    this.lengths = [];
    this.fileCounts = [];
  }

  /** Adds everything below a folder, whose own number is `parent`. */
  *add(folder: Folder, parent: number, list: readonly ListedFile[]): Work<void> {
    const names = yield* sorted([...folder.folders.keys()], collator.compare);
    for (const name of names) {
      const node = this.#open(name, parent, -1, 0);
      yield* this.add(folder.folders.get(name)!, node, list);
      this.#close(node);
    }
    const named = folder.files.map((file) => ({ file, name: list[file]!.path.at(-1) ?? "" }));
    const byName = yield* sorted(named, (a, b) => collator.compare(a.name, b.name));
    for (const { file, name } of byName) {
      this.#close(this.#open(name, parent, file, list[file]!.length));
      if (this.names.length % NAMES_AT_ONCE === 0) yield;
    }
  }

  #open(name: string, parent: number, file: number, length: number): number {
    this.names.push(name);
    this.parents.push(parent);
    this.files.push(file);
    this.lengths.push(length);
    this.fileCounts.push(file < 0 ? 0 : 1);
    this.ends.push(0);
    return this.names.length - 1;
  }

  #close(node: number): void {
    this.ends[node] = this.names.length;
    const parent = this.parents[node]!;
    if (parent < 0) return;
    this.lengths[parent]! += this.lengths[node]!;
    this.fileCounts[parent]! += this.fileCounts[node]!;
  }
}

/** The items in order; equal ones stay in theirs. Runs of NAMES_AT_ONCE are sorted at once, and merged with pauses. */
function* sorted<Item>(items: readonly Item[], compare: Compare<Item>): Work<readonly Item[]> {
  let runs: Item[][] = [];
  for (let start = 0; start < items.length; start += NAMES_AT_ONCE) {
    runs.push(items.slice(start, start + NAMES_AT_ONCE).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let at = 0; at < runs.length; at += 2) {
      const [first, second] = [runs[at]!, runs[at + 1]];
      merged.push(second === undefined ? first : yield* merge(first, second, compare));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<Item>(a: readonly Item[], b: readonly Item[], compare: Compare<Item>): Work<Item[]> {
  if (compare(a.at(-1)!, b[0]!) <= 0) return [...a, ...b];
  const merged: Item[] = [];
  let [nextA, nextB] = [0, 0];
  while (nextA < a.length && nextB < b.length) {
    merged.push(compare(a[nextA]!, b[nextB]!) <= 0 ? a[nextA++]! : b[nextB++]!);
    if (merged.length % NAMES_AT_ONCE === 0) yield;
  }
  return [...merged, ...a.slice(nextA), ...b.slice(nextB)];
}

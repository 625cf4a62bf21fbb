/**
 * The listings are the file trees of shares, made when a tab first looks at one. A tab asks for the window of rows
 * that it shows, and for no more, so neither tabs nor messages grow with the number of files. A listing is kept as
 * long as the engine keeps the share's file list, which never changes.
 *
 * bridge/file-rows.ts says which rows a window has. This file adds what is stored and what is selected.
 */

import type { ShareRow, ShareRows } from "../bridge/commands.ts";
import type { FileRow, RowMaker, RowsQuery } from "../bridge/file-rows.ts";
import type { FileTree } from "../bridge/file-tree.ts";
import type { Engine } from "../engine/engine.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { TorrentContent } from "../engine/snapshot.ts";

interface Listing {
  readonly tree: FileTree;
  readonly maker: RowMaker;
}

export class Listings {
  readonly #engine: Pick<Engine, "content" | "status">;
  readonly #listings: WeakMap<TorrentContent["files"], Promise<Listing>>;

  constructor(engine: Pick<Engine, "content" | "status">) {
    this.#engine = engine;
    this.#listings = new WeakMap();
  }

  /** @throws ShoalError share/unknown */
  async rows(id: TorrentId, query: RowsQuery): Promise<ShareRows> {
    const { tree, maker } = await this.#listing(id);
    const { rows, ...counts } = await maker.rows(query);
    // Stored bytes and the selection go on changing while the rows are found.
    const content = this.#engine.content(id);
    return {
      version: this.#engine.status(id).filesVersion,
      ...counts,
      rows: rows.map((row) => withProgress(row, tree, content)),
      fileCount: content.files.length,
      wanted: content.wanted.reduce((sum, wanted) => sum + wanted, 0),
    };
  }

  /**
   * The selection in which everything below a node is wanted, or nothing of it. Null: of all files.
   * @throws ShoalError share/unknown
   */
  async selection(id: TorrentId, node: number | null, want: boolean): Promise<Uint8Array> {
    const flag = want ? 1 : 0;
    if (node === null) return this.#engine.content(id).wanted.slice().fill(flag);
    const { tree } = await this.#listing(id);
    if (tree.ends[node] === undefined) throw new ShoalError("share/unknown");
    const wanted = this.#engine.content(id).wanted.slice();
    for (const file of tree.filesBelow(node)) wanted[file] = flag;
    return wanted;
  }

  #listing(id: TorrentId): Promise<Listing> {
    const { files } = this.#engine.content(id);
    let listing = this.#listings.get(files);
    if (listing === undefined) {
      listing = buildListing(files);
      this.#listings.set(files, listing);
    }
    return listing;
  }
}

/** Its code is a script of its own: until somebody looks at files, no listing is made. */
async function buildListing(files: TorrentContent["files"]): Promise<Listing> {
  const [{ FileTree }, { RowMaker }] = await Promise.all([
    import("../bridge/file-tree.ts"),
    import("../bridge/file-rows.ts"),
  ]);
  const tree = await FileTree.build(files);
  return { tree, maker: new RowMaker(tree) };
}

function withProgress(row: FileRow, tree: FileTree, content: TorrentContent): ShareRow {
  let stored = 0;
  let wanted = 0;
  for (const file of tree.filesBelow(row.node)) {
    stored += content.stored[file]!;
    wanted += content.wanted[file]!;
  }
  const modified = row.file < 0 ? null : (content.about?.modified(row.file) ?? null);
  return { ...row, stored, wanted, modified };
}

/**
 * `<shoal-draft-files>` shows the files of a draft as a tree, with Take out on each file and folder, and the buttons by
 * which more are added. Only the rows that are looked at are drawn (row-window.ts).
 */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { SharedFile } from "../bridge/commands.ts";
import { type FileRow, RowMaker } from "../bridge/file-rows.ts";
import { FileTree, type ListedFile } from "../bridge/file-tree.ts";
import type { Draft } from "../page/draft.ts";
import { Pace } from "../page/intake/pace.ts";
import { EXPAND_ALL_UP_TO } from "./constants.ts";
import { handleChosen, openChoice } from "./file-choice.ts";
import { fileListStyles } from "./file-list-styles.ts";
import { fileSearch } from "./file-search.ts";
import { icon } from "./mark.ts";
import { NoticeEvent } from "./notices.ts";
import { type Rows, RowWindow } from "./row-window.ts";
import { styled } from "./styled.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { pathBelow, topFolderOf } from "./top-folder.ts";
import { takenOutSentence } from "./words/draft.ts";
import { plural, sizeInWords } from "./words/quantities.ts";
import { visibleName } from "./words/visible-name.ts";

/** The tree of one list of files. */
interface Listing {
  readonly files: readonly SharedFile[];
  readonly tree: FileTree;
  readonly maker: RowMaker;
}

export class DraftFilesElement extends LitElement {
  static override properties = {
    draft: { attribute: false },
    files: { attribute: false },
    search: { state: true },
  };
  static override styles = [
    baseStyles,
    controlStyles,
    fileListStyles,
    css`
      .line {
        grid-template-columns: minmax(0, 1fr) auto auto;
      }
      .label {
        grid-column: 1;
      }
      .amount {
        grid-column: 2;
      }
      .take-out {
        grid-column: 3;
        padding-inline: 0.75rem;
      }
      header {
        gap: 0.625rem 1rem;
      }
      header .row {
        gap: 0.5rem;
      }
      @media (max-width: 34rem) {
        .line {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        .amount {
          grid-column: 1;
        }
        .take-out {
          grid-column: 2;
          grid-row: 1 / span 2;
        }
        header .row {
          width: 100%;
        }
        header button {
          flex: 1 1 auto;
        }
      }
    `,
  ];
  declare draft: Draft;
  /** Those of the draft. Replaced, never changed. */
  declare files: readonly SharedFile[];
  declare search: string;
  readonly #rows: RowWindow<FileRow>;
  #listing: Promise<Listing> | null;
  /** Folders that were opened or closed by hand, by path. */
  #turned: Set<string>;
  #turnedFound: Set<string>;
  #found: number;
  /** The place of the row whose file was taken out, as screen readers count; null for none. */
  #focusAt: number | null;

  constructor() {
    super();
    this.files = [];
    this.search = "";
    this.#rows = new RowWindow(this, (from, to) => this.#fetchRows(from, to));
    this.#listing = null;
    this.#turned = new Set();
    this.#turnedFound = new Set();
    this.#found = 0;
    this.#focusAt = null;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("files")) return;
    this.#listing = list(this.files);
    this.#rows.refresh();
  }

  async #fetchRows(from: number, to: number): Promise<Rows<FileRow> | null> {
    if (this.#listing === null) return null;
    const { tree, maker } = await this.#listing;
    const { search } = this;
    const turned = nodesOf(tree, search === "" ? this.#turned : this.#turnedFound);
    const open = tree.fileCount <= EXPAND_ALL_UP_TO;
    const { total, rows, found } = await maker.rows({ open, turned, search, from, to });
    this.#found = found;
    return { total, rows };
  }

  override render() {
    return html`<section class="card" aria-labelledby="heading">
      <header>
        <h2 id="heading">Files</h2>
        <div class="row">
          <button type="button" data-test="add-files" @click=${() => this.#choose("#files")}>Add files</button>
          <button type="button" data-test="add-folder" @click=${() => this.#choose("#folder")}>Add a folder</button>
        </div>
      </header>
      <input id="files" type="file" multiple hidden data-test="add-file-input" aria-label="Files to add" @change=${handleChosen} />
      <input id="folder" type="file" webkitdirectory hidden data-test="add-folder-input" aria-label="Folder to add" @change=${handleChosen} />
      ${this.files.length > EXPAND_ALL_UP_TO ? this.#renderSearch() : nothing}
      ${this.#rows.render("Files", { key: ({ path }) => path, content: (row) => this.#renderRow(row) })}
    </section>`;
  }

  #renderSearch(): TemplateResult {
    return fileSearch({ text: this.search, found: this.#found, search: (text) => this.#setSearch(text) });
  }

  #renderRow(row: FileRow): TemplateResult {
    const isFolder = row.file < 0;
    const size = sizeInWords(row.length);
    return html`<div
      class="line"
      data-test=${isFolder ? "folder" : "file"}
      data-path=${row.path}
      ${styled({ "--depth": String(row.depth) })}
    >
      ${
        isFolder
          ? html`<button class="label quiet" type="button" aria-expanded=${String(row.open)} @click=${() => this.#turn(row)}>
              <span class="chevron">${icon("chevron")}</span><span class="name">${visibleName(row.name)}</span>
            </button>`
          : html`<span class="label"><span class="icon">${icon("file")}</span><span class="name">${visibleName(row.name)}</span></span>`
      }
      <span class="amount muted small numbers">${isFolder ? `${plural(row.fileCount, "file")}, ${size}` : size}</span>
      ${
        row.fileCount === this.files.length
          ? nothing
          : html`<button class="quiet take-out" type="button" data-test="take-out" @click=${(event: Event) => this.#takeOut(row, event)}>
              Take out<span class="visually-hidden"> ${visibleName(row.path)}</span>
            </button>`
      }
    </div>`;
  }

  /** The button that was pressed goes with its row. The next row's takes the focus, or the last one's. */
  override updated(): void {
    const { total } = this.#rows;
    if (this.#focusAt === null || total === null || this.renderRoot.querySelector(":focus") !== null) return;
    const row = this.renderRoot.querySelector(`[aria-posinset="${Math.min(this.#focusAt, total)}"]`);
    const button = row?.querySelector<HTMLElement>(".take-out, button");
    this.#focusAt = null;
    (button ?? this.renderRoot.querySelector<HTMLElement>("[data-test=add-files]"))?.focus();
  }

  async #takeOut(row: FileRow, event: Event): Promise<void> {
    const item = (event.target as Element).closest("[aria-posinset]");
    if (this.#listing === null) return;
    const { files, tree } = await this.#listing;
    // The rows may be of an earlier list for a moment.
    if (files !== this.files || tree.path(row.node) !== row.path) return;
    const gone = [...tree.filesBelow(row.node)].map((file) => files[file]!);
    this.#focusAt = Number(item?.getAttribute("aria-posinset"));
    this.draft.takeOut(gone.map(({ path }) => path));
    const undo = () => this.draft.putBack(gone);
    const sentence = takenOutSentence(gone.length, row.name);
    this.dispatchEvent(new NoticeEvent(sentence, "done", { label: "Undo", act: undo }));
  }

  #setSearch(search: string): void {
    this.search = search;
    this.#turnedFound = new Set();
    this.#rows.refresh();
  }

  #turn({ path, open }: FileRow): void {
    const turned = this.search === "" ? this.#turned : this.#turnedFound;
    if (!turned.delete(path)) turned.add(path);
    this.#rows.change((row) => (row.path === path ? { ...row, open: !open } : row));
    this.#rows.refresh();
  }

  #choose(selector: string): void {
    void openChoice(this.renderRoot.querySelector<HTMLInputElement>(selector)!);
  }
}

/** The tree of the files as the share will have them: without the name of the one folder that they are all in. */
async function list(files: readonly SharedFile[]): Promise<Listing> {
  const top = topFolderOf(files);
  const listed: ListedFile[] = [];
  const pace = new Pace();
  for (const each of files) {
    // The first look at a file's size may wait for the browser.
    await pace.step();
    listed.push({ path: pathBelow(each, top), length: each.file.size });
  }
  const tree = await FileTree.build(listed);
  return { files, tree, maker: new RowMaker(tree) };
}

/** The nodes of the folders with these paths, as many as are there. */
function nodesOf(tree: FileTree, paths: ReadonlySet<string>): number[] {
  if (paths.size === 0) return [];
  return Array.from(tree.files.keys()).filter((node) => tree.isFolder(node) && paths.has(tree.path(node)));
}

/**
 * `<shoal-files>` shows the files of a share as a tree: a checkbox for what to download, how much is here, and Save
 * on each complete file. Long lists have a field to find a file by its name. The worker keeps the tree. This element
 * asks it for the rows that are looked at (row-window.ts), and says which folders are open and what is searched for.
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import type { ShareRow, ShareSnapshot } from "../bridge/commands.ts";
import type { NodeClient } from "../page/node-client.ts";
import { saveFile } from "../page/saving.ts";
import { EXPAND_ALL_UP_TO } from "./constants.ts";
import { fileListStyles } from "./file-list-styles.ts";
import { fileSearch } from "./file-search.ts";
import { icon } from "./mark.ts";
import { attempt } from "./notices.ts";
import { type Rows, RowWindow } from "./row-window.ts";
import { percentOf } from "./share-progress.ts";
import { styled } from "./styled.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { modifiedSentence, selectionSentence } from "./words/files.ts";
import { plural, sizeInWords } from "./words/quantities.ts";
import { contentSentence } from "./words/share.ts";
import { visibleName } from "./words/visible-name.ts";

/** A folder or file that was ticked or unticked, which the node has not answered yet. */
interface Tick {
  readonly row: ShareRow;
  readonly want: boolean;
}

export class FileListElement extends LitElement {
  static override properties = {
    node: { attribute: false },
    share: { attribute: false },
    search: { state: true },
    wanted: { state: true },
  };
  static override styles = [baseStyles, controlStyles, fileListStyles];
  declare node: NodeClient;
  declare share: ShareSnapshot;
  declare search: string;
  /** Files that are ticked: as the node has it, with the clicks that it has not answered yet. */
  declare wanted: number;
  readonly #rows: RowWindow<ShareRow>;
  readonly #ticks: Set<Tick>;
  /** The folders that were opened or closed by hand, by node; others while something is searched for. */
  #turned: Set<number>;
  #turnedFound: Set<number>;
  /** The file list that is shown, and what its rows were asked for as of. */
  #list: string;
  #state: string;
  #found: number;

  constructor() {
    super();
    this.search = "";
    this.wanted = 0;
    this.#rows = new RowWindow(this, (from, to) => this.#fetchRows(from, to));
    this.#ticks = new Set();
    this.#turned = new Set();
    this.#turnedFound = new Set();
    this.#list = "";
    this.#state = "";
    this.#found = 0;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("share") || this.share.size === null) return;
    const { id, fileCount, filesVersion, haveCount } = this.share;
    const list = `${id} ${fileCount}`;
    const state = `${filesVersion} ${haveCount}`;
    if (list !== this.#list) {
      this.search = "";
      this.#turned = new Set();
      this.#turnedFound = new Set();
      this.#ticks.clear();
      this.#rows.reset();
    } else if (state !== this.#state) {
      this.#rows.refresh();
    }
    this.#list = list;
    this.#state = state;
  }

  async #fetchRows(from: number, to: number): Promise<Rows<ShareRow> | null> {
    const { search } = this;
    const turned = [...(search === "" ? this.#turned : this.#turnedFound)];
    const query = { open: !this.#isLong, turned, search, from, to };
    const reply = await attempt(this, this.node.call("rows", { id: this.share.id, query }));
    if (reply === null) return null;
    // A tick since then is on its way, and the rows are asked for again when it has come.
    if (this.#ticks.size === 0) this.wanted = reply.wanted;
    this.#found = reply.found;
    return { total: reply.total, rows: reply.rows.map((row) => this.#withTicks(row)) };
  }

  #withTicks(row: ShareRow): ShareRow {
    let { wanted } = row;
    for (const tick of this.#ticks) if (isBelow(row, tick.row)) wanted = tick.want ? row.fileCount : 0;
    return { ...row, wanted };
  }

  override render() {
    if (this.share.size === null || this.#rows.total === null) return nothing;
    return html`<section class="card" aria-labelledby="heading">
      <header>
        <h2 id="heading">Files</h2>
        <p class="muted small" data-test="files-summary">${this.#summary()}</p>
      </header>
      ${this.#isLong ? this.#renderSearch() : nothing}
      ${this.#rows.render("Files", {
        key: ({ node }) => node,
        content: (row) => this.#renderRow(row),
      })}
      <span class="end" tabindex="-1"></span>
    </section>`;
  }

  get #isLong(): boolean {
    return this.share.fileCount > EXPAND_ALL_UP_TO;
  }

  #summary(): string {
    if (this.share.fromFiles) return contentSentence(this.share);
    return selectionSentence(this.wanted, this.share.fileCount, this.share.wantedBytes);
  }

  #renderSearch(): TemplateResult {
    return fileSearch({
      text: this.search,
      found: this.#found,
      search: (text) => this.#setSearch(text),
      button: html`<button class="quiet skip" type="button" data-test="skip-files" @click=${this.#skip}>
        Skip the list
      </button>`,
    });
  }

  #renderRow(row: ShareRow): TemplateResult {
    const stored = this.share.fromFiles ? row.length : row.stored;
    const complete = !isFolder(row) && this.#isComplete(row, stored);
    return html`<div
      class="line"
      data-test=${isFolder(row) ? "folder" : "file"}
      data-path=${row.path}
      data-complete=${String(isFolder(row) ? stored >= row.length : complete)}
      ${styled({ "--depth": String(row.depth) })}
    >
      ${this.#renderCheckbox(row)}
      ${
        isFolder(row)
          ? html`<button
              class="label quiet"
              type="button"
              aria-expanded=${String(row.open)}
              @click=${() => this.#turn(row)}
            >
              <span class="chevron">${icon("chevron")}</span>
              <span class="name">${visibleName(row.name)}</span>
            </button>`
          : html`<span class="label" title=${modifiedSentence(row.modified)}><span class="icon">${icon("file")}</span><span class="name">${visibleName(row.name)}</span></span>`
      }
      <span class="amount muted small numbers">${this.#amount(row, stored, complete)}</span>
      ${
        complete && !this.share.fromFiles && this.share.folder === null
          ? html`<button class="quiet save" type="button" data-test="save-file" @click=${() => this.#save(row)}>
              Save<span class="visually-hidden"> ${visibleName(row.path)}</span>
            </button>`
          : html`<span class="save"></span>`
      }
    </div>`;
  }

  /**
   * Whether a file is complete. An empty file is complete once its download was started, and in a share of own files.
   */
  #isComplete({ length }: ShareRow, stored: number): boolean {
    if (length > 0) return stored >= length;
    return this.share.phase !== "metadata" && (this.share.fromFiles || this.share.phase !== "ready");
  }

  #renderCheckbox(row: ShareRow): TemplateResult | typeof nothing {
    if (this.share.fromFiles || this.share.fileCount === 1) return nothing;
    return html`<label class="check">
      <span class="visually-hidden">Download ${visibleName(row.path)}</span>
      <input
        type="checkbox"
        .checked=${row.wanted > 0 && row.wanted === row.fileCount}
        .indeterminate=${row.wanted > 0 && row.wanted < row.fileCount}
        @change=${(event: Event) => this.#select(row, (event.target as HTMLInputElement).checked)}
      />
    </label>`;
  }

  #amount(row: ShareRow, stored: number, complete: boolean): TemplateResult | string {
    const size = sizeInWords(row.length);
    const contents = isFolder(row) ? `${plural(row.fileCount, "file")}, ${size}` : size;
    if (this.share.fromFiles || stored === 0) return contents;
    if (complete || stored >= row.length) return html`<span class="done">${icon("check")}</span>${contents}`;
    const percent = percentOf(stored, row.length);
    return html`<span class="meter" aria-hidden="true"><span ${styled({ width: `${percent}%` })}></span></span
      >${percent}&nbsp;% of ${size}`;
  }

  #setSearch(search: string): void {
    this.search = search;
    this.#turnedFound = new Set();
    this.#rows.refresh();
  }

  /** For who goes by keyboard: a list may have thousands of controls. */
  #skip(): void {
    this.renderRoot.querySelector<HTMLElement>(".end")?.focus();
  }

  #turn({ node, end, open }: ShareRow): void {
    const turned = this.search === "" ? this.#turned : this.#turnedFound;
    if (!turned.delete(node)) turned.add(node);
    this.#rows.change((row) => (row.node === node && row.end === end ? { ...row, open: !open } : row));
    this.#rows.refresh();
  }

  /** Shows the tick at once: on the row, on what is below it, and on the folders above it. */
  async #select(row: ShareRow, want: boolean): Promise<void> {
    const tick = { row, want };
    const more = (want ? row.fileCount : 0) - row.wanted;
    this.#ticks.add(tick);
    this.wanted += more;
    this.#rows.change((each) => {
      if (isBelow(each, row)) return { ...each, wanted: want ? each.fileCount : 0 };
      return isBelow(row, each) ? { ...each, wanted: each.wanted + more } : each;
    });
    await attempt(this, this.node.call("select", { id: this.share.id, node: row.node, want }));
    this.#ticks.delete(tick);
    if (this.#ticks.size === 0) this.#rows.refresh();
  }

  #save(row: ShareRow): void {
    void attempt(this, saveFile(this.node, this.share.id, row.file, row.name));
  }
}

function isFolder({ file }: ShareRow): boolean {
  return file < 0;
}

/** Whether a row is another one, or below it. */
function isBelow(row: ShareRow, other: ShareRow): boolean {
  return row.node >= other.node && row.node < other.end;
}

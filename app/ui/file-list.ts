/**
 * `<shoal-files>` shows the files of a share as a tree: a checkbox for what to download, how much is here, and Save
 * on each complete file. Only rows up to a limit are drawn, so that 10,000 files stay light.
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { ShareSnapshot } from "../bridge/commands.ts";
import type { TorrentFileSnapshot } from "../engine/snapshot.ts";
import type { NodeClient } from "../page/node-client.ts";
import { saveFile } from "../page/saving.ts";
import { EXPAND_ALL_UP_TO, FILE_ROWS_AT_FIRST, FILE_ROWS_MORE } from "./constants.ts";
import { fileListStyles } from "./file-list-styles.ts";
import {
  allFolders,
  buildFileTree,
  type FileTree,
  selectionOf,
  storedBelow,
  type TreeNode,
  visibleRows,
  withSelection,
} from "./file-tree.ts";
import { icon } from "./mark.ts";
import { attempt } from "./notices.ts";
import { percentOf } from "./share-progress.ts";
import { styled } from "./styled.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { countInWords, plural, sizeInWords } from "./words/quantities.ts";
import { contentSentence } from "./words/share.ts";

export class FileListElement extends LitElement {
  static override properties = {
    node: { attribute: false },
    share: { attribute: false },
    files: { state: true },
    wanted: { state: true },
    limit: { state: true },
  };
  static override styles = [baseStyles, controlStyles, fileListStyles];
  declare node: NodeClient;
  declare share: ShareSnapshot;
  declare files: readonly TorrentFileSnapshot[];
  /** Which files are ticked: the selection that the node has, with the clicks that it has not answered yet. */
  declare wanted: readonly boolean[];
  declare limit: number;
  #tree: FileTree;
  #expanded: Set<string>;
  #fetched: string;
  /** Selections that the node has not answered yet. */
  #selecting: number;

  constructor() {
    super();
    this.files = [];
    this.wanted = [];
    this.limit = FILE_ROWS_AT_FIRST;
    this.#tree = buildFileTree([]);
    this.#expanded = new Set();
    this.#fetched = "";
    this.#selecting = 0;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("share")) void this.#fetchFiles();
  }

  async #fetchFiles(): Promise<void> {
    const { id, filesVersion, size } = this.share;
    const version = `${id} ${filesVersion}`;
    if (size === null || version === this.#fetched) return;
    const newShare = !this.#fetched.startsWith(`${id} `);
    this.#fetched = version;
    const reply = await attempt(this, this.node.call("files", { id }));
    if (reply === null || this.#fetched !== version) return;
    if (newShare || reply.files.length !== this.files.length) {
      this.#tree = buildFileTree(reply.files);
      this.#expanded = new Set();
      if (reply.files.length <= EXPAND_ALL_UP_TO) this.#expanded = allFolders(this.#tree);
      this.limit = FILE_ROWS_AT_FIRST;
    }
    this.files = reply.files;
    // A click since then is on its way, and its own snapshot follows.
    if (newShare || this.#selecting === 0) this.wanted = reply.files.map(({ wanted }) => wanted);
  }

  override render() {
    if (this.files.length === 0) return nothing;
    const { rows, total } = visibleRows(this.#tree, this.#expanded, this.limit);
    return html`<section class="card" aria-labelledby="heading">
      <header>
        <h2 id="heading">Files</h2>
        <p class="muted small">${this.#summary()}</p>
      </header>
      <ul data-test="files">
        ${repeat(
          rows,
          ({ kind, path }) => `${kind} ${path}`,
          (node) => this.#renderRow(node),
        )}
      </ul>
      ${
        total > rows.length
          ? html`<button class="quiet more" type="button" data-test="more-files" @click=${this.#showMore}>
              Show ${countInWords(Math.min(FILE_ROWS_MORE, total - rows.length))} more of
              ${countInWords(total - rows.length)}
            </button>`
          : nothing
      }
    </section>`;
  }

  #summary(): string {
    if (this.share.fromFiles) return contentSentence(this.share);
    const chosen = this.wanted.filter(Boolean).length;
    if (chosen === this.files.length) return this.files.length === 1 ? "" : "All selected";
    if (chosen === 0) return "Nothing selected";
    return `${plural(chosen, "file")} of ${countInWords(this.files.length)} selected, ${sizeInWords(this.share.wantedBytes)}`;
  }

  #renderRow(node: TreeNode): TemplateResult {
    const stored = this.share.fromFiles ? node.length : storedBelow(this.#tree, node, this.share.fileBytes);
    const complete = node.kind === "file" && this.#isComplete(node, stored);
    return html`<li
      class=${node.kind}
      data-test=${node.kind === "file" ? "file" : "folder"}
      data-path=${node.path}
      data-complete=${String(node.kind === "file" ? complete : stored >= node.length)}
      ${styled({ "--depth": String(node.depth) })}
    >
      ${this.#renderCheckbox(node)}
      ${
        node.kind === "folder"
          ? html`<button
              class="label quiet"
              type="button"
              aria-expanded=${String(this.#expanded.has(node.path))}
              @click=${() => this.#toggleFolder(node)}
            >
              <span class="chevron">${icon("chevron")}</span>
              <span class="name">${node.name}</span>
            </button>`
          : html`<span class="label"><span class="icon">${icon("file")}</span><span class="name">${node.name}</span></span>`
      }
      <span class="amount muted small numbers">${this.#amount(node, stored, complete)}</span>
      ${
        complete && !this.share.fromFiles
          ? html`<button class="quiet save" type="button" data-test="save-file" @click=${() => this.#save(node)}>
              Save<span class="visually-hidden"> ${node.path}</span>
            </button>`
          : html`<span class="save"></span>`
      }
    </li>`;
  }

  /**
   * Whether a file is complete. An empty file is complete once its download was started, and in a share of own files.
   */
  #isComplete(node: TreeNode, stored: number): boolean {
    if (node.length > 0) return stored >= node.length;
    return this.share.phase !== "metadata" && (this.share.fromFiles || this.share.phase !== "ready");
  }

  #renderCheckbox(node: TreeNode): TemplateResult | typeof nothing {
    if (this.share.fromFiles || this.files.length === 1) return nothing;
    const selection = selectionOf(this.#tree, node, this.wanted);
    return html`<label class="check">
      <span class="visually-hidden">Download ${node.path}</span>
      <input
        type="checkbox"
        .checked=${selection === "all"}
        .indeterminate=${selection === "some"}
        @change=${(event: Event) => this.#select(node, (event.target as HTMLInputElement).checked)}
      />
    </label>`;
  }

  #amount(node: TreeNode, stored: number, complete: boolean): TemplateResult | string {
    const size = sizeInWords(node.length);
    const contents = node.kind === "folder" ? `${plural(node.end - node.start, "file")}, ${size}` : size;
    if (this.share.fromFiles || stored === 0) return contents;
    if (complete || stored >= node.length) return html`<span class="done">${icon("check")}</span>${contents}`;
    const percent = percentOf(stored, node.length);
    return html`<span class="meter" aria-hidden="true"><span ${styled({ width: `${percent}%` })}></span></span
      >${percent}&nbsp;% of ${size}`;
  }

  #toggleFolder(node: TreeNode): void {
    if (!this.#expanded.delete(node.path)) this.#expanded.add(node.path);
    this.requestUpdate();
  }

  #showMore(): void {
    this.limit += FILE_ROWS_MORE;
  }

  async #select(node: TreeNode, want: boolean): Promise<void> {
    const before = this.wanted;
    this.wanted = withSelection(this.#tree, node, this.wanted, want);
    this.#selecting++;
    const done = await attempt(
      this,
      this.node.call("select", { id: this.share.id, wanted: this.wanted }).then(() => true),
    );
    this.#selecting--;
    if (done === null) this.wanted = before;
  }

  #save(node: TreeNode): void {
    void attempt(this, saveFile(this.node, this.share.id, node.file, node.name));
  }
}

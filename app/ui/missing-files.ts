/**
 * `<shoal-missing-files>` says which of a share's own files cannot be read, and why, file by file. It has the browser ask
 * the person where that is all that is missing. Else it takes the files again, and says what became of those that were
 * given. Files are dropped on the whole page, which app.ts takes.
 */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Commands, FilesGiven, ShareSnapshot } from "../bridge/commands.ts";
import type { NodeClient } from "../page/node-client.ts";
import { askToRead } from "../page/permission.ts";
import { LEFT_OUT_AT_FIRST } from "./constants.ts";
import { handleChosen, openChoice } from "./file-choice.ts";
import { NoticeEvent } from "./notices.ts";
import { ShareExtraEvent } from "./requests.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { givenSentences, missingReason, notAllowedSentence } from "./words/given.ts";
import { countInWords } from "./words/quantities.ts";
import { missingFilesAdvice } from "./words/share.ts";
import { visiblePath } from "./words/visible-name.ts";

export class MissingFilesElement extends LitElement {
  static override properties = {
    node: { attribute: false },
    share: { attribute: false },
    given: { attribute: false },
    missing: { state: true },
    showsAll: { state: true },
  };
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .box {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
        padding: 0.75rem 1rem;
        border-left: 4px solid var(--accent);
        border-radius: var(--radius-small);
        background: var(--notice-soft);
        overflow-wrap: anywhere;
      }
      .quiet {
        justify-self: start;
        margin-inline: -0.625rem;
        padding-inline: 0.625rem;
      }
    `,
  ];
  declare node: NodeClient;
  declare share: ShareSnapshot;
  /** The outcome for the files that were given to this share last; null for none. */
  declare given: FilesGiven | null;
  /** The files that cannot be read: the first of them, how many there are, and what may be asked for. */
  declare missing: Commands["missingFiles"]["reply"];
  declare showsAll: boolean;
  /** The state of the share that `missing` is of. */
  #state: string;

  constructor() {
    super();
    this.given = null;
    this.missing = { count: 0, first: [], handles: [] };
    this.showsAll = false;
    this.#state = "";
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("share") && !changed.has("given")) return;
    const { id, ownFiles } = this.share;
    const state = JSON.stringify([id, ownFiles]);
    if (state === this.#state && !changed.has("given")) return;
    this.#state = state;
    if (ownFiles?.missing != null) void this.#ask(id).catch(() => {});
  }

  /** The files that cannot be read, more closely. Fails for a share that is gone by now. */
  async #ask(id: string): Promise<Commands["missingFiles"]["reply"]> {
    const missing = await this.node.call("missingFiles", { id });
    if (id === this.share.id) this.missing = missing;
    return missing;
  }

  /**
   * Has the browser ask the person for the files that it keeps a way to, and goes on with those that may be read then.
   * To be called within a press.
   */
  async goOn(): Promise<void> {
    const { id } = this.share;
    // One answer may count for many files, but only some of them are named at a time.
    for (let before = Number.POSITIVE_INFINITY; ; ) {
      const { handles } = this.missing.handles.length > 0 ? this.missing : await this.#ask(id);
      const isAllowed = await askToRead(handles);
      await this.node.call("readAgain", { id });
      const { length } = (await this.#ask(id)).handles;
      if (!isAllowed) this.dispatchEvent(new NoticeEvent(notAllowedSentence, "error"));
      if (!isAllowed || length === 0 || length >= before) return;
      before = length;
    }
  }

  override render() {
    const { ownFiles, singleFile } = this.share;
    const waits = ownFiles?.missing != null;
    const given = this.given === null ? [] : givenSentences(this.given);
    if (!waits && given.length === 0) return nothing;
    return html`<div class="box">
        ${
          waits
            ? html`<p data-test="needs-files">${missingFilesAdvice(this.share)}</p>${this.#renderMissing()}`
            : nothing
        }
        <div role="status" data-test="given">${given.map((sentence) => html`<p>${sentence}</p>`)}</div>
        ${
          (this.given?.extra.count ?? 0) + (this.given?.changed.count ?? 0) > 0
            ? html`<button class="quiet" type="button" data-test="share-extra" @click=${this.#shareExtra}>
                Share what you chose as something new
              </button>`
            : nothing
        }
      </div>
      ${this.#renderInput("again-input", !singleFile, false)}
      ${singleFile ? nothing : this.#renderInput("again-folder-input", false, true)}`;
  }

  #renderMissing(): TemplateResult | typeof nothing {
    const { first, count } = this.missing;
    // A reason that every file of the share has is said in the sentence above.
    const told =
      this.share.ownFiles?.readable === 0
        ? first.filter(({ reason }) => reason !== "not-given" && reason !== "not-allowed")
        : first;
    if (told.length === 0) return nothing;
    const shown = this.showsAll ? told : told.slice(0, LEFT_OUT_AT_FIRST);
    const others = this.showsAll ? count - first.length : told.length - shown.length;
    return html`<ul>
        ${shown.map(
          (file) => html`<li data-test="missing-file">
            ${visiblePath(file.path)} <span class="muted">${missingReason(file)}</span>
          </li>`,
        )}
        ${this.showsAll && others > 0 ? html`<li class="muted">and ${countInWords(others)} more</li>` : nothing}
      </ul>
      ${
        !this.showsAll && others > 0
          ? html`<button class="quiet" type="button" data-test="show-missing" @click=${this.#showAll}>
              Show all ${countInWords(count)}
            </button>`
          : nothing
      }`;
  }

  #renderInput(hook: string, several: boolean, folder: boolean): TemplateResult {
    return html`<input
      type="file"
      hidden
      aria-label=${folder ? "The same folder again" : "The same files again"}
      data-test=${hook}
      ?multiple=${several}
      ?webkitdirectory=${folder}
      @change=${handleChosen}
    />`;
  }

  /** Opens the browser's choice of files, or of a folder. */
  choose(folder: boolean): void {
    const hook = folder ? "again-folder-input" : "again-input";
    void openChoice(this.renderRoot.querySelector<HTMLInputElement>(`[data-test="${hook}"]`)!);
  }

  #showAll(): void {
    this.showsAll = true;
  }

  #shareExtra(): void {
    this.dispatchEvent(new ShareExtraEvent());
  }
}

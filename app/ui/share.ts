/**
 * `<shoal-share>` is the screen of one share. Its head says the share's name, what goes on, and the one thing to do
 * first. The link and the files follow. Below them stand the details: rates, pieces, peers and trackers. Each part is
 * an element of its own.
 */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { FilesGiven, NodeSnapshot, SavingSnapshot, ShareSnapshot } from "../bridge/commands.ts";
import { ShoalError } from "../engine/errors.ts";
import type { NodeClient } from "../page/node-client.ts";
import { canSaveToFolder, downloadToFolder, goOnInFolder, saveAll, saveToFolder } from "../page/saving.ts";
import { icon } from "./mark.ts";
import type { MissingFilesElement } from "./missing-files.ts";
import { attempt } from "./notices.ts";
import { type PrimaryAction, primaryAction, secondaryAction } from "./primary-action.ts";
import { progressBar } from "./progress-bar.ts";
import type { ShareLinksElement } from "./share-links.ts";
import { isAllHere, percentOf, progressPercent } from "./share-progress.ts";
import { shareStyles } from "./share-styles.ts";
import { backStyles, baseStyles, controlStyles, progressStyles } from "./styles.ts";
import { actionLabel } from "./words/action.ts";
import { errorSentence } from "./words/errors.ts";
import { progressSentence, savingSentence } from "./words/progress.ts";
import { remarkSentences } from "./words/remarks.ts";
import { contentSentence, lostSentence, phaseSentence, shareName, stallSentence } from "./words/share.ts";
import { folderErrorSentence, folderSentence, roomSentence } from "./words/storage.ts";

export class ShareElement extends LitElement {
  static override properties = {
    node: { attribute: false },
    snapshot: { attribute: false },
    share: { attribute: false },
    saving: { attribute: false },
    given: { attribute: false },
  };
  static override styles = [baseStyles, controlStyles, progressStyles, backStyles, shareStyles];
  declare node: NodeClient;
  declare snapshot: NodeSnapshot;
  declare share: ShareSnapshot;
  /** A save of this share under way, or null. */
  declare saving: SavingSnapshot | null;
  /** The outcome for own files that were given to it again; null for none. */
  declare given: FilesGiven | null;

  constructor() {
    super();
    this.saving = null;
    this.given = null;
  }

  override render() {
    const { share } = this;
    const links =
      share.phase === "metadata"
        ? nothing
        : html`<shoal-links .node=${this.node} .share=${share}></shoal-links>`;
    return html`
      <a class="back" href="#">${icon("back")} All shares</a>
      ${this.#renderHead()}
      ${share.note === null ? nothing : html`<shoal-sender-note .share=${share}></shoal-sender-note>`}
      ${share.fromFiles ? links : nothing}
      <shoal-files .node=${this.node} .share=${share}></shoal-files>
      ${share.fromFiles ? nothing : links} ${share.size === null ? nothing : this.#renderPictures()}
      <shoal-peers class="card" .share=${share}></shoal-peers>
      <shoal-trackers class="card" .trackers=${share.trackers}></shoal-trackers>
      <div class="end">
        <button class="danger" type="button" data-test="remove" @click=${this.#askToRemove}>Remove this share…</button>
      </div>
    `;
  }

  #renderHead(): TemplateResult {
    const { share } = this;
    const stall = stallSentence(share);
    const progress = progressSentence(share);
    const lost = lostSentence(share);
    const room = roomSentence(share, this.snapshot.storage);
    const folder = folderSentence(share, isAllHere(share));
    return html`<section class="card head" data-phase=${share.phase}>
      <div>
        <h1 tabindex="-1" data-test="share-name">${shareName(share)}</h1>
        <p class="content muted" data-test="share-size">${contentSentence(share)}</p>
      </div>
      ${this.#renderProgress()}
      <div class="now">
        <p class="phase" role="status" data-test="phase">${phaseSentence(share)}</p>
        ${progress === "" ? nothing : html`<p class="muted numbers" data-test="progress-words">${progress}</p>`}
        <div role="status">${stall === null ? nothing : html`<p class="stall" data-test="stall">${stall}</p>`}</div>
      </div>
      ${lost === null ? nothing : html`<p class="error" role="status" data-test="lost">${lost}</p>`}
      ${room === "" ? nothing : html`<p class="muted small" data-test="room">${room}</p>`}
      ${folder === "" ? nothing : html`<p class="muted small" data-test="folder">${folder}</p>`}
      ${remarkSentences(share).map((remark) => html`<p class="muted small" data-test="remark">${remark}</p>`)}
      ${
        // Which own files cannot be read stands in the sentence above.
        share.error === null || (share.ownFiles?.missing != null && share.error.code.startsWith("source/"))
          ? nothing
          : html`<p class="error" role="alert" data-test="error">
              ${folderErrorSentence(share) ?? errorSentence(share.error.code, share.error.detail)}
            </p>`
      }
      <shoal-missing-files .node=${this.node} .share=${share} .given=${this.given}></shoal-missing-files>
      ${this.#renderActions()} ${this.#renderSaving()}
    </section>`;
  }

  #renderProgress(): TemplateResult | typeof nothing {
    const { share } = this;
    if (share.fromFiles || (share.phase === "ready" && share.storedBytes === 0)) return nothing;
    const percent = share.size === null ? null : progressPercent(share);
    return progressBar(percent, "Download progress", "progress");
  }

  #renderActions(): TemplateResult | typeof nothing {
    const { share } = this;
    const primary = primaryAction(share);
    const secondary = secondaryAction(share);
    const missesFiles = share.ownFiles?.missing != null;
    const asksFirst = (share.ownFiles?.notAllowed ?? 0) > 0;
    if (primary === null && secondary === null) return nothing;
    const several = share.fileCount > 1;
    return html`<div class="row actions">
      ${primary === null ? nothing : this.#renderPrimary(primary)}
      ${
        primary === "save" && several && canSaveToFolder()
          ? this.#renderSecondary("save-folder", "Save to a folder…", this.#saveToFolder)
          : nothing
      }
      ${
        asksFirst && primary !== "go-on"
          ? this.#renderSecondary("go-on", actionLabel("go-on", this.share), () => this.#act("go-on"))
          : nothing
      }
      ${
        missesFiles && primary !== "choose-files"
          ? this.#renderSecondary("choose-files", "Choose the missing files", () => this.#chooseAgain(false))
          : nothing
      }
      ${
        missesFiles && !share.singleFile
          ? this.#renderSecondary("choose-folder", "Choose the folder again", () => this.#chooseAgain(true))
          : nothing
      }
      ${
        share.phase === "ready" && canSaveToFolder() && roomSentence(share, this.snapshot.storage) !== ""
          ? this.#renderSecondary("to-folder", "Download straight to a folder…", () => this.#toFolder())
          : nothing
      }
      ${
        share.error?.code === "storage/full" && share.folder === null
          ? this.#renderSecondary("make-room", "Make room…", () => this.#askForRoom(null))
          : nothing
      }
      ${
        secondary === null
          ? nothing
          : this.#renderSecondary(secondary, actionLabel(secondary, share), () => this.#act(secondary))
      }
    </div>`;
  }

  #renderSecondary(hook: string, label: string, act: () => void): TemplateResult {
    return html`<button type="button" data-test=${hook} @click=${act}>${label}</button>`;
  }

  #renderPrimary(action: PrimaryAction): TemplateResult {
    const { wantedBytes, size } = this.share;
    const ofSelected = action === "download" || action === "save";
    const nothingChosen = ofSelected && wantedBytes === 0 && size !== 0;
    const busy = action === "save" && this.saving !== null;
    return html`<button
        class="primary big"
        type="button"
        data-test="primary"
        data-action=${action}
        ?disabled=${nothingChosen || busy}
        @click=${() => this.#act(action)}
      >
        ${actionLabel(action, this.share)}
      </button>
      ${nothingChosen ? html`<span class="muted" data-test="nothing-selected">Select at least one file.</span>` : nothing}`;
  }

  #renderSaving(): TemplateResult | typeof nothing {
    if (this.saving === null) return nothing;
    const { written, size } = this.saving;
    return html`<div class="saving" data-test="saving">
      ${progressBar(percentOf(written, size), "Saving to disk", "saving-progress")}
      <div class="row">
        <p class="muted numbers">${savingSentence(this.saving)}</p>
        <button class="quiet" type="button" data-test="cancel-saving" @click=${this.#cancelSaving}>Cancel</button>
      </div>
    </div>`;
  }

  #renderPictures(): TemplateResult {
    const { share } = this;
    return html`<div class="pictures">
      <shoal-rate-graph
        class="card"
        .rates=${share.rates}
        .downRate=${share.downRate}
        .upRate=${share.upRate}
      ></shoal-rate-graph>
      <shoal-piece-map class="card" .share=${share}></shoal-piece-map>
    </div>`;
  }

  #act(action: PrimaryAction): void {
    const { id } = this.share;
    switch (action) {
      case "download":
      case "resume":
        void attempt(this, this.#start());
        break;
      case "pause":
        void attempt(this, this.node.call("pause", { id }));
        break;
      case "save":
        void attempt(this, saveAll(this.node, this.share));
        break;
      case "copy":
        void this.renderRoot.querySelector<ShareLinksElement>("shoal-links")?.copy();
        break;
      case "go-on":
        void attempt(this, this.#missing.goOn());
        break;
      case "go-on-in-folder":
        void attempt(this, goOnInFolder(this.node, id));
        break;
      case "choose-files":
        this.#chooseAgain(false);
        break;
    }
  }

  /** A share that does not fit is no failure: there are ways to make it fit. */
  async #start(): Promise<void> {
    try {
      await this.node.call("start", { id: this.share.id });
    } catch (error) {
      if (!(error instanceof ShoalError) || error.code !== "storage/too-large") throw error;
      await this.#askForRoom(Number(error.detail));
    }
  }

  /** `missing`: bytes that do not fit; null where that is unknown. */
  async #askForRoom(missing: number | null): Promise<void> {
    const { RoomDialogElement } = await import("./room-dialog.ts");
    const dialog = new RoomDialogElement();
    dialog.node = this.node;
    dialog.share = this.share.id;
    dialog.missing = missing;
    this.renderRoot.append(dialog);
  }

  get #missing(): MissingFilesElement {
    return this.renderRoot.querySelector<MissingFilesElement>("shoal-missing-files")!;
  }

  #chooseAgain(folder: boolean): void {
    this.#missing.choose(folder);
  }

  #toFolder(): void {
    void attempt(this, downloadToFolder(this.node, this.share.id));
  }

  #saveToFolder(): void {
    void attempt(this, saveToFolder(this.node, this.share));
  }

  #cancelSaving(): void {
    void attempt(this, this.node.call("cancelSave", { id: this.share.id }));
  }

  async #askToRemove(): Promise<void> {
    const { RemoveDialogElement } = await import("./remove-dialog.ts");
    const dialog = new RemoveDialogElement();
    dialog.node = this.node;
    dialog.share = this.share;
    this.renderRoot.append(dialog);
  }
}

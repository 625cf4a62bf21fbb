/**
 * `<shoal-review>` is the screen of a draft: what is about to be shared, before its link is passed on. Its head says
 * the name, how far it is prepared, and the one thing to do: to copy the link. The entries that are left out follow,
 * then the files. The review ends when the link is copied, shown or passed on; the app does that (DraftEvent).
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { ShareSnapshot } from "../bridge/commands.ts";
import type { Draft } from "../page/draft.ts";
import { MAX_TITLE_LENGTH } from "./constants.ts";
import type { DraftNoteElement } from "./draft-note.ts";
import { copyText, passToSheet } from "./handing-over.ts";
import { icon } from "./mark.ts";
import { passedOnLink } from "./named-link.ts";
import { attempt } from "./notices.ts";
import { preferences } from "./preferences.ts";
import { progressBar } from "./progress-bar.ts";
import { DraftEvent, type WayOfPassing } from "./requests.ts";
import { reviewStyles } from "./review-styles.ts";
import { percentOf } from "./share-progress.ts";
import { baseStyles, controlStyles, progressStyles } from "./styles.ts";
import { pathsBelow } from "./top-folder.ts";
import { draftContent, draftName, draftSentence, type LinkState, preparingSentence } from "./words/draft.ts";
import { differenceSentence, resemblanceTitle } from "./words/given.ts";
import { mayLackSentence } from "./words/intake.ts";
import { shareName } from "./words/share.ts";

export class ReviewElement extends LitElement {
  static override properties = {
    draft: { attribute: false },
    shares: { attribute: false },
    renaming: { state: true },
    isNew: { state: true },
  };
  static override styles = [baseStyles, controlStyles, progressStyles, reviewStyles];
  declare draft: Draft;
  /** The shares of this device. */
  declare shares: readonly ShareSnapshot[];
  /** The name as it was when the person began to change it; null while nobody does. */
  declare renaming: string | null;
  /** The person said that it is something new, whatever it looks like. */
  declare isNew: boolean;
  #unsubscribe: () => void;

  constructor() {
    super();
    this.shares = [];
    this.renaming = null;
    this.isNew = false;
    this.#unsubscribe = () => {};
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("draft")) return;
    this.#unsubscribe();
    this.#unsubscribe = this.draft.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    this.#unsubscribe();
    super.disconnectedCallback();
  }

  override render() {
    const { draft } = this;
    return html`
      <button class="back quiet" type="button" data-test="leave-review" @click=${() => this.#choose("leave")}>
        ${icon("back")} All shares
      </button>
      ${this.#renderQuestion()} ${this.#renderHead()}
      <shoal-left-out .draft=${draft} .leftOut=${draft.leftOut} ?hidden=${draft.leftOut.length === 0}></shoal-left-out>
      <shoal-members-only .files=${draft.files}></shoal-members-only>
      ${draft.mayLack ? html`<p class="muted small" data-test="may-lack">${mayLackSentence}</p>` : nothing}
      <shoal-draft-files .draft=${draft} .files=${draft.files}></shoal-draft-files>
      <div class="end">
        <button class="danger" type="button" data-test="discard" @click=${() => this.#choose("discard")}>Discard</button>
      </div>
    `;
  }

  #renderHead(): TemplateResult {
    const { draft } = this;
    return html`<section class="card head" data-test="review" data-state=${draft.state}>
      ${this.renaming === null ? this.#renderName() : this.#renderRename()} ${this.#renderState()} ${this.#renderActions()}
      <shoal-draft-note
        .draft=${draft}
        .note=${draft.note}
        ?known=${draft.known}
        @note-measured=${() => this.requestUpdate()}
      ></shoal-draft-note>
    </section>`;
  }

  #renderName(): TemplateResult {
    const { draft } = this;
    return html`<div>
      <h1 tabindex="-1" data-test="draft-name">${draftName(draft)}</h1>
      <div class="content muted">
        <p data-test="draft-content">${draftContent(draft)}</p>
        ${
          draft.state === "empty"
            ? nothing
            : html`<button class="quiet" type="button" data-test="rename" @click=${this.#rename}>Rename</button>`
        }
      </div>
    </div>`;
  }

  #renderRename(): TemplateResult {
    return html`<form class="rename" @submit=${this.#saveName} @keydown=${this.#escapeName}>
      <h1 class="visually-hidden" tabindex="-1">${draftName(this.draft)}</h1>
      <input
        type="text"
        aria-label="Name of the share"
        autocomplete="off"
        maxlength=${MAX_TITLE_LENGTH}
        data-test="title-field"
        .value=${this.renaming}
      />
      <button type="submit" data-test="save-title">Save</button>
      <button class="quiet" type="button" @click=${this.#keepName}>Cancel</button>
    </form>`;
  }

  #renderState(): TemplateResult {
    const { draft } = this;
    const { state } = draft;
    const preparing = preparingSentence(draft);
    return html`<div class="now">
      <p class="state ${state}" role=${state === "failed" ? "alert" : "status"} data-test="draft-state">
        ${draftSentence(draft, this.#linkState)}
      </p>
      ${
        preparing === ""
          ? nothing
          : html`${progressBar(percentOf(draft.hashed, draft.size), "Preparing", "draft-progress")}
              <p class="muted numbers" data-test="preparing">${preparing}</p>`
      }
      ${
        state === "failed"
          ? html`<button type="button" data-test="retry" @click=${() => this.draft.retry()}>Try again</button>`
          : nothing
      }
      ${
        draft.known && !draft.isAnew
          ? html`<button class="quiet" type="button" data-test="anew" @click=${() => this.draft.anew()}>
              Make a new link instead
            </button>`
          : nothing
      }
    </div>`;
  }

  #renderActions(): TemplateResult {
    const isReady = this.#link !== "";
    const copy = this.#question === null ? "primary big" : "big";
    return html`<div class="row actions">
      <button class=${copy} type="button" data-test="copy-link" ?disabled=${!isReady} @click=${this.#copy}>
        Copy link
      </button>
      ${
        "share" in navigator
          ? html`<button type="button" data-test="native-share" ?disabled=${!isReady} @click=${this.#passToSheet}>
              Share…
            </button>`
          : nothing
      }
      <button type="button" data-test="qr" ?disabled=${!isReady} @click=${this.#showQr}>QR code</button>
      <button
        class="quiet"
        type="button"
        data-test="show-link"
        ?disabled=${!isReady}
        @click=${this.#showLink}
      >
        Show link
      </button>
    </div>`;
  }

  #renderQuestion(): TemplateResult | typeof nothing {
    const difference = this.#question;
    if (difference === null) return nothing;
    const name = shareName(difference.share);
    return html`<section class="card question" aria-labelledby="question" data-test="resembles">
      <h2 id="question">${resemblanceTitle(name)}</h2>
      <p data-test="difference">${differenceSentence(difference)}</p>
      <div class="row">
        <button class="primary" type="button" data-test="give" @click=${() => this.#give(difference.id)}>
          Go on sharing “${name}”
        </button>
        <button type="button" data-test="share-as-new" @click=${this.#shareAsNew}>Share as something new</button>
      </div>
    </section>`;
  }

  /** The share that waits for files and that the draft resembles most, and how they differ; or null. */
  get #question() {
    const [difference] = this.isNew ? [] : this.draft.differences;
    const share = this.shares.find(({ id }) => id === difference?.id);
    if (difference === undefined || share === undefined) return null;
    return { ...difference, extra: pathsBelow(difference.extra, this.draft.files), share };
  }

  /** The link as it is passed on; "" until there is one, and while the note is too long for it. */
  get #link(): string {
    const { draft } = this;
    const share = this.shares.find(({ id }) => id === draft.share);
    if (share === undefined || this.#note?.isValid === false) return "";
    // The snapshot may not have what was changed a moment ago.
    return passedOnLink({ ...share, link: draft.link, title: draft.title }, preferences.nameInLinks);
  }

  get #linkState(): LinkState {
    if (this.#link !== "") return "there";
    return this.#note?.isValid === false ? "note-too-long" : "coming";
  }

  get #note(): DraftNoteElement | null {
    return this.renderRoot.querySelector<DraftNoteElement>("shoal-draft-note");
  }

  /** The link with all that the person wrote. */
  async #settledLink(): Promise<string> {
    this.#note?.flush();
    await this.draft.settled();
    return this.#link;
  }

  /** Within the press's own task, as browsers ask for. */
  #copy(): void {
    const link = this.#settledLink();
    const copied = copyText(link);
    void this.#passOn(link, () => ({ way: "copy", copied }));
  }

  async #passToSheet(): Promise<void> {
    const link = this.#settledLink();
    if (await passToSheet(draftName(this.draft), link)) await this.#passOn(link, () => ({ way: "sheet" }));
  }

  #showQr(): void {
    void this.#passOn(this.#settledLink(), (link) => ({ way: "qr", link, name: draftName(this.draft) }));
  }

  #showLink(): void {
    void this.#passOn(this.#settledLink(), () => ({ way: "show" }));
  }

  async #passOn(settled: Promise<string>, passing: (link: string) => WayOfPassing): Promise<void> {
    const link = await attempt(this, settled);
    if (link !== null) this.dispatchEvent(new DraftEvent(this.draft, { kind: "pass-on", ...passing(link) }));
  }

  #choose(kind: "leave" | "discard"): void {
    this.dispatchEvent(new DraftEvent(this.draft, { kind }));
  }

  #give(id: string): void {
    this.dispatchEvent(new DraftEvent(this.draft, { kind: "give", id }));
  }

  async #shareAsNew(): Promise<void> {
    this.isNew = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("h1")?.focus();
  }

  async #rename(): Promise<void> {
    this.renaming = this.draft.title ?? this.draft.name;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>(".rename input")?.select();
  }

  #saveName(event: SubmitEvent): void {
    event.preventDefault();
    const { value } = this.renderRoot.querySelector<HTMLInputElement>(".rename input")!;
    this.draft.rename(value.trim() === this.draft.name ? null : value);
    void this.#keepName();
  }

  #escapeName(event: KeyboardEvent): void {
    if (event.key === "Escape") void this.#keepName();
  }

  async #keepName(): Promise<void> {
    this.renaming = null;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("[data-test=rename]")?.focus();
  }
}

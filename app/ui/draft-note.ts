/**
 * `<shoal-draft-note>` takes the note that a sender gives a draft, for whoever opens its link. It is one quiet button
 * until the person wants to write one.
 */

import { css, html, LitElement, nothing } from "lit";
import type { Draft } from "../page/draft.ts";
import { MAX_NOTE_BYTES } from "./constants.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { noteTooLong } from "./words/draft.ts";

export class DraftNoteElement extends LitElement {
  static override properties = {
    draft: { attribute: false },
    known: { type: Boolean },
    writing: { state: true },
    bytes: { state: true },
  };
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .note {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.375rem;
      }
      label {
        font-weight: 600;
      }
      textarea {
        width: 100%;
        min-height: 4.75rem;
        max-height: 20rem;
        padding: 0.625rem 0.875rem;
        border: 1px solid var(--control-line);
        border-radius: var(--radius-small);
        background: var(--surface);
        color: var(--text);
        font: inherit;
        field-sizing: content;
        resize: vertical;
      }
      textarea[aria-invalid="true"] {
        border-color: var(--danger);
      }
      #problem {
        color: var(--danger);
      }
      button {
        margin: -0.5rem -0.625rem;
        padding-inline: 0.625rem;
      }
    `,
  ];
  declare draft: Draft;
  /** The link was there before, and keeps its note. */
  declare known: boolean;
  declare writing: boolean;
  /** Bytes of what stands in the field. */
  declare bytes: number;

  constructor() {
    super();
    this.known = false;
    this.writing = false;
    this.bytes = 0;
  }

  override render() {
    if (this.known)
      return this.draft.note === ""
        ? nothing
        : html`<p class="muted" data-test="note-kept">The link keeps the note that it had. Your new note needs a new link.</p>`;
    if (!this.writing && this.draft.note === "")
      return html`<button class="quiet" type="button" data-test="add-note" @click=${this.#write}>Add a note</button>`;
    const isTooLong = this.bytes > MAX_NOTE_BYTES;
    return html`<div class="note">
      <label for="note">A note for whoever opens the link</label>
      <textarea
        id="note"
        data-test="note-field"
        aria-invalid=${String(isTooLong)}
        aria-describedby="problem"
        .value=${this.draft.note}
        @input=${this.#measure}
        @change=${this.flush}
      ></textarea>
      <p id="problem" role="status">${isTooLong ? noteTooLong(this.bytes, MAX_NOTE_BYTES) : ""}</p>
    </div>`;
  }

  /** Whether what stands in the field can be sent. */
  get isValid(): boolean {
    return this.known || this.bytes <= MAX_NOTE_BYTES;
  }

  /** Gives the draft what stands in the field, as far as it can be sent. */
  flush(): void {
    const field = this.renderRoot.querySelector("textarea");
    if (field !== null && this.isValid) this.draft.setNote(field.value);
  }

  #measure(event: Event): void {
    this.bytes = new TextEncoder().encode((event.target as HTMLTextAreaElement).value).length;
    // The screen around it asks `isValid`.
    this.dispatchEvent(new Event("note-measured"));
  }

  async #write(): Promise<void> {
    this.writing = true;
    await this.updateComplete;
    this.renderRoot.querySelector("textarea")?.focus();
  }
}

/**
 * `<shoal-text-dialog>` takes a text, written or pasted, that is to be shared as a text file. It is loaded when first
 * asked for, and removes itself when closed. The file goes the way of every picked file.
 */

import { css, html, LitElement, nothing } from "lit";
import { intakeFiles } from "../page/intake/pick.ts";
import { textFile } from "../page/intake/text-file.ts";
import { MAX_EDITED_TEXT } from "./constants.ts";
import { dialogStyles } from "./dialog-styles.ts";
import { FilesPickedEvent } from "./requests.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { plural } from "./words/quantities.ts";
import { otherTextName, textName } from "./words/text.ts";

/** The text that stood in the dialog when Escape closed it. The next one begins with it. */
let kept = "";

export class TextDialogElement extends LitElement {
  static override properties = { text: {}, isNoLink: { type: Boolean }, name: { state: true } };
  static override styles = [
    baseStyles,
    controlStyles,
    dialogStyles,
    css`
      dialog {
        width: min(36rem, calc(100vw - 2rem));
      }
      form,
      .field {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.375rem;
      }
      form {
        gap: 1rem;
      }
      label {
        font-weight: 600;
      }
      textarea {
        width: 100%;
        min-height: 9rem;
        height: 40vh;
        max-height: 22rem;
        padding: 0.625rem 0.875rem;
        border: 1px solid var(--control-line);
        border-radius: var(--radius-small);
        background: var(--surface);
        color: var(--text);
        font: inherit;
        resize: vertical;
      }
      textarea[readonly] {
        background: var(--sunken);
      }
      .name {
        display: flex;
        align-items: center;
        gap: 0.375rem;
      }
      .name input {
        flex: 1 1 auto;
      }
      .row {
        justify-content: flex-end;
      }
      @media (max-width: 34rem) {
        .row button {
          flex: 1 1 auto;
        }
      }
    `,
  ];
  /** The text that was pasted; "" to write one. */
  declare text: string;
  /** It was typed or pasted where a link may be: the dialog says that it is none. */
  declare isNoLink: boolean;
  /** The name that the person gave; null for the first words. */
  declare name: string | null;
  /** As it was edited: a field changes the ends of lines, so what was not edited is shared as it was pasted. */
  #edited: string | null;

  constructor() {
    super();
    this.text = "";
    this.isNoLink = false;
    this.name = null;
    this.#edited = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.text === "" && kept !== "") this.#edited = kept;
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector("dialog")!.showModal();
  }

  override render() {
    const isLong = this.text.length > MAX_EDITED_TEXT;
    return html`<dialog aria-labelledby="heading" data-test="text-dialog" @close=${this.#handleClosed}>
      <h2 id="heading">${this.text === "" ? "Write a note" : "Share this text as a note?"}</h2>
      <form method="dialog" @submit=${this.#share}>
        <p class="muted" ?hidden=${!this.isNoLink}>This is not a link to a share. It can be shared itself, as a text file.</p>
        <div class="field">
          <label for="text" class=${this.text === "" ? "visually-hidden" : ""}>Text</label>
          <textarea
            id="text"
            data-test="text-field"
            ?autofocus=${this.text === ""}
            ?readonly=${isLong}
            .value=${isLong ? this.text.slice(0, MAX_EDITED_TEXT) : (this.#edited ?? this.text)}
            @input=${this.#edit}
          ></textarea>
          ${isLong ? html`<p class="muted small">The beginning of ${plural(this.text.length, "character")}.</p>` : nothing}
        </div>
        <div class="field">
          <label for="name">Name</label>
          <div class="name">
            <input
              id="name"
              type="text"
              autocomplete="off"
              data-test="text-name"
              .value=${this.name ?? this.#otherwise}
              @input=${this.#setName}
            />
            <span class="muted">.txt</span>
          </div>
        </div>
        <div class="row">
          <button type="button" data-test="close" @click=${this.#close}>Cancel</button>
          <button class="primary" type="submit" data-test="share-text" ?autofocus=${this.text !== ""} ?disabled=${this.#current === ""}>
            Share as a note
          </button>
        </div>
      </form>
    </dialog>`;
  }

  get #current(): string {
    return this.#edited ?? this.text;
  }

  /** The name while the person has given none. */
  get #otherwise(): string {
    return textName(this.#current) || otherTextName(new Date());
  }

  #edit(event: Event): void {
    this.#edited = (event.target as HTMLTextAreaElement).value;
    this.requestUpdate();
  }

  #setName(event: Event): void {
    this.name = (event.target as HTMLInputElement).value;
  }

  #handleClosed(): void {
    // Escape closes a dialog without a question.
    if (this.text === "") kept = this.#edited ?? "";
    this.remove();
  }

  #close(): void {
    this.#edited = null;
    this.renderRoot.querySelector("dialog")!.close();
  }

  #share(): void {
    const file = textFile(this.#current, this.name ?? this.#otherwise, otherTextName(new Date()));
    this.#edited = null;
    // From the parent: this element is gone once its dialog is closed.
    this.parentNode?.dispatchEvent(new FilesPickedEvent((options) => intakeFiles([file], options)));
  }
}

customElements.define("shoal-text-dialog", TextDialogElement);

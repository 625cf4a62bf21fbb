/** `<shoal-home>` is the first screen: to drop files, to open a link, and to see what is on this device. */

import { css, html, LitElement } from "lit";
import type { NodeSnapshot } from "../bridge/commands.ts";
import type { NodeClient } from "../page/node-client.ts";
import { type PastedText, pastedText, pasteLines } from "./pasted-text.ts";
import { OpenLinkEvent } from "./requests.ts";
import { baseStyles, controlStyles } from "./styles.ts";

export class HomeElement extends LitElement {
  static override properties = {
    node: { attribute: false },
    snapshot: { attribute: false },
    hovering: { attribute: false },
    opening: { type: Boolean },
  };
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      :host {
        display: grid;
        gap: clamp(1.5rem, 1rem + 2vw, 2.5rem);
      }
      form {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.5rem 0.625rem;
      }
      label {
        grid-column: 1 / -1;
        font-size: 1.0625rem;
        font-weight: 600;
        line-height: 1.3;
      }
    `,
  ];
  /** Null until the page has opened it. */
  declare node: NodeClient | null;
  declare snapshot: NodeSnapshot | null;
  /** The kind of thing that hovers above the page; null for nothing. */
  declare hovering: "files" | "text" | null;
  /** A link is being opened. */
  declare opening: boolean;
  /** The text that was pasted into the field, with its line ends; null for none. */
  #pasted: PastedText | null;

  constructor() {
    super();
    this.#pasted = null;
    this.node = null;
    this.snapshot = null;
    this.hovering = null;
    this.opening = false;
  }

  override render() {
    return html`
      <shoal-drop-area .hovering=${this.hovering}></shoal-drop-area>
      <form novalidate @submit=${this.#submit}>
        <label for="link">Open a link that you were given</label>
        <input
          id="link"
          name="link"
          type="text"
          inputmode="url"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          placeholder="Link or magnet"
          data-test="link-field"
          @paste=${this.#paste}
        />
        <button type="submit" data-test="open" ?disabled=${this.opening}>
          ${this.opening ? "Opening…" : "Open"}
        </button>
      </form>
      ${
        this.snapshot === null
          ? ""
          : html`<shoal-share-list .shares=${this.snapshot.shares}></shoal-share-list>
              <shoal-storage .node=${this.node} .snapshot=${this.snapshot}></shoal-storage>`
      }
    `;
  }

  override firstUpdated(): void {
    // Without it, the screen lacks only what it tells.
    import("./storage.ts").catch(() => {});
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLInputElement>("#link")!;
    const text = pastedText(field, this.#pasted).trim();
    if (text === "") field.focus();
    else this.dispatchEvent(new OpenLinkEvent(text));
  }

  #paste(event: ClipboardEvent): void {
    this.#pasted = pasteLines(event, this.#pasted) ?? this.#pasted;
  }
}

/**
 * `<shoal-free-dialog>` asks whether what is stored of a share is given up, or what is left of removed shares, and
 * sends the command. It is loaded when first asked for, and removes itself when closed.
 */

import { css, html, LitElement } from "lit";
import type { ShareSnapshot } from "../bridge/commands.ts";
import type { NodeClient } from "../page/node-client.ts";
import { dialogStyles } from "./dialog-styles.ts";
import { attempt } from "./notices.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { sizeInWords } from "./words/quantities.ts";
import { shareName } from "./words/share.ts";
import { FREE_EXPLANATION, FREE_FORGOTTEN_EXPLANATION } from "./words/storage.ts";

export class FreeDialogElement extends LitElement {
  static override properties = { share: { attribute: false }, bytes: { attribute: false } };
  static override styles = [
    baseStyles,
    controlStyles,
    dialogStyles,
    css`
      .choices {
        display: grid;
        gap: 0.625rem;
        margin-top: 1.25rem;
      }
    `,
  ];
  declare node: NodeClient;
  /** Null for what is left of removed shares. */
  declare share: ShareSnapshot | null;
  declare bytes: number;

  override firstUpdated(): void {
    this.renderRoot.querySelector("dialog")!.showModal();
  }

  override render() {
    const { share, bytes } = this;
    return html`<dialog aria-labelledby="heading" data-test="free-dialog" @close=${() => this.remove()}>
      <h2 id="heading">
        ${share === null ? "Delete what is left of removed shares?" : `Delete what is stored of “${shareName(share)}”?`}
      </h2>
      <p class="muted">${share === null ? FREE_FORGOTTEN_EXPLANATION : FREE_EXPLANATION}</p>
      <div class="choices">
        <button class="danger" type="button" data-test="free-now" @click=${() => this.#free()}>
          Delete ${sizeInWords(bytes)}
        </button>
        <button type="button" data-test="close" autofocus @click=${() => this.#close()}>Cancel</button>
      </div>
    </dialog>`;
  }

  #close(): void {
    this.renderRoot.querySelector("dialog")!.close();
  }

  async #free(): Promise<void> {
    // A notice is sent from the parent: this element is gone once its dialog is closed.
    const place = this.parentNode ?? this;
    this.#close();
    await attempt(place, this.node.call("free", { id: this.share?.id ?? null }));
  }
}

customElements.define("shoal-free-dialog", FreeDialogElement);

/**
 * `<shoal-remove-dialog>` asks whether a share is removed with or without its data, and sends the command. It is
 * loaded when first asked for, and removes itself when closed. The app, which sees the share go, decides which screen
 * comes next.
 */

import { css, html, LitElement, nothing } from "lit";
import type { ShareSnapshot } from "../bridge/commands.ts";
import type { NodeClient } from "../page/node-client.ts";
import { dialogStyles } from "./dialog-styles.ts";
import { attempt } from "./notices.ts";
import { RemovingEvent } from "./requests.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { sizeInWords } from "./words/quantities.ts";
import { shareName } from "./words/share.ts";

export class RemoveDialogElement extends LitElement {
  static override properties = { share: { attribute: false } };
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
  declare share: ShareSnapshot;

  override firstUpdated(): void {
    this.renderRoot.querySelector("dialog")!.showModal();
  }

  override render() {
    const { fromFiles, folder, storedBytes } = this.share;
    const kept = !fromFiles && folder === null && storedBytes > 0;
    return html`<dialog aria-labelledby="heading" data-test="remove-dialog" @close=${() => this.remove()}>
      <h2 id="heading">Remove “${shareName(this.share)}”?</h2>
      <p class="muted">${this.#explanation(kept)}</p>
      <div class="choices">
        <button class="danger" type="button" data-test="remove-with-data" @click=${() => this.#remove(true)}>
          ${kept ? `Remove and delete ${sizeInWords(storedBytes)}` : "Remove"}
        </button>
        ${
          kept
            ? html`<button type="button" data-test="remove-keep-data" @click=${() => this.#remove(false)}>
                Remove from the list, keep the data
              </button>`
            : nothing
        }
        <button type="button" data-test="close" autofocus @click=${() => this.#close()}>Cancel</button>
      </div>
    </dialog>`;
  }

  #explanation(kept: boolean): string {
    if (this.share.fromFiles) {
      return "It is no longer shared from here, and its link stops working unless others have all of it. Your own files are not touched.";
    }
    if (this.share.folder !== null) {
      return "It is no longer downloaded or shared from here. Files that are whole stay in their folder; the others are deleted from it.";
    }
    if (!kept) return "It leaves the list. Nothing of it is stored in this browser.";
    return "Files that you saved to disk are not touched. Data kept in this browser is found again by opening the share’s .torrent file: save that first.";
  }

  #close(): void {
    this.renderRoot.querySelector("dialog")!.close();
  }

  async #remove(data: boolean): Promise<void> {
    // A notice is sent from the parent: this element is gone once its dialog is closed.
    const place = this.parentNode ?? this;
    this.#close();
    place.dispatchEvent(new RemovingEvent(this.share.id));
    await attempt(place, this.node.call("remove", { id: this.share.id, data }));
  }
}

customElements.define("shoal-remove-dialog", RemoveDialogElement);

/**
 * `<shoal-storage>` shows what is in this browser's storage: how much is used and free, whether the browser may delete
 * it, and what is stored of each share, with the ways to give it up. It is loaded after the screens that show it. The
 * numbers are asked for anew whenever the browser tells another size.
 */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { NodeSnapshot, ShareSnapshot, StoredBytes } from "../bridge/commands.ts";
import type { NodeClient } from "../page/node-client.ts";
import { askToPersist, canAskToPersist } from "../page/persistent-storage.ts";
import { progressBar } from "./progress-bar.ts";
import { percentOf } from "./share-progress.ts";
import { baseStyles, controlStyles, progressStyles } from "./styles.ts";
import { sizeInWords } from "./words/quantities.ts";
import { shareName } from "./words/share.ts";
import { forgottenWords, persistenceSentence, storageSentence } from "./words/storage.ts";

/** The stored bytes of one share, as they are drawn. */
interface StoredShare {
  readonly share: ShareSnapshot;
  readonly bytes: number;
  readonly canFree: boolean;
}

export class StorageElement extends LitElement {
  static override properties = {
    node: { attribute: false },
    snapshot: { attribute: false },
    open: { type: Boolean },
    stored: { state: true },
    granted: { state: true },
  };
  static override styles = [
    baseStyles,
    controlStyles,
    progressStyles,
    css`
      h2 {
        margin-bottom: 0.75rem;
      }
      .card {
        display: grid;
        gap: 0.75rem;
      }
      .persistence {
        justify-content: space-between;
      }
      .persistence p {
        flex: 1 1 16rem;
      }
      summary {
        width: fit-content;
        padding-block: 0.375rem;
        border-radius: var(--radius-small);
        color: var(--accent);
        font-weight: 500;
        cursor: pointer;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.375rem 1rem;
        padding-block: 0.625rem;
        border-top: 1px solid var(--line);
      }
      li:last-child {
        padding-bottom: 0;
      }
      .what {
        flex: 1 1 14rem;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .what p:first-child {
        font-weight: 500;
      }
    `,
  ];
  declare node: NodeClient;
  declare snapshot: NodeSnapshot;
  /** The list of shares is shown from the first. */
  declare open: boolean;
  /** Null until it is known. */
  declare stored: StoredBytes | null;
  /** The browser's answer when it was asked for storage that lasts; null while it was not. */
  declare granted: boolean | null;
  /** The state of the node that `stored` is of. */
  #state: string;
  #isAsking: boolean;

  constructor() {
    super();
    this.open = false;
    this.stored = null;
    this.granted = null;
    this.#state = "";
    this.#isAsking = false;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("snapshot")) void this.#ask();
  }

  async #ask(): Promise<void> {
    const { storage, shares } = this.snapshot;
    const state = JSON.stringify([
      this.node.epoch,
      storage?.used,
      shares.map(({ id, phase }) => [id, phase]),
    ]);
    if (this.#isAsking || state === this.#state) return;
    this.#isAsking = true;
    this.#state = state;
    // The next snapshot asks again.
    this.stored = await this.node.call("storage", {}).catch(() => this.stored);
    this.#isAsking = false;
  }

  override render() {
    const { storage } = this.snapshot;
    const stored = this.#shares();
    const forgotten = this.stored?.forgotten ?? { count: 0, bytes: 0 };
    const isEmpty = stored.length === 0 && forgotten.count === 0;
    if (isEmpty && !this.open && !this.snapshot.shares.some(({ kept }) => kept)) return nothing;
    return html`<section aria-labelledby="heading">
      <h2 id="heading">Storage of this browser</h2>
      <div class="card">
        <p class="numbers" data-test="storage-use">${storageSentence(storage)}</p>
        ${
          storage === null || storage.free === null
            ? nothing
            : progressBar(percentOf(storage.used, storage.used + storage.free), "Storage used", "storage-bar")
        }
        ${this.#renderPersistence()}
        ${
          isEmpty
            ? nothing
            : html`<details ?open=${this.open} data-test="stored">
                <summary data-test="show-stored">What is stored</summary>
                <ul>
                  ${repeat(
                    stored,
                    ({ share }) => share.id,
                    (each) => this.#renderShare(each),
                  )}
                  ${forgotten.count === 0 ? nothing : this.#renderForgotten(forgotten)}
                </ul>
              </details>`
        }
      </div>
    </section>`;
  }

  /** The shares of which something is stored, the largest first. */
  #shares(): StoredShare[] {
    const found = (this.stored?.shares ?? []).flatMap(({ id, bytes, canFree }) => {
      const share = this.snapshot.shares.find((each) => each.id === id);
      return share === undefined ? [] : [{ share, bytes, canFree }];
    });
    return found.sort((a, b) => b.bytes - a.bytes);
  }

  #renderPersistence(): TemplateResult {
    const persisted = this.snapshot.storage?.persisted === true || this.granted === true;
    return html`<div class="row persistence">
      <p class="muted" role="status" data-test="persistence">
        ${persistenceSentence(persisted, this.granted === false)}
      </p>
      ${
        persisted || !canAskToPersist()
          ? nothing
          : html`<button type="button" data-test="persist" @click=${this.#persist}>Ask to keep it</button>`
      }
    </div>`;
  }

  #renderShare({ share, bytes, canFree }: StoredShare): TemplateResult {
    const name = shareName(share);
    return html`<li data-test="stored-share" data-id=${share.id}>
      ${renderWhat(name, bytes)}
      <div class="row">
        ${
          canFree
            ? html`<button
                type="button"
                data-test="free"
                aria-label="Free the space of “${name}”"
                @click=${() => this.#askToFree(share, bytes)}
              >
                Free the space
              </button>`
            : nothing
        }
        <button
          class="danger"
          type="button"
          data-test="remove-stored"
          aria-label="Remove “${name}”"
          @click=${() => this.#askToRemove(share)}
        >
          Remove…
        </button>
      </div>
    </li>`;
  }

  #renderForgotten({ count, bytes }: StoredBytes["forgotten"]): TemplateResult {
    return html`<li data-test="stored-forgotten">
      ${renderWhat(forgottenWords(count), bytes)}
      <button type="button" data-test="free-forgotten" @click=${() => this.#askToFree(null, bytes)}>
        Free the space
      </button>
    </li>`;
  }

  async #persist(): Promise<void> {
    this.granted = await askToPersist();
  }

  async #askToFree(share: ShareSnapshot | null, bytes: number): Promise<void> {
    const { FreeDialogElement } = await import("./free-dialog.ts");
    const dialog = new FreeDialogElement();
    dialog.node = this.node;
    dialog.share = share;
    dialog.bytes = bytes;
    this.renderRoot.append(dialog);
  }

  async #askToRemove(share: ShareSnapshot): Promise<void> {
    const { RemoveDialogElement } = await import("./remove-dialog.ts");
    const dialog = new RemoveDialogElement();
    dialog.node = this.node;
    dialog.share = share;
    this.renderRoot.append(dialog);
  }
}

function renderWhat(name: string, bytes: number): TemplateResult {
  return html`<div class="what">
    <p>${name}</p>
    <p class="muted small numbers" data-test="stored-bytes">${sizeInWords(bytes)}</p>
  </div>`;
}

customElements.define("shoal-storage", StorageElement);

/**
 * `<shoal-room-dialog>` is shown when a share does not fit into this browser's storage, or when that is full. It offers
 * the ways to more room: to ask the browser for storage that lasts, where that gives more, to download straight into a
 * folder, and to free what is stored of others. It is loaded when first needed, follows the node by itself, and removes
 * itself when closed.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { NodeSnapshot } from "../bridge/commands.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { NodeClient } from "../page/node-client.ts";
import { askToPersist, canAskToPersist } from "../page/persistent-storage.ts";
import { canSaveToFolder, downloadToFolder } from "../page/saving.ts";
import { dialogStyles } from "./dialog-styles.ts";
import { attempt } from "./notices.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import {
  FOLDER_EXPLANATION,
  noRoomSentence,
  PERSIST_EXPLANATION,
  stillNoRoomSentence,
} from "./words/storage.ts";
import "./storage.ts";

export class RoomDialogElement extends LitElement {
  static override properties = { missing: { attribute: false }, granted: { state: true } };
  static override styles = [
    baseStyles,
    controlStyles,
    dialogStyles,
    css`
      dialog {
        width: min(36rem, calc(100vw - 2rem));
      }
      .way {
        display: grid;
        gap: 0.5rem;
        margin-top: 1.25rem;
      }
      .way button {
        justify-self: start;
      }
      .end {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: 0.625rem;
        margin-top: 1.5rem;
      }
      shoal-storage {
        margin-top: 1.5rem;
      }
    `,
  ];
  declare node: NodeClient;
  declare share: TorrentId;
  /** Bytes that do not fit; null where that is unknown. */
  declare missing: number | null;
  /** The browser's answer when it was asked for storage that lasts; null while it was not. */
  declare granted: boolean | null;
  #unsubscribe: () => void;

  constructor() {
    super();
    this.missing = null;
    this.granted = null;
    this.#unsubscribe = () => {};
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unsubscribe = this.node.subscribe(() => this.#handleChange());
  }

  override disconnectedCallback(): void {
    this.#unsubscribe();
    super.disconnectedCallback();
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector("dialog")!.showModal();
  }

  override render() {
    const { snapshot } = this.node;
    return html`<dialog aria-labelledby="heading" data-test="room-dialog" @close=${() => this.remove()}>
      <h2 id="heading">There is not enough room</h2>
      <p data-test="no-room">${noRoomSentence(this.missing)}</p>
      ${this.#renderPersist(snapshot)} ${this.#renderFolder()}
      ${
        snapshot === null
          ? nothing
          : html`<shoal-storage open .node=${this.node} .snapshot=${snapshot}></shoal-storage>`
      }
      <div class="end">
        <button type="button" data-test="close" @click=${() => this.#close()}>Close</button>
        <button class="primary" type="button" data-test="try-again" @click=${() => void this.#start()}>
          Try again
        </button>
      </div>
    </dialog>`;
  }

  /** Only a quota that is meant can grow by it. */
  #renderPersist(snapshot: NodeSnapshot | null): TemplateResult | typeof nothing {
    const storage = snapshot?.storage ?? null;
    if (this.granted === null && (storage === null || storage.free === null || storage.persisted))
      return nothing;
    if (!canAskToPersist()) return nothing;
    return html`<div class="way">
      <p class="muted" role="status" data-test="room-answer">
        ${this.granted === null ? PERSIST_EXPLANATION : stillNoRoomSentence(this.granted)}
      </p>
      ${
        this.granted === true
          ? nothing
          : html`<button type="button" data-test="ask-for-room" @click=${() => void this.#persist()}>
              Ask for more room
            </button>`
      }
    </div>`;
  }

  #renderFolder(): TemplateResult | typeof nothing {
    if (!canSaveToFolder()) return nothing;
    return html`<div class="way">
      <p class="muted">${FOLDER_EXPLANATION}</p>
      <button type="button" data-test="to-folder" @click=${() => void this.#toFolder()}>
        Download straight to a folder…
      </button>
    </div>`;
  }

  /** The share may go on by itself, as after other data were freed, or be gone. */
  #handleChange(): void {
    const share = this.node.snapshot?.shares.find(({ id }) => id === this.share);
    if (share === undefined || share.phase === "downloading" || share.phase === "seeding") this.#close();
    else this.requestUpdate();
  }

  async #persist(): Promise<void> {
    const granted = await askToPersist();
    await this.#start();
    this.granted = granted;
  }

  /** Closes, unless the share still does not fit. */
  async #start(): Promise<void> {
    // A notice is sent from the parent: this element is gone once its dialog is closed.
    const place = this.parentNode ?? this;
    const starting = this.node.call("start", { id: this.share });
    try {
      await starting;
    } catch (error) {
      if (error instanceof ShoalError && error.code === "storage/too-large") {
        this.missing = Number(error.detail);
        return;
      }
    }
    this.#close();
    await attempt(place, starting);
  }

  async #toFolder(): Promise<void> {
    const place = this.parentNode ?? this;
    const downloading = downloadToFolder(this.node, this.share);
    this.#close();
    await attempt(place, downloading);
  }

  #close(): void {
    this.renderRoot.querySelector("dialog")?.close();
  }
}

customElements.define("shoal-room-dialog", RoomDialogElement);

/**
 * `<shoal-drop-area>` invites to share, with a picker for files and one for a folder. It passes on what is picked.
 * Drops are taken anywhere on the page, by app.ts.
 */

import { css, html, LitElement } from "lit";
import { handleChosen, openChoice } from "./file-choice.ts";
import { mark } from "./mark.ts";
import { WriteTextEvent } from "./requests.ts";
import { baseStyles, controlStyles } from "./styles.ts";

export class DropAreaElement extends LitElement {
  static override properties = { hovering: { attribute: false } };
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .area {
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        gap: 0.875rem;
        min-height: clamp(17rem, 42vh, 24rem);
        padding: 2rem 1.25rem;
        border: 2px dashed var(--control-line);
        border-radius: calc(var(--radius) + 6px);
        background: var(--surface);
        text-align: center;
        transition:
          background-color 0.2s,
          border-color 0.2s;
      }
      .area.dragging {
        border-color: var(--accent);
        border-style: solid;
        background: var(--accent-soft);
      }
      .mark {
        color: var(--accent);
        line-height: 0;
      }
      .mark svg {
        transition: transform 0.4s ease;
      }
      .dragging .mark svg {
        transform: translateX(14px);
      }
      .explanation {
        max-width: 30rem;
        color: var(--muted);
        text-wrap: balance;
      }
      .row {
        justify-content: center;
        margin-top: 0.625rem;
      }
    `,
  ];
  /** The kind of thing that hovers above the page; null for nothing. */
  declare hovering: "files" | "text" | null;

  constructor() {
    super();
    this.hovering = null;
  }

  override render() {
    const invitation = this.hovering === "text" ? "Let go to open or share" : "Let go to share";
    return html`<div class="area ${this.hovering === null ? "" : "dragging"}" data-test="drop-area">
      <div class="mark">${mark(84)}</div>
      <h1 tabindex="-1">${this.hovering === null ? "Drop files to share" : invitation}</h1>
      <p class="explanation">
        They go straight from your browser to whoever opens the link. Nothing is uploaded to a server.
      </p>
      <div class="row">
        <button class="primary" type="button" data-test="choose-files" @click=${() => this.#choose("#files")}>
          Choose files
        </button>
        <button type="button" data-test="choose-folder" @click=${() => this.#choose("#folder")}>
          Choose a folder
        </button>
        <button type="button" data-test="write-text" @click=${this.#write}>Write a note</button>
      </div>
      <input id="files" type="file" multiple hidden data-test="file-input" aria-label="Files to share" @change=${handleChosen} />
      <input id="folder" type="file" webkitdirectory hidden data-test="folder-input" aria-label="Folder to share" @change=${handleChosen} />
    </div>`;
  }

  #choose(selector: string): void {
    void openChoice(this.renderRoot.querySelector<HTMLInputElement>(selector)!);
  }

  #write(): void {
    this.dispatchEvent(new WriteTextEvent());
  }
}

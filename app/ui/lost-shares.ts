/**
 * `<shoal-lost-shares>` says which shares the browser deleted by itself, or what was stored of them, with the links by
 * which they can be opened again. It is loaded when there are any. page/kept-shares.ts notices them.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import type { LostShare } from "../page/kept-shares.ts";
import { LEFT_OUT_AT_FIRST } from "./constants.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { countInWords } from "./words/quantities.ts";
import { lostSentence } from "./words/storage.ts";
import { visibleName } from "./words/visible-name.ts";

export class LostSharesElement extends LitElement {
  static override properties = { lost: { attribute: false }, showsAll: { state: true } };
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .box {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
        padding: 0.875rem 1.125rem;
        border-left: 4px solid var(--danger);
        border-radius: var(--radius-small);
        background: var(--danger-soft);
        overflow-wrap: anywhere;
      }
      .row {
        margin-inline: -0.625rem;
      }
      .quiet {
        padding-inline: 0.625rem;
      }
    `,
  ];
  declare lost: readonly LostShare[];
  declare showsAll: boolean;

  constructor() {
    super();
    this.lost = [];
    this.showsAll = false;
  }

  override render() {
    if (this.lost.length === 0) return nothing;
    const shown = this.showsAll ? this.lost : this.lost.slice(0, LEFT_OUT_AT_FIRST);
    const others = this.lost.length - shown.length;
    return html`<section class="box" role="alert" data-test="lost-shares">
      <p data-test="lost-words">${lostSentence(this.lost)}</p>
      <ul>
        ${shown.map(renderShare)}
      </ul>
      <div class="row">
        ${
          others > 0
            ? html`<button class="quiet" type="button" data-test="show-lost" @click=${this.#showAll}>
                Show ${countInWords(others)} more
              </button>`
            : nothing
        }
        <button class="quiet" type="button" data-test="dismiss-lost" @click=${this.#dismiss}>OK</button>
      </div>
    </section>`;
  }

  #showAll(): void {
    this.showsAll = true;
  }

  #dismiss(): void {
    this.dispatchEvent(new Event("dismiss"));
  }
}

/** Only the fragment of its link is followed, whatever the page's address is now. */
function renderShare({ name, link }: LostShare): TemplateResult {
  const words = name === null ? "Shared with you" : visibleName(name);
  const fragment = /#.+/s.exec(link)?.[0];
  return html`<li data-test="lost-share">
    ${fragment === undefined ? words : html`<a href=${fragment}>${words}</a>`}
  </li>`;
}

customElements.define("shoal-lost-shares", LostSharesElement);

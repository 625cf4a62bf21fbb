/**
 * `<shoal-removed>` is the screen of a share that the person removed from this device and went back to. Nothing of it is
 * online until the person says so, by an `open-again` event.
 */

import { css, html, LitElement } from "lit";
import { icon } from "./mark.ts";
import { backStyles, baseStyles, controlStyles } from "./styles.ts";

export class RemovedElement extends LitElement {
  static override styles = [
    baseStyles,
    controlStyles,
    backStyles,
    css`
      :host,
      .card {
        display: grid;
        gap: 1.25rem;
      }
      p {
        margin-top: 0.5rem;
      }
    `,
  ];

  override render() {
    return html`
      <a class="back" href="#">${icon("back")} All shares</a>
      <section class="card" aria-labelledby="heading">
        <div>
          <h1 id="heading" tabindex="-1" data-test="removed">You removed this share</h1>
          <p class="muted">Nobody gets it from you. Its link may still work, if others have it.</p>
        </div>
        <div class="row">
          <button class="primary" type="button" data-test="open-again" @click=${this.#openAgain}>
            Open it again
          </button>
        </div>
      </section>
    `;
  }

  #openAgain(): void {
    this.dispatchEvent(new Event("open-again"));
  }
}

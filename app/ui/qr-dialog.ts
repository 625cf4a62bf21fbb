/**
 * `<shoal-qr-dialog>` shows a share link as a QR code to scan. It is loaded when first asked for, and removes itself
 * when closed.
 */

import { css, html, LitElement } from "lit";
import { encode } from "uqr";
import { dialogStyles } from "./dialog-styles.ts";
import { baseStyles, controlStyles } from "./styles.ts";

export class QrDialogElement extends LitElement {
  static override properties = { link: {}, name: {} };
  static override styles = [
    baseStyles,
    controlStyles,
    dialogStyles,
    css`
      dialog {
        text-align: center;
      }
      svg {
        display: block;
        width: 100%;
        margin: 1rem 0;
        border-radius: var(--radius-small);
        background: #ffffff;
      }
      button {
        width: 100%;
      }
    `,
  ];
  declare link: string;
  declare name: string;

  constructor() {
    super();
    this.link = "";
    this.name = "";
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector("dialog")!.showModal();
  }

  override render() {
    const { size, data } = encode(this.link, { border: 3 });
    return html`<dialog aria-labelledby="heading" data-test="qr-dialog" @close=${() => this.remove()}>
      <h2 id="heading">${this.name}</h2>
      <p class="muted">Scan this with another device's camera to open the share there.</p>
      <svg viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code of the share link" shape-rendering="crispEdges">
        <path d=${darkModules(data)} fill="#000000" />
      </svg>
      <form method="dialog"><button class="primary" data-test="close">Close</button></form>
    </dialog>`;
  }
}

/** Dark on white in both themes: many scanners read nothing else. */
function darkModules(modules: readonly (readonly boolean[])[]): string {
  return modules.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
}

customElements.define("shoal-qr-dialog", QrDialogElement);

/**
 * `<shoal-sender-note>` shows the note of a share as its sender wrote it, and whose words they are. The note is plain
 * text with its line breaks; what looks like an address is no link, because the sender is a stranger.
 */

import { css, html, LitElement, nothing } from "lit";
import type { ShareSnapshot } from "../bridge/commands.ts";
import { baseStyles } from "./styles.ts";
import { noteHeading } from "./words/share.ts";
import { visibleText } from "./words/visible-name.ts";

export class SenderNoteElement extends LitElement {
  static override properties = { share: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      .card {
        display: grid;
        gap: 0.5rem;
      }
      .note {
        max-height: 20rem;
        overflow-y: auto;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: plaintext;
      }
    `,
  ];
  declare share: ShareSnapshot;

  override render() {
    const { note } = this.share;
    if (note === null) return nothing;
    return html`<section class="card" aria-labelledby="heading">
      <h2 id="heading">${noteHeading(this.share)}</h2>
      <p class="note" tabindex="0" aria-labelledby="heading" data-test="note">${visibleText(note)}</p>
    </section>`;
  }
}

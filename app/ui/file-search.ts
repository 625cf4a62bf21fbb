/** The field by which a file is found in a long list, and how many files have the text in their names. */

import { html, nothing, type TemplateResult } from "lit";
import { foundSentence } from "./words/files.ts";

export interface FileSearch {
  /** The text; "" for none. */
  readonly text: string;
  readonly found: number;
  readonly search: (text: string) => void;
  /** A button that stands behind the field; none unless given. */
  readonly button?: TemplateResult;
}

export function fileSearch({ text, found, search, button }: FileSearch): TemplateResult {
  return html`<div class="search">
    <input
      type="search"
      aria-label="Find a file"
      placeholder="Find a file"
      autocomplete="off"
      spellcheck="false"
      data-test="find-file"
      .value=${text}
      @input=${(event: Event) => search((event.target as HTMLInputElement).value)}
    />
    ${button ?? nothing}
    <p class="muted small" role="status">${text === "" ? "" : foundSentence(found)}</p>
  </div>`;
}

/** `<shoal-members-only>` warns of members-only .torrent files in a draft, before its link is passed on. */

import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import type { SharedFile } from "../bridge/commands.ts";
import { membersOnlyFiles } from "../page/intake/members-only.ts";
import { baseStyles } from "./styles.ts";
import { membersOnlyFilesSentence } from "./words/intake.ts";

export class MembersOnlyWarningElement extends LitElement {
  static override properties = {
    files: { attribute: false },
    names: { state: true },
  };
  static override styles = [
    baseStyles,
    css`
      p {
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare files: readonly SharedFile[];
  /** Of the members-only files. */
  declare names: readonly string[];

  constructor() {
    super();
    this.files = [];
    this.names = [];
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("files")) void this.#look(this.files);
  }

  override render() {
    if (this.names.length === 0) return nothing;
    return html`<section class="card" role="alert" data-test="members-only-files">
      <p>${membersOnlyFilesSentence(this.names)}</p>
    </section>`;
  }

  async #look(files: readonly SharedFile[]): Promise<void> {
    const found = await membersOnlyFiles(files);
    if (files === this.files) this.names = found.map(({ name }) => name);
  }
}

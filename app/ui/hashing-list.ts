/** `<shoal-hashing>` lists the files that are being prepared for sharing, each with its progress and Cancel. */

import { css, html, LitElement, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { DraftSnapshot } from "../bridge/commands.ts";
import type { NodeClient } from "../page/node-client.ts";
import { attempt } from "./notices.ts";
import { progressBar } from "./progress-bar.ts";
import { percentOf } from "./share-progress.ts";
import { baseStyles, controlStyles, progressStyles } from "./styles.ts";
import { hashingSentence } from "./words/progress.ts";
import { nameWithOthers } from "./words/share.ts";

export class HashingElement extends LitElement {
  static override properties = { node: { attribute: false }, jobs: { attribute: false } };
  static override styles = [
    baseStyles,
    controlStyles,
    progressStyles,
    css`
      :host(:not([hidden])) {
        display: contents;
      }
      ul,
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75rem;
      }
      .title {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 1rem;
      }
      h2 {
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare node: NodeClient;
  declare jobs: readonly DraftSnapshot[];

  constructor() {
    super();
    this.jobs = [];
  }

  override render() {
    if (this.jobs.length === 0) return nothing;
    return html`<ul>
      ${repeat(
        this.jobs,
        ({ draft }) => draft,
        (job) => html`<li class="card" data-test="hashing" data-draft=${job.draft}>
          <div class="title">
            <h2>Preparing “${nameWithOthers(job)}”</h2>
            <button type="button" data-test="cancel-hashing" @click=${() => this.#cancel(job.draft)}>Cancel</button>
          </div>
          ${progressBar(percentOf(job.hashed, job.size), `Preparing ${nameWithOthers(job)}`, "hashing-progress")}
          <p class="muted small numbers">${hashingSentence(job)}</p>
        </li>`,
      )}
    </ul>`;
  }

  #cancel(draft: string): void {
    void attempt(this, this.node.call("discard", { draft, replaces: null }));
  }
}

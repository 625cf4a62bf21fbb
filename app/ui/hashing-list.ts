/** `<shoal-hashing>`: the files that are being prepared for sharing, each with progress and Cancel. */

import { html, LitElement } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { HashingSnapshot } from "../bridge/commands.ts";
import type { NodeClient } from "../page/node-client.ts";
import { attempt } from "./notices.ts";
import { progressBar } from "./progress-bar.ts";
import { hashingSentence } from "./share-words.ts";
import { baseStyles, controlStyles, progressStyles } from "./styles.ts";
import { percentOf } from "./words.ts";

export class HashingElement extends LitElement {
  static override properties = { node: { attribute: false }, jobs: { attribute: false } };
  static override styles = [baseStyles, controlStyles, progressStyles];
  declare node: NodeClient;
  declare jobs: readonly HashingSnapshot[];

  constructor() {
    super();
    this.jobs = [];
  }

  override render() {
    return html`<ul>
      ${repeat(
        this.jobs,
        ({ job }) => job,
        (job) => html`<li class="card" data-test="hashing" data-job=${job.job}>
          <div class="row">
            <h2 class="name">Preparing “${job.name}”</h2>
            <button type="button" data-test="cancel-hashing" @click=${() => this.#cancel(job.job)}>Cancel</button>
          </div>
          ${progressBar(percentOf(job.hashed, job.size), `Preparing ${job.name}`, "hashing-progress")}
          <p class="muted small numbers">${hashingSentence(job)}</p>
        </li>`,
      )}
    </ul>`;
  }

  #cancel(job: string): void {
    void attempt(this, this.node.call("cancelShare", { job }));
  }
}

/**
 * `<shoal-drafts>` lists what is being prepared to be shared, and what was prepared here and not passed on. A draft of
 * this tab can be gone on with or discarded. One of another tab is only listed while it is prepared, with Cancel.
 */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { DraftSnapshot } from "../bridge/commands.ts";
import type { Draft } from "../page/draft.ts";
import type { NodeClient } from "../page/node-client.ts";
import { attempt } from "./notices.ts";
import { progressBar } from "./progress-bar.ts";
import { DraftEvent } from "./requests.ts";
import { percentOf } from "./share-progress.ts";
import { baseStyles, controlStyles, progressStyles } from "./styles.ts";
import { draftName, draftProgress, draftSentence } from "./words/draft.ts";
import { nameWithOthers } from "./words/share.ts";

export class DraftListElement extends LitElement {
  static override properties = {
    node: { attribute: false },
    own: { attribute: false },
    told: { attribute: false },
  };
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
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem 1rem;
      }
      h2 {
        flex: 1 1 12rem;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare node: NodeClient;
  /** Those of this tab that are not under review. */
  declare own: readonly Draft[];
  /** Those that the worker has and that are not under review here, of any tab. */
  declare told: readonly DraftSnapshot[];

  constructor() {
    super();
    this.own = [];
    this.told = [];
  }

  override render() {
    const others = this.told.filter(
      ({ draft, working }) => working && !this.own.some((own) => own.id === draft),
    );
    if (this.own.length + others.length === 0) return nothing;
    return html`<ul>
      ${repeat(
        this.own,
        ({ id }) => id,
        (draft) => this.#renderOwn(draft),
      )}
      ${repeat(
        others,
        ({ draft }) => draft,
        (told) => this.#renderOther(told),
      )}
    </ul>`;
  }

  #renderOwn(draft: Draft): TemplateResult {
    const choose = (kind: "review" | "discard") => () => this.dispatchEvent(new DraftEvent(draft, { kind }));
    const told = this.told.find((each) => each.draft === draft.id);
    const isUnderWay = draft.state === "gathering" || draft.state === "hashing";
    return html`<li class="card" data-test="draft" data-draft=${draft.id}>
      <div class="title">
        <h2>${draftName(draft)}</h2>
        <div class="row">
          <button type="button" data-test="review-draft" @click=${choose("review")}>Go on</button>
          <button class="quiet" type="button" data-test="discard-draft" @click=${choose("discard")}>Discard</button>
        </div>
      </div>
      ${
        isUnderWay && told !== undefined
          ? this.#renderProgress(told)
          : html`<p class="muted small">
              ${draft.state === "ready" ? "Ready, and its link is not passed on yet." : draftSentence(draft)}
            </p>`
      }
    </li>`;
  }

  #renderOther(told: DraftSnapshot): TemplateResult {
    return html`<li class="card" data-test="draft" data-draft=${told.draft}>
      <div class="title">
        <h2>Preparing “${nameWithOthers(told)}”</h2>
        <button type="button" data-test="cancel-draft" @click=${() => this.#cancel(told.draft)}>Cancel</button>
      </div>
      ${this.#renderProgress(told)}
    </li>`;
  }

  #renderProgress(told: DraftSnapshot): TemplateResult {
    return html`${progressBar(percentOf(told.hashed, told.size), `Preparing ${nameWithOthers(told)}`, "draft-progress")}
      <p class="muted small numbers">${draftProgress(told)}</p>`;
  }

  #cancel(draft: string): void {
    void attempt(this, this.node.call("discard", { draft }));
  }
}

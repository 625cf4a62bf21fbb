/** `<shoal-share-list>` lists the shares kept on this device, newest first, each with what it is doing. Visits are not. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ShareSnapshot } from "../bridge/commands.ts";
import { icon } from "./mark.ts";
import { namedFragment } from "./named-link.ts";
import { preferences } from "./preferences.ts";
import { progressBar } from "./progress-bar.ts";
import { isAllHere, progressPercent } from "./share-progress.ts";
import { baseStyles, progressStyles } from "./styles.ts";
import { joinClauses, rateInWords, timeLeftInWords } from "./words/quantities.ts";
import { contentSentence, phaseWord, shareName } from "./words/share.ts";

export class ShareListElement extends LitElement {
  static override properties = { shares: { attribute: false } };
  static override styles = [
    baseStyles,
    progressStyles,
    css`
      h2 {
        margin-bottom: 0.75rem;
      }
      .card {
        padding: 0;
        overflow: hidden;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      a {
        display: grid;
        grid-template-columns: 1fr auto;
        align-items: center;
        gap: 0.125rem 1rem;
        padding: 0.875rem clamp(1rem, 0.6rem + 1.6vw, 1.5rem);
        color: inherit;
        text-decoration: none;
      }
      a:hover {
        background: var(--accent-soft);
      }
      a:focus-visible {
        outline-offset: -3px;
        border-radius: var(--radius);
      }
      .name {
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .chevron {
        grid-area: 1 / 2 / span 2;
        color: var(--muted);
        line-height: 0;
      }
      .progress {
        grid-column: 1;
        margin-top: 0.375rem;
        height: 0.3125rem;
      }
      .attention {
        color: var(--danger);
      }
      .empty {
        text-wrap: balance;
        padding: 1.125rem clamp(1rem, 0.6rem + 1.6vw, 1.5rem);
      }
    `,
  ];
  declare shares: readonly ShareSnapshot[];

  constructor() {
    super();
    this.shares = [];
  }

  override render() {
    const shares = this.shares.filter(({ kept }) => kept).sort((a, b) => b.addedAt - a.addedAt);
    return html`<section aria-labelledby="heading">
      <h2 id="heading">On this device</h2>
      <div class="card">
        ${
          shares.length === 0
            ? html`<p class="empty muted" data-test="empty">
                Nothing here yet. What you share or download is listed here until you remove it.
              </p>`
            : html`<ul>
                ${repeat(shares, ({ id }) => id, renderShare)}
              </ul>`
        }
      </div>
    </section>`;
  }
}

function renderShare(share: ShareSnapshot): TemplateResult {
  const name = shareName(share);
  const moving = share.phase === "downloading";
  const attention =
    share.ownFiles?.missing != null || share.phase === "failed" || share.stall === "tracker-refused";
  const rate = moving ? share.downRate : share.phase === "seeding" ? share.upRate : 0;
  return html`<li data-test="share" data-id=${share.id}>
    <a href=${namedFragment(share, preferences.nameInLinks)}>
      <span class="name">${name}</span>
      <span class="chevron">${icon("chevron")}</span>
      <span class="muted small numbers">
        <span class=${attention ? "attention" : ""}>${phaseWord(share)}</span>${joinClauses([
          " ",
          contentSentence(share),
          rate < 1 ? "" : rateInWords(rate),
          moving ? timeLeftInWords(share.eta) : "",
        ])}
      </span>
      ${
        share.size !== null && !isAllHere(share) && (moving || share.storedBytes > 0)
          ? progressBar(progressPercent(share), `Progress of ${name}`, "share-progress")
          : ""
      }
    </a>
  </li>`;
}

/**
 * `<shoal-trackers>` lists the trackers of a share. For a tracker that cannot be reached, it says when the next
 * attempt is.
 */

import { css, html, LitElement } from "lit";
import type { TrackerSnapshot } from "../engine/snapshot.ts";
import { baseStyles } from "./styles.ts";
import { trackerName, trackerSentence } from "./words/tracker.ts";

export class TrackerListElement extends LitElement {
  static override properties = { trackers: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      h2 {
        margin-bottom: 0.625rem;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0.125rem 1rem;
        padding: 0.5rem 0;
        border-top: 1px solid var(--line);
      }
      .name {
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare trackers: readonly TrackerSnapshot[];

  override render() {
    return html`<section aria-labelledby="heading">
      <h2 id="heading">Trackers</h2>
      ${
        this.trackers.length === 0
          ? html`<p class="muted">None is in use.</p>`
          : html`<ul>
              ${this.trackers.map(
                (tracker) => html`<li data-test="tracker" data-state=${tracker.state}>
                  <span class="name">${trackerName(tracker.url)}</span>
                  <span class="muted small numbers">${trackerSentence(tracker)}</span>
                </li>`,
              )}
            </ul>`
      }
    </section>`;
  }
}

/** `<shoal-rate-graph>`: what came in and went out over the last minute, a line each way. */

import { css, html, LitElement, svg } from "lit";
import { RATE_SAMPLE_EVERY, RATE_SPAN } from "./constants.ts";
import { axisTop, graphPoints, RateHistory } from "./rate-history.ts";
import { baseStyles } from "./styles.ts";
import { rateInWords } from "./words/quantities.ts";

const BOX = { width: 300, height: 90 };

export class RateGraphElement extends LitElement {
  static override properties = { downRate: { attribute: false }, upRate: { attribute: false }, of: {} };
  static override styles = [
    baseStyles,
    css`
      figure {
        margin: 0;
      }
      svg {
        display: block;
        width: 100%;
        height: 7rem;
        border-radius: var(--radius-small);
        background: var(--sunken);
      }
      polyline {
        fill: none;
        stroke-width: 2;
        vector-effect: non-scaling-stroke;
      }
      .down {
        stroke: var(--accent);
      }
      .up {
        stroke: var(--muted);
        stroke-dasharray: 4 3;
      }
      header,
      figcaption {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0.125rem 1rem;
      }
      header {
        margin-bottom: 0.625rem;
      }
      figcaption {
        margin-top: 0.5rem;
      }
      .key {
        display: inline-block;
        width: 1.125rem;
        margin-right: 0.375rem;
        border-top: 2px solid var(--accent);
        vertical-align: middle;
      }
      .key.up {
        border-top: 2px dashed var(--muted);
      }
    `,
  ];
  /** Bytes a second, as of the latest snapshot. */
  declare downRate: number;
  declare upRate: number;
  /** Which share is drawn; another one starts a new graph. */
  declare of: string;
  readonly #history: RateHistory;
  #timer: number;

  constructor() {
    super();
    this.downRate = 0;
    this.upRate = 0;
    this.of = "";
    this.#history = new RateHistory(RATE_SPAN);
    this.#timer = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = window.setInterval(() => this.#sample(), RATE_SAMPLE_EVERY);
  }

  override disconnectedCallback(): void {
    window.clearInterval(this.#timer);
    super.disconnectedCallback();
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("of")) this.#history.clear();
  }

  #sample(): void {
    this.#history.add({ at: performance.now(), down: this.downRate, up: this.upRate });
    this.requestUpdate();
  }

  override render() {
    const { samples, peak } = this.#history;
    const top = axisTop(peak);
    const box = { ...BOX, now: samples.at(-1)?.at ?? 0, span: RATE_SPAN, top };
    const words = `Receiving ${rateInWords(this.downRate)}, sending ${rateInWords(this.upRate)}`;
    return html`<figure>
      <header>
        <h2>Last minute</h2>
        <span class="muted small numbers">up to ${rateInWords(top)}</span>
      </header>
      <svg viewBox="0 0 ${BOX.width} ${BOX.height}" preserveAspectRatio="none" role="img" aria-label=${words}>
        ${svg`<polyline class="up" points=${graphPoints(samples, "up", box)} />
        <polyline class="down" points=${graphPoints(samples, "down", box)} />`}
      </svg>
      <figcaption class="small numbers">
        <span><span class="key"></span>Receiving ${rateInWords(this.downRate)}</span>
        <span><span class="key up"></span>Sending ${rateInWords(this.upRate)}</span>
      </figcaption>
    </figure>`;
  }
}

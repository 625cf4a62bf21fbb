/** `<shoal-rate-graph>` draws what came in and went out over the last minute, one line each way. */

import { css, html, LitElement, svg } from "lit";
import type { RateSamples } from "../bridge/commands.ts";
import { axisTop, linePoints } from "./rate-lines.ts";
import { baseStyles } from "./styles.ts";
import { rateInWords } from "./words/quantities.ts";

const BOX = { width: 300, height: 90 };

export class RateGraphElement extends LitElement {
  static override properties = {
    rates: { attribute: false },
    downRate: { attribute: false },
    upRate: { attribute: false },
  };
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
  /** The samples that are drawn. */
  declare rates: RateSamples;
  /** Bytes a second now. */
  declare downRate: number;
  declare upRate: number;

  constructor() {
    super();
    this.rates = { down: new Float32Array(0), up: new Float32Array(0) };
    this.downRate = 0;
    this.upRate = 0;
  }

  override render() {
    const { down, up } = this.rates;
    const top = axisTop(Math.max(...down, ...up));
    const box = { ...BOX, top };
    const words = `Receiving ${rateInWords(this.downRate)}, sending ${rateInWords(this.upRate)}`;
    return html`<figure>
      <header>
        <h2>Last minute</h2>
        <span class="muted small numbers">up to ${rateInWords(top)}</span>
      </header>
      <svg viewBox="0 0 ${BOX.width} ${BOX.height}" preserveAspectRatio="none" role="img" aria-label=${words}>
        ${svg`<polyline class="up" points=${linePoints(up, box)} />
        <polyline class="down" points=${linePoints(down, box)} />`}
      </svg>
      <figcaption class="small numbers">
        <span><span class="key"></span>Receiving ${rateInWords(this.downRate)}</span>
        <span><span class="key up"></span>Sending ${rateInWords(this.upRate)}</span>
      </figcaption>
    </figure>`;
  }
}

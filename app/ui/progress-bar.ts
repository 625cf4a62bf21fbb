/** A progress bar is a template that shows whole percent, or that something goes on for an unknown time. */

import { html, nothing, type TemplateResult } from "lit";
import { styled } from "./styled.ts";

/** `percent` is 0..100, or null when unknown. Styled by `progressStyles`. */
export function progressBar(percent: number | null, label: string, hook: string): TemplateResult {
  return html`<div
    class="progress ${percent === null ? "unknown" : ""}"
    role="progressbar"
    data-test=${hook}
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${percent ?? nothing}
  >
    <div ${styled({ width: percent === null ? "" : `${percent}%` })}></div>
  </div>`;
}

/** Shoal's mark is three fish of one shoal, drawn in the text's colour. The few icons of buttons are here too. */

import { html, svg, type TemplateResult } from "lit";

const FISH =
  "M14 0C13 -3.6 8 -6.6 3 -6.4C-1.6 -6.2-5-3.9-7.6-1.4L-13.6-5.8C-12-2-12 2-13.6 5.8L-7.6 1.4C-5 3.9-1.6 6.2 3 6.4C8 6.6 13 3.6 14 0Z";

export function mark(size: number): TemplateResult {
  return html`<svg width=${size} height=${size} viewBox="0 0 64 64" fill="currentColor" aria-hidden="true">
    <g transform="rotate(-14 32 32)">
      <path d=${FISH} transform="translate(43.5 32)" />
      <path d=${FISH} transform="translate(18.5 17) scale(.84)" opacity=".72" />
      <path d=${FISH} transform="translate(18.5 47) scale(.84)" opacity=".72" />
    </g>
  </svg>`;
}

const strokes = {
  folder: svg`<path d="M2.500 5.500v8a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-7a1 1 0 0 0-1-1H9L7.300 3.500H3.500a1 1 0 0 0-1 1z" />`,
  file: svg`<path d="M5 2.500h5l3.500 3.500v9a.5.5 0 0 1-.5.5H5a.5.5 0 0 1-.5-.5V3a.5.5 0 0 1 .5-.5zM10 2.500V6h3.500" />`,
  chevron: svg`<path d="M7 5l4 4-4 4" />`,
  back: svg`<path d="M11 4L6 9l5 5" />`,
  close: svg`<path d="M4.500 4.500l9 9m0-9l-9 9" />`,
  check: svg`<path d="M3.500 9.500l3.500 3.500 7.500-8" />`,
} as const;

export type IconName = keyof typeof strokes;

/** A decoration: the element that carries it has its own words. */
export function icon(name: IconName): TemplateResult {
  return html`<svg
    width="18"
    height="18"
    viewBox="0 0 18 18"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${strokes[name]}
  </svg>`;
}

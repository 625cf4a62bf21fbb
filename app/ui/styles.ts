/** Styles that several elements share: text, cards, controls, progress bars. Colours and sizes come from page.css. */

import { css } from "lit";

export const baseStyles = css`
  :host {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  p,
  ul {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h1 {
    font-size: clamp(1.5rem, 1.2rem + 1.6vw, 2.125rem);
    font-weight: 650;
    line-height: 1.2;
    letter-spacing: -0.015em;
    overflow-wrap: anywhere;
  }
  /* Focused only to begin reading there. */
  h1:focus {
    outline: none;
  }
  h2 {
    font-size: 1.0625rem;
    font-weight: 600;
    line-height: 1.3;
  }
  a {
    color: var(--accent);
  }
  .muted {
    color: var(--muted);
  }
  .small {
    font-size: 0.875rem;
  }
  .numbers {
    font-variant-numeric: tabular-nums;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .card {
    padding: clamp(1rem, 0.6rem + 1.6vw, 1.5rem);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.625rem;
  }
  :focus-visible {
    outline: 3px solid var(--accent);
    outline-offset: 2px;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;

export const controlStyles = css`
  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-height: 2.75rem;
    padding: 0.5rem 1.125rem;
    border: 1px solid var(--control-line);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-weight: 500;
    line-height: 1.25;
    text-decoration: none;
    cursor: pointer;
    transition:
      background-color 0.15s,
      border-color 0.15s;
  }
  button:hover {
    border-color: var(--accent);
    background: var(--accent-soft);
  }
  button:disabled {
    opacity: 0.55;
    cursor: not-allowed;
  }
  button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  button.primary:hover:not(:disabled) {
    border-color: var(--accent-strong);
    background: var(--accent-strong);
  }
  button.big {
    min-height: 3.25rem;
    min-width: 11rem;
    padding-inline: 2rem;
    font-size: 1.125rem;
    font-weight: 600;
  }
  button.quiet {
    border-color: transparent;
    background: transparent;
    color: var(--accent);
  }
  button.quiet:hover {
    background: var(--accent-soft);
  }
  button.danger {
    border-color: var(--danger);
    background: transparent;
    color: var(--danger);
  }
  button.danger:hover {
    background: var(--danger-soft);
  }
  input[type="text"],
  input[type="search"],
  input[type="url"] {
    min-width: 0;
    min-height: 2.75rem;
    padding: 0.5rem 0.875rem;
    border: 1px solid var(--control-line);
    border-radius: var(--radius-small);
    background: var(--surface);
    color: var(--text);
    font: inherit;
  }
  input::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  input[type="checkbox"] {
    width: 1.25rem;
    height: 1.25rem;
    margin: 0;
    accent-color: var(--accent);
  }
  @media (forced-colors: active) {
    button {
      border-color: ButtonBorder;
    }
  }
`;

export const progressStyles = css`
  .progress {
    height: 0.5rem;
    overflow: hidden;
    border-radius: 1rem;
    background: var(--track);
  }
  .progress > div {
    height: 100%;
    border-radius: inherit;
    /* Grows step by step: a transition would lay the page out for every frame of a whole transfer. */
    background: var(--accent);
  }
  .progress.unknown > div {
    width: 30%;
    animation: search 1.8s ease-in-out infinite alternate;
  }
  @keyframes search {
    from {
      transform: translateX(-20%);
    }
    to {
      transform: translateX(260%);
    }
  }
  @media (forced-colors: active) {
    .progress {
      border: 1px solid CanvasText;
    }
    .progress > div {
      background: Highlight;
    }
  }
`;

/** The way back to the list, above a screen. */
export const backStyles = css`
  .back {
    display: inline-flex;
    align-items: center;
    gap: 0.25rem;
    justify-self: start;
    min-height: 2.75rem;
    margin: -0.5rem 0 -0.5rem -0.25rem;
    font-weight: 500;
    text-decoration: none;
  }
  .back:hover {
    text-decoration: underline;
  }
`;

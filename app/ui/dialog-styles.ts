/** The styles of dialogs. */

import { css } from "lit";

export const dialogStyles = css`
  dialog {
    width: min(26rem, calc(100vw - 2rem));
    max-height: calc(100dvh - 2rem);
    padding: 1.5rem;
    border: 1px solid var(--line);
    border-radius: calc(var(--radius) + 4px);
    background: var(--surface);
    color: var(--text);
    overflow: auto;
  }
  dialog::backdrop {
    background: rgb(6 16 22 / 0.55);
  }
  dialog h2 {
    margin-bottom: 0.5rem;
    font-size: 1.25rem;
    overflow-wrap: anywhere;
  }
`;

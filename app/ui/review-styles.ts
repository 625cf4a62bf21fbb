/** The styles of `<shoal-review>`. */

import { css } from "lit";

export const reviewStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: clamp(1rem, 0.6rem + 1.4vw, 1.5rem);
  }
  .back {
    justify-self: start;
    gap: 0.25rem;
    margin: -0.5rem 0 -0.5rem -0.25rem;
    padding-inline: 0.25rem;
    border: 0;
  }
  .back:hover {
    background: none;
    text-decoration: underline;
  }
  .head {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    padding: clamp(1.25rem, 0.5rem + 3vw, 2.25rem);
  }
  .content {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 0.625rem;
    margin-top: 0.25rem;
    font-size: 1.0625rem;
  }
  .content button {
    min-height: 2.25rem;
    margin-inline: -0.375rem;
    padding: 0.125rem 0.375rem;
    font-size: 1rem;
  }
  .rename {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    gap: 0.5rem;
  }
  .rename input {
    font-size: 1.25rem;
    font-weight: 600;
  }
  .progress {
    height: 0.625rem;
    margin-block: 0.5rem 0.375rem;
  }
  .state {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .state.failed {
    padding: 0.75rem 1rem;
    border-left: 4px solid var(--danger);
    border-radius: var(--radius-small);
    background: var(--danger-soft);
    font-weight: 400;
  }
  .state.failed + button {
    margin-top: 0.75rem;
  }
  .now .quiet {
    margin-inline: -0.625rem;
    padding-inline: 0.625rem;
  }
  .question {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.625rem;
    border-left: 4px solid var(--accent);
    background: var(--notice-soft);
  }
  .question h2,
  .question p {
    overflow-wrap: anywhere;
  }
  .question .row {
    margin-top: 0.25rem;
  }
  .end {
    display: flex;
    justify-content: flex-end;
  }
  @media (max-width: 34rem) {
    .actions > .primary,
    .actions > .big {
      width: 100%;
    }
    .actions > :not(.big) {
      flex: 1 1 auto;
    }
    .question button,
    .end button {
      width: 100%;
    }
    .rename {
      grid-template-columns: 1fr 1fr;
    }
    .rename input {
      grid-column: 1 / -1;
    }
  }
`;

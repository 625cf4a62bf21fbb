/** The styles of `<shoal-share>`. */

import { css } from "lit";

export const shareStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: clamp(1rem, 0.6rem + 1.4vw, 1.5rem);
  }
  .head {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    padding: clamp(1.25rem, 0.5rem + 3vw, 2.25rem);
  }
  .content {
    margin-top: 0.25rem;
    font-size: 1.0625rem;
  }
  .content:empty {
    display: none;
  }
  .progress {
    height: 0.625rem;
  }
  .phase {
    font-weight: 600;
  }
  .stall,
  .error {
    padding: 0.75rem 1rem;
    border-left: 4px solid var(--accent);
    border-radius: var(--radius-small);
    background: var(--notice-soft);
    overflow-wrap: anywhere;
  }
  .now .stall {
    margin-top: 1rem;
  }
  .error {
    border-color: var(--danger);
    background: var(--danger-soft);
  }
  .saving {
    display: grid;
    gap: 0.375rem;
  }
  .pictures {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr));
    gap: inherit;
  }
  .end {
    display: flex;
    justify-content: flex-end;
  }
  @media (max-width: 34rem) {
    .actions {
      flex-direction: column;
      align-items: stretch;
    }
    .end button {
      width: 100%;
    }
  }
`;

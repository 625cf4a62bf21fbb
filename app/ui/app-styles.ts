/** The styles of `<shoal-app>`, the frame around the screens. */

import { css } from "lit";

export const appStyles = css`
  header,
  main {
    width: min(60rem, 100%);
    margin: 0 auto;
    padding-inline: max(clamp(1rem, 4vw, 2rem), env(safe-area-inset-left));
  }
  header {
    padding-block: 1rem 0.75rem;
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.25rem;
    padding-bottom: max(4rem, env(safe-area-inset-bottom));
  }
  .narrow {
    width: min(48rem, 100%);
  }
  .brand {
    display: inline-flex;
    align-items: center;
    gap: 0.5rem;
    min-height: 2.75rem;
    border-radius: var(--radius-small);
    color: var(--accent);
    font-size: 1.25rem;
    font-weight: 650;
    letter-spacing: -0.01em;
    text-decoration: none;
  }
  .brand span {
    color: var(--text);
  }
  .fault {
    padding: 0.875rem 1.125rem;
    border-left: 4px solid var(--danger);
    border-radius: var(--radius-small);
    background: var(--danger-soft);
  }
  .gathering {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.5rem 1rem;
    font-variant-numeric: tabular-nums;
  }
  /* A wait that is over in a moment is not worth a flash. */
  .later {
    animation: appear 0.2s 0.3s both;
  }
  @keyframes appear {
    from {
      opacity: 0;
    }
  }
  .cover {
    position: fixed;
    inset: 0;
    z-index: 2;
    display: grid;
    place-items: center;
    border: 4px solid var(--accent);
    background: color-mix(in srgb, var(--accent-soft) 92%, transparent);
    font-size: 1.75rem;
    font-weight: 650;
    pointer-events: none;
  }
`;

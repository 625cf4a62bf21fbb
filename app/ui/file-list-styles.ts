/** The styles of `<shoal-files>`. */

import { css } from "lit";

export const fileListStyles = css`
  .card {
    padding-inline: 0;
    padding-bottom: 0.5rem;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 0.25rem 1rem;
    padding: 0 clamp(1rem, 0.6rem + 1.6vw, 1.5rem) 0.625rem;
  }
  [role="list"] {
    --row-height: 2.75rem;
  }
  .line {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto 4.25rem;
    align-items: center;
    gap: 0 0.5rem;
    min-height: 2.75rem;
    padding-inline: calc(clamp(1rem, 0.6rem + 1.6vw, 1.5rem) + min(var(--depth, 0), 6) * 1.25rem)
      clamp(0.5rem, 0.2rem + 1vw, 1rem);
  }
  .line:hover {
    background: var(--sunken);
  }
  .check {
    display: grid;
    place-items: center;
    width: 2rem;
    height: 2.75rem;
    margin-left: -0.375rem;
    cursor: pointer;
  }
  .label {
    grid-column: 2;
    display: flex;
    align-items: center;
    justify-content: flex-start;
    gap: 0.5rem;
    min-width: 0;
    padding: 0.375rem 0;
    color: inherit;
    text-align: left;
  }
  button.label {
    min-height: 2.75rem;
    border: 0;
    color: inherit;
    font-weight: 500;
  }
  button.label:hover {
    background: none;
    color: var(--accent);
  }
  .name {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .icon,
  .chevron {
    flex: none;
    color: var(--muted);
    line-height: 0;
  }
  .chevron svg {
    transition: transform 0.15s;
  }
  [aria-expanded="true"] .chevron svg {
    transform: rotate(90deg);
  }
  .amount {
    grid-column: 3;
    display: flex;
    align-items: center;
    justify-content: flex-end;
    gap: 0.375rem;
    text-align: right;
  }
  .done {
    color: var(--accent);
    line-height: 0;
  }
  .meter {
    flex: none;
    width: 4rem;
    height: 0.3125rem;
    overflow: hidden;
    border-radius: 1rem;
    background: var(--track);
  }
  .meter span {
    display: block;
    height: 100%;
    background: var(--accent);
  }
  .save {
    grid-column: 4;
    justify-self: end;
  }
  button.save {
    padding-inline: 0.75rem;
  }
  .search {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.25rem 1rem;
    padding: 0 clamp(1rem, 0.6rem + 1.6vw, 1.5rem) 0.625rem;
  }
  .skip:not(:focus) {
    position: absolute;
    width: 1px;
    min-height: 0;
    height: 1px;
    padding: 0;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .search input {
    flex: 1 1 14rem;
    max-width: 26rem;
  }
  @media (max-width: 34rem) {
    [role="list"] {
      --row-height: 4rem;
    }
    .line {
      grid-template-columns: auto minmax(0, 1fr) auto;
      padding-block: 0.25rem;
      padding-inline-start: calc(1rem + min(var(--depth, 0), 4) * 0.75rem);
    }
    .label {
      grid-row: 1;
      padding-bottom: 0;
    }
    button.label {
      min-height: 2rem;
    }
    .amount {
      grid-column: 2;
      grid-row: 2;
      justify-content: flex-start;
      padding-left: 1.625rem;
      padding-bottom: 0.25rem;
      text-align: left;
    }
    .check {
      grid-row: 1 / span 2;
    }
    .save {
      grid-column: 3;
      grid-row: 1 / span 2;
    }
  }
`;

/** `<shoal-peers>` shows the peers of a share: how each is reached, what it is doing, and how much goes each way. */

import { css, html, LitElement, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ShareSnapshot } from "../bridge/commands.ts";
import type { PeerSnapshot } from "../engine/snapshot.ts";
import { baseStyles } from "./styles.ts";
import { peerSentence, routeWord } from "./words/peer.ts";
import { rateInWords } from "./words/quantities.ts";

export class PeerTableElement extends LitElement {
  static override properties = { share: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      h2 {
        margin-bottom: 0.625rem;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.9375rem;
      }
      th {
        padding: 0 1rem 0.375rem 0;
        color: var(--muted);
        font-size: 0.875rem;
        font-weight: 500;
        text-align: left;
      }
      td {
        padding: 0.625rem 1rem 0.625rem 0;
        border-top: 1px solid var(--line);
        vertical-align: top;
      }
      th:last-child,
      td:last-child {
        padding-right: 0;
      }
      .number {
        font-variant-numeric: tabular-nums;
        text-align: right;
        white-space: nowrap;
      }
      @media (max-width: 44rem) {
        thead {
          position: absolute;
          width: 1px;
          height: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
        table,
        tbody {
          display: block;
        }
        tr {
          display: grid;
          grid-template-columns: repeat(3, auto);
          justify-content: space-between;
          gap: 0.125rem 1rem;
          padding: 0.75rem 0;
          border-top: 1px solid var(--line);
        }
        td {
          padding: 0;
          border: 0;
          text-align: left;
        }
        td:first-child,
        .wide {
          grid-column: 1 / -1;
        }
        td:first-child {
          font-weight: 600;
        }
        td.number {
          text-align: left;
        }
        td[data-label]::before {
          content: attr(data-label) " ";
          color: var(--muted);
        }
      }
    `,
  ];
  declare share: ShareSnapshot;

  override render() {
    const { peers } = this.share;
    return html`<section aria-labelledby="heading">
      <h2 id="heading">Peers</h2>
      ${
        peers.length === 0
          ? html`<p class="muted">Nobody is connected at the moment.</p>`
          : html`<table role="table" aria-labelledby="heading">
              <thead role="rowgroup">
                <tr role="row">
                  <th role="columnheader" scope="col">Client</th>
                  <th role="columnheader" scope="col">Connection</th>
                  <th role="columnheader" scope="col">State</th>
                  <th role="columnheader" scope="col" class="number">Has</th>
                  <th role="columnheader" scope="col" class="number">In</th>
                  <th role="columnheader" scope="col" class="number">Out</th>
                </tr>
              </thead>
              <tbody role="rowgroup">
                ${repeat(
                  peers,
                  ({ link }) => link,
                  (peer) => renderPeer(peer, routeWord(this.share.routes[peer.link], peer.connections)),
                )}
              </tbody>
            </table>`
      }
    </section>`;
  }
}

function rate(bytesPerSecond: number): string {
  return bytesPerSecond < 1 ? "–" : rateInWords(bytesPerSecond);
}

function renderPeer(peer: PeerSnapshot, route: string): TemplateResult {
  const open = peer.state === "connected";
  const percent = Math.floor(peer.progress * 100);
  return html`<tr role="row" data-test="peer" data-link=${peer.link} data-state=${peer.state}>
    <td role="cell">${peer.client === "" ? "Not known yet" : peer.client}</td>
    <td role="cell" class="wide" data-test="peer-route">${route}</td>
    <td role="cell" class="wide" data-test="peer-state">${peerSentence(peer)}</td>
    <td role="cell" class="number" data-label="Has">${open ? `${percent}\u00a0%` : "–"}</td>
    <td role="cell" class="number" data-label="In">${rate(peer.downRate)}</td>
    <td role="cell" class="number" data-label="Out">${rate(peer.upRate)}</td>
  </tr>`;
}

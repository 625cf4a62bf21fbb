/**
 * A row window draws the rows of a long list only where they are looked at. The list stands in chunks of
 * ROWS_PER_CHUNK rows. A chunk that is within a screen of what is seen is asked for from the row source, and drawn.
 * All others are empty boxes of the height that they had, or that they will have about. So the page scrolls as if all
 * rows were there, rows may have any height, and a list of 50,000 costs what a list of 100 does.
 *
 * A screen reader is told which row of how many each one is. To move on by keyboard or reading cursor scrolls, and
 * the next chunk is drawn before the end of the one before is reached. A chunk that holds the focus stays.
 *
 * The host draws the rows (`render`) and says when they changed (`refresh`).
 */

import {
  html,
  type LitElement,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from "lit";
import { repeat } from "lit/directives/repeat.js";
import { ROWS_PER_CHUNK } from "./constants.ts";
import { styled } from "./styled.ts";

/** Rows of a list from a place on, and how many there are in all. */
export interface Rows<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

/** Rows from `from` up to, not including, `to`. Null when they cannot be had, which the source has told already. */
export type RowSource<Row> = (from: number, to: number) => Promise<Rows<Row> | null>;

export interface RowDrawing<Row> {
  /** The key by which a row is the same one as before. */
  readonly key: (row: Row) => unknown;
  readonly content: (row: Row) => TemplateResult;
}

export class RowWindow<Row> implements ReactiveController {
  readonly #host: ReactiveControllerHost & LitElement;
  readonly #source: RowSource<Row>;
  readonly #observer: IntersectionObserver;
  /** The rows of the chunks that are looked at, and of those that were just now. */
  readonly #chunks: Map<number, readonly Row[]>;
  readonly #looked: Set<number>;
  /** Chunks whose rows are as of the latest `refresh`. */
  readonly #fresh: Set<number>;
  /** CSS pixels of chunks that were drawn. */
  readonly #heights: Map<number, number>;
  readonly #observed: WeakSet<Element>;
  #total: number | null;
  #isTotalFresh: boolean;
  /** Grows with each `refresh`. */
  #version: number;
  /** Grows with each `reset`. */
  #list: number;
  #isAsking: boolean;

  constructor(host: ReactiveControllerHost & LitElement, source: RowSource<Row>) {
    this.#host = host;
    this.#source = source;
    this.#observer = new IntersectionObserver((entries) => this.#handleLooks(entries), {
      rootMargin: "100% 0px",
    });
    this.#chunks = new Map();
    this.#looked = new Set([0]);
    this.#fresh = new Set();
    this.#heights = new Map();
    this.#observed = new WeakSet();
    this.#total = null;
    this.#isTotalFresh = false;
    this.#version = 0;
    this.#list = 0;
    this.#isAsking = false;
    host.addController(this);
  }

  /** Rows in all; null until the source has told. */
  get total(): number | null {
    return this.#total;
  }

  /** Another list: nothing of the one before is shown any more. */
  reset(): void {
    this.#list++;
    this.#chunks.clear();
    this.#heights.clear();
    this.#total = null;
    this.refresh();
  }

  /** The rows changed, or may have. Those that are looked at are asked for again. */
  refresh(): void {
    this.#version++;
    this.#fresh.clear();
    this.#isTotalFresh = false;
    void this.#ask();
  }

  /** Changes rows that are shown, until they are asked for again. */
  change(change: (row: Row) => Row): void {
    for (const [chunk, rows] of this.#chunks) this.#chunks.set(chunk, rows.map(change));
    this.#host.requestUpdate();
  }

  hostUpdated(): void {
    for (const element of this.#host.renderRoot.querySelectorAll("[data-chunk]")) {
      if (this.#observed.has(element)) continue;
      this.#observed.add(element);
      this.#observer.observe(element);
    }
  }

  hostConnected(): void {
    // Elements that are moved in the document are looked at anew.
    for (const element of this.#host.renderRoot?.querySelectorAll("[data-chunk]") ?? [])
      this.#observer.observe(element);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }

  /** The list. `label`: its name for screen readers. */
  render(label: string, drawing: RowDrawing<Row>): TemplateResult | typeof nothing {
    const total = this.#total;
    if (total === null || total === 0) return nothing;
    const chunks = Array.from({ length: Math.ceil(total / ROWS_PER_CHUNK) }, (_, chunk) => chunk);
    return html`<div role="list" aria-label=${label}>
      ${chunks.map((chunk) => this.#renderChunk(chunk, total, drawing))}
    </div>`;
  }

  #renderChunk(chunk: number, total: number, { key, content }: RowDrawing<Row>): TemplateResult {
    const first = chunk * ROWS_PER_CHUNK;
    const rows = this.#chunks.get(chunk);
    // The element stays the same one, drawn or not, as it is watched.
    return html`<div
      role="none"
      data-chunk=${chunk}
      ${styled({ height: rows === undefined ? this.#emptyHeight(chunk, total) : "auto" })}
    >
      ${repeat(
        rows ?? [],
        key,
        (row, at) =>
          html`<div role="listitem" aria-setsize=${total} aria-posinset=${first + at + 1}>${content(row)}</div>`,
      )}
    </div>`;
  }

  #emptyHeight(chunk: number, total: number): string {
    const height = this.#heights.get(chunk);
    if (height !== undefined) return `${height}px`;
    return `calc(${Math.min(ROWS_PER_CHUNK, total - chunk * ROWS_PER_CHUNK)} * var(--row-height))`;
  }

  #handleLooks(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const chunk = Number((target as HTMLElement).dataset.chunk);
      if (isIntersecting) {
        this.#looked.add(chunk);
      } else if (!target.matches(":focus-within")) {
        this.#looked.delete(chunk);
        if (this.#chunks.delete(chunk) && boundingClientRect.height > 0)
          this.#heights.set(chunk, boundingClientRect.height);
        this.#fresh.delete(chunk);
      }
    }
    this.#host.requestUpdate();
    void this.#ask();
  }

  /** Asks for the rows that are looked at and not fresh, run by run, until there are none. */
  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      for (let run = this.#staleRun(); run !== null; run = this.#staleRun()) {
        const [list, version] = [this.#list, this.#version];
        const told = await this.#source(run.first * ROWS_PER_CHUNK, run.end * ROWS_PER_CHUNK);
        if (list !== this.#list) continue;
        if (told === null) return;
        this.#take(run.first, run.end, told, version === this.#version);
      }
    } finally {
      this.#isAsking = false;
    }
  }

  /** The first chunks in sequence that are looked at and not fresh. */
  #staleRun(): { first: number; end: number } | null {
    const isPast = (chunk: number) => this.#total !== null && chunk * ROWS_PER_CHUNK >= this.#total;
    // While nothing is shown, nothing can be looked at.
    const looked = this.#total ? [...this.#looked] : [0];
    const stale = looked.filter((chunk) => !this.#fresh.has(chunk) && (chunk === 0 || !isPast(chunk)));
    if (stale.length === 0) return this.#isTotalFresh ? null : { first: 0, end: 0 };
    const first = Math.min(...stale);
    let end = first + 1;
    while (stale.includes(end)) end++;
    return { first, end };
  }

  #take(first: number, end: number, { total, rows }: Rows<Row>, isFresh: boolean): void {
    this.#total = total;
    this.#isTotalFresh = isFresh;
    for (let chunk = first; chunk < end; chunk++) {
      const from = (chunk - first) * ROWS_PER_CHUNK;
      this.#chunks.set(chunk, rows.slice(from, from + ROWS_PER_CHUNK));
      if (isFresh) this.#fresh.add(chunk);
    }
    for (const chunk of this.#chunks.keys()) if (chunk * ROWS_PER_CHUNK >= total) this.#chunks.delete(chunk);
    this.#host.requestUpdate();
  }
}

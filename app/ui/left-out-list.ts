/**
 * `<shoal-left-out>` says what is left out of a draft, before its link is passed on: system files in one line, all else
 * by its path and reason. Files that can be read are taken in again.
 */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Draft } from "../page/draft.ts";
import type { LeftOut } from "../page/intake/left-out.ts";
import { LEFT_OUT_AT_FIRST } from "./constants.ts";
import { attempt } from "./notices.ts";
import { RowWindow } from "./row-window.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { pathBelow, topFolderOf } from "./top-folder.ts";
import { leftOutTitle, reasonInWords, systemNames } from "./words/left-out.ts";
import { countInWords, plural } from "./words/quantities.ts";
import { visibleName } from "./words/visible-name.ts";

/** "Day 2" stands before "Day 10". */
const byName = new Intl.Collator("en", { numeric: true });

export class LeftOutElement extends LitElement {
  static override properties = {
    draft: { attribute: false },
    leftOut: { attribute: false },
    showsAll: { state: true },
  };
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.5rem;
      }
      .system {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0 1rem;
      }
      .system button {
        margin-block: -0.5rem;
      }
      .entry {
        padding-block: 0.25rem;
      }
      [role="list"] {
        --row-height: 2rem;
      }
      p,
      .entry {
        overflow-wrap: anywhere;
      }
      button {
        justify-self: start;
      }
      .quiet {
        margin-inline: -0.625rem;
        padding-inline: 0.625rem;
      }
    `,
  ];
  declare draft: Draft;
  declare leftOut: readonly LeftOut[];
  declare showsAll: boolean;
  /** All but system files. */
  #others: readonly LeftOut[];
  #system: readonly LeftOut[];
  #topFolder: string | null;
  readonly #rows: RowWindow<LeftOut>;

  constructor() {
    super();
    this.leftOut = [];
    this.showsAll = false;
    this.#others = [];
    this.#system = [];
    this.#topFolder = null;
    this.#rows = new RowWindow(this, async (from, to) => ({
      total: this.#others.length,
      rows: this.#others.slice(from, to),
    }));
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("leftOut")) return;
    this.#system = this.leftOut.filter(({ reason }) => reason === "system");
    // A disk gives its entries in no order that a person knows.
    this.#others = this.leftOut
      .filter(({ reason }) => reason !== "system")
      .map((entry) => ({ entry, path: entry.path.join("/") }))
      .sort((one, other) => byName.compare(one.path, other.path))
      .map(({ entry }) => entry);
    this.#topFolder = topFolderOf(this.draft.files);
    this.#rows.refresh();
  }

  override render() {
    if (this.leftOut.length === 0) return nothing;
    return html`<section class="card" aria-labelledby="heading" data-test="left-out">
      <h2 id="heading" data-test="left-out-summary">${leftOutTitle(this.leftOut)}</h2>
      ${this.#system.length === 0 ? nothing : this.#renderSystem()} ${this.#renderOthers()}
    </section>`;
  }

  #renderSystem(): TemplateResult {
    const readable = this.#system.filter(({ file }) => file !== null);
    return html`<div class="system">
      <p class="muted">${this.#others.length === 0 ? "" : `${plural(this.#system.length, "system file")}: `}${systemNames(this.#system)}</p>
      ${
        readable.length === 0
          ? nothing
          : html`<button class="quiet" type="button" data-test="take-in" @click=${() => this.#takeIn(readable)}>
              ${readable.length === 1 ? "Take it in" : "Take them in"}
            </button>`
      }
    </div>`;
  }

  #renderOthers(): TemplateResult | typeof nothing {
    const { length } = this.#others;
    if (length === 0) return nothing;
    const failed = this.#others.filter(({ file }) => file !== null);
    const again =
      failed.length === 0
        ? nothing
        : html`<button type="button" data-test="read-again" @click=${() => this.#takeIn(failed)}>
            ${failed.length === 1 ? "Try it again" : `Try ${plural(failed.length, "file")} again`}
          </button>`;
    if (this.showsAll && length > LEFT_OUT_AT_FIRST)
      return html`${this.#rows.render("Left out", {
        key: ({ path, reason }) => `${reason} ${path.join("/")}`,
        content: (entry) => this.#renderEntry(entry),
      })}
      ${again}`;
    return html`<ul>
        ${this.#others.slice(0, LEFT_OUT_AT_FIRST).map((entry) => html`<li>${this.#renderEntry(entry)}</li>`)}
      </ul>
      ${
        length > LEFT_OUT_AT_FIRST
          ? html`<button class="quiet" type="button" data-test="show-left-out" @click=${this.#showAll}>
              Show all ${countInWords(length)}
            </button>`
          : nothing
      }
      ${again}`;
  }

  #showAll(): void {
    this.showsAll = true;
  }

  #takeIn(entries: readonly LeftOut[]): void {
    void attempt(this, this.draft.takeIn(entries));
  }

  #renderEntry(entry: LeftOut): TemplateResult {
    return html`<div class="entry" data-test="left-out-entry" data-reason=${entry.reason}>
      ${visibleName(pathBelow(entry, this.#topFolder).join("/"))} <span class="muted">${reasonInWords(entry)}</span>
    </div>`;
  }
}

/**
 * `<shoal-notice>` shows the latest notice at the bottom of the window. One that only says that something worked goes
 * by itself; all others stay until they are dismissed or replaced.
 */

import { css, html, LitElement, nothing } from "lit";
import { DONE_FOR } from "./constants.ts";
import { icon } from "./mark.ts";
import type { NoticeAction, NoticeEvent } from "./notices.ts";
import { baseStyles, controlStyles } from "./styles.ts";

export type Notice = Pick<NoticeEvent, "sentence" | "severity" | "action">;

export class NoticeElement extends LitElement {
  static override properties = { notice: { state: true } };
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .notice {
        position: fixed;
        inset-inline: 0;
        bottom: max(1rem, env(safe-area-inset-bottom));
        z-index: 3;
        display: flex;
        align-items: center;
        width: fit-content;
        max-width: min(38rem, calc(100% - 2rem));
        margin: 0 auto;
        padding: 0.75rem 1.25rem;
        border-radius: var(--radius);
        background: var(--text);
        color: var(--bg);
        box-shadow: 0 8px 30px rgb(0 0 0 / 0.25);
      }
      /* An action that does not fit beside the sentence stands below it. */
      .said {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        column-gap: 1rem;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .notice.none {
        padding: 0;
        box-shadow: none;
      }
      .notice.stays {
        padding-right: 0.375rem;
      }
      .notice.error {
        border: 1px solid var(--danger);
        background: var(--surface);
        color: var(--text);
      }
      button.quiet {
        flex: none;
        margin-block: -0.5rem;
        margin-left: 0.25rem;
        padding: 0.75rem;
        color: inherit;
      }
      button.action {
        flex: 0 1 auto;
        padding-inline: 0;
        margin-left: 0;
        font-weight: 600;
        text-align: start;
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
      button.quiet:hover {
        background: color-mix(in srgb, currentColor 12%, transparent);
      }
    `,
  ];
  declare notice: Notice | null;
  #timer: number;

  constructor() {
    super();
    this.notice = null;
    this.#timer = 0;
  }

  override render() {
    const { notice } = this;
    const text = (severity: Notice["severity"]) =>
      notice?.severity === severity ? html`<span data-test=${severity}>${notice.sentence}</span>` : nothing;
    const action = notice?.action ?? null;
    const stays = notice?.severity === "error" || action !== null;
    return html`<div class="notice ${notice?.severity ?? "none"} ${stays ? "stays" : ""}" data-test="notice">
      <div class="said">
        <div>
          <div role="alert">${text("error")}</div>
          <div role="status">${text("done")}</div>
        </div>
        ${
          action === null
            ? nothing
            : html`<button
                class="quiet action"
                type="button"
                data-test="notice-action"
                @click=${() => this.#act(action)}
              >
                ${action.label}
              </button>`
        }
      </div>
      <button
        class="quiet"
        type="button"
        aria-label="Dismiss"
        data-test="dismiss"
        ?hidden=${!stays}
        @click=${this.dismiss}
      >
        ${icon("close")}
      </button>
    </div>`;
  }

  show({ sentence, severity, action }: Notice): void {
    window.clearTimeout(this.#timer);
    this.notice = { sentence, severity, action };
    if (severity === "done" && action === null)
      this.#timer = window.setTimeout(() => this.dismiss(), DONE_FOR);
  }

  dismiss(): void {
    this.notice = null;
  }

  #act({ act }: NoticeAction): void {
    this.dismiss();
    act();
  }
}

/** `<shoal-links>` offers the share link to pass on, as text, QR code, native share, magnet or .torrent file. */

import { css, html, LitElement, nothing } from "lit";
import type { ShareSnapshot } from "../bridge/commands.ts";
import { safeName } from "../bridge/safe-names.ts";
import type { NodeClient } from "../page/node-client.ts";
import { copyText, downloadBytes } from "./handing-over.ts";
import { passedOnLink } from "./named-link.ts";
import { attempt, NoticeEvent } from "./notices.ts";
import { preferences } from "./preferences.ts";
import { baseStyles, controlStyles } from "./styles.ts";
import { NOT_PASSED_ON } from "./words/remarks.ts";
import { shareName } from "./words/share.ts";

export class ShareLinksElement extends LitElement {
  static override properties = { node: { attribute: false }, share: { attribute: false } };
  static override styles = [
    baseStyles,
    controlStyles,
    css`
      .card {
        display: grid;
        gap: 0.75rem;
      }
      .link {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.625rem;
      }
      input[readonly] {
        width: 100%;
        text-overflow: ellipsis;
      }
      label {
        display: flex;
        align-items: center;
        gap: 0.625rem;
        justify-self: start;
        min-height: 2.75rem;
      }
      @media (max-width: 34rem) {
        .row button {
          flex: 1 1 auto;
        }
      }
    `,
  ];
  declare node: NodeClient;
  declare share: ShareSnapshot;
  #unsubscribe: () => void;

  constructor() {
    super();
    this.#unsubscribe = () => {};
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unsubscribe = preferences.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    this.#unsubscribe();
    super.disconnectedCallback();
  }

  /** The link as it is passed on, by every way. */
  get #link(): string {
    return passedOnLink(this.share, preferences.nameInLinks);
  }

  override render() {
    const { membersOnly } = this.share;
    if (membersOnly) {
      return html`<section class="card" aria-labelledby="heading">
        <h2 id="heading">Pass it on</h2>
        <p class="muted" data-test="not-passed-on">${NOT_PASSED_ON}</p>
      </section>`;
    }
    const link = this.#link;
    return html`<section class="card" aria-labelledby="heading">
      <h2 id="heading">Pass it on</h2>
      ${
        link === ""
          ? nothing
          : html`<div class="link">
              <input
                type="text"
                readonly
                aria-label="Share link"
                data-test="share-link"
                .value=${link}
                @focus=${(event: FocusEvent) => (event.target as HTMLInputElement).select()}
              />
              <button type="button" data-test="copy" @click=${this.copy}>Copy</button>
            </div>
            <label>
              <input
                type="checkbox"
                data-test="name-in-link"
                .checked=${preferences.nameInLinks}
                @change=${this.#switchName}
              />
              Name in the link
            </label>`
      }
      <div class="row">
        ${
          link !== "" && "share" in navigator
            ? html`<button type="button" data-test="native-share" @click=${this.#shareNatively}>Share…</button>`
            : nothing
        }
        ${
          link === ""
            ? nothing
            : html`<button type="button" data-test="qr" @click=${this.#showQr}>QR code</button>`
        }
        <button type="button" data-test="magnet" @click=${this.#copyMagnet}>Copy magnet</button>
        <button type="button" data-test="torrent" ?disabled=${this.share.size === null} @click=${this.#saveTorrent}>
          Save .torrent
        </button>
        <button type="button" data-test="manifest" ?disabled=${this.share.size === null} @click=${this.#saveManifest}>
          Save file list
        </button>
      </div>
    </section>`;
  }

  /** Copies the share link and says so. */
  async copy(): Promise<void> {
    await this.#copyAndSay(this.#link, "Link copied.");
  }

  #switchName(event: Event): void {
    preferences.nameInLinks = (event.target as HTMLInputElement).checked;
  }

  async #copyAndSay(text: string, done: string): Promise<void> {
    if (await copyText(text)) this.dispatchEvent(new NoticeEvent(done, "done"));
    else {
      this.renderRoot.querySelector<HTMLInputElement>("input[readonly]")?.focus();
      this.dispatchEvent(
        new NoticeEvent(
          "This browser does not let Shoal copy. Select the link and copy it by hand.",
          "error",
        ),
      );
    }
  }

  async #copyMagnet(): Promise<void> {
    const links = await attempt(this, this.node.call("links", { id: this.share.id }));
    if (links !== null) await this.#copyAndSay(links.magnet, "Magnet link copied.");
  }

  async #saveTorrent(): Promise<void> {
    const links = await attempt(this, this.node.call("links", { id: this.share.id }));
    if (links === null) return;
    const { name, id } = this.share;
    if (links.torrent !== null)
      downloadBytes(links.torrent, safeName(`${name ?? id}.torrent`), "application/x-bittorrent");
    else {
      this.dispatchEvent(
        new NoticeEvent("The .torrent file is not complete yet. Try again when more has arrived.", "error"),
      );
    }
  }

  async #saveManifest(): Promise<void> {
    const reply = await attempt(this, this.node.call("manifest", { id: this.share.id }));
    const { name, id } = this.share;
    if (reply?.manifest) downloadBytes(reply.manifest, safeName(`${name ?? id}.json`), "application/json");
  }

  async #shareNatively(): Promise<void> {
    // Rejected when the person closes the sheet: nothing to tell.
    await navigator.share({ title: shareName(this.share), url: this.#link }).catch(() => undefined);
  }

  async #showQr(): Promise<void> {
    const { QrDialogElement } = await import("./qr-dialog.ts");
    const dialog = new QrDialogElement();
    dialog.link = this.#link;
    dialog.name = shareName(this.share);
    this.renderRoot.append(dialog);
  }
}

/**
 * `<shoal-app>` is the window's frame. It shows the screen that the address asks for, takes files and links that are
 * dropped, picked or pasted anywhere on the page, and shows notices. home.ts and share.ts draw the screens. Commands
 * are left to the node.
 */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { NodeSnapshot } from "../bridge/commands.ts";
import { intakeDrop } from "../page/intake/drop.ts";
import { type Intake, torrentFilesOf } from "../page/intake/intake.ts";
import type { IntakeOptions, IntakeProgress } from "../page/intake/pace.ts";
import { intakePaste } from "../page/intake/paste.ts";
import { intakeFiles } from "../page/intake/pick.ts";
import { transferredText } from "../page/intake/transferred-text.ts";
import type { NodeClient } from "../page/node-client.ts";
import { appStyles } from "./app-styles.ts";
import { DONE_FOR } from "./constants.ts";
import { CurrentShare } from "./current-share.ts";
import { icon, mark } from "./mark.ts";
import { attempt, NoticeEvent } from "./notices.ts";
import { FilesPickedEvent, OpenLinkEvent } from "./requests.ts";
import { baseStyles, controlStyles, progressStyles } from "./styles.ts";
import { errorSentence } from "./words/errors.ts";
import { gatheringInWords, leftOutInWords, pastedImageName } from "./words/intake.ts";
import { documentTitle, shareName } from "./words/share.ts";

interface Notice {
  readonly sentence: string;
  readonly severity: "error" | "done";
}

export class AppElement extends LitElement {
  static override properties = {
    node: { attribute: false },
    dragging: { state: true },
    gathering: { state: true },
    opening: { state: true },
    notice: { state: true },
  };
  static override styles = [baseStyles, controlStyles, progressStyles, appStyles];
  /** Null until the page has opened it. */
  declare node: NodeClient | null;
  declare dragging: boolean;
  /** How far dropped folders are walked; null when none are. */
  declare gathering: IntakeProgress | null;
  declare opening: boolean;
  declare notice: Notice | null;
  readonly #current: CurrentShare;
  #unsubscribe: () => void;
  #noticeTimer: number;
  /** Elements that a drag has entered and not left. */
  #dragDepth: number;
  #shownScreen: string;

  constructor() {
    super();
    this.node = null;
    this.dragging = false;
    this.gathering = null;
    this.opening = false;
    this.notice = null;
    this.#current = new CurrentShare(this);
    this.#unsubscribe = () => {};
    this.#noticeTimer = 0;
    this.#dragDepth = 0;
    this.#shownScreen = "";
    this.addEventListener(NoticeEvent.type, (event) => this.#show(event as NoticeEvent));
    this.addEventListener(FilesPickedEvent.type, (event) => {
      const { files } = event as FilesPickedEvent;
      void this.#take((options) => intakeFiles(files, options));
    });
    this.addEventListener(OpenLinkEvent.type, (event) => void this.#openText((event as OpenLinkEvent).text));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("dragenter", this.#handleDragEnter);
    window.addEventListener("dragleave", this.#handleDragLeave);
    window.addEventListener("dragover", this.#handleDragOver);
    window.addEventListener("drop", this.#handleDrop);
    window.addEventListener("paste", this.#handlePaste);
  }

  override disconnectedCallback(): void {
    window.removeEventListener("dragenter", this.#handleDragEnter);
    window.removeEventListener("dragleave", this.#handleDragLeave);
    window.removeEventListener("dragover", this.#handleDragOver);
    window.removeEventListener("drop", this.#handleDrop);
    window.removeEventListener("paste", this.#handlePaste);
    this.#unsubscribe();
    super.disconnectedCallback();
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("node") || this.node === null) return;
    this.#unsubscribe();
    this.#unsubscribe = this.node.subscribe(() => {
      this.#current.handleSnapshot();
      this.requestUpdate();
    });
    this.#current.setNode(this.node);
  }

  override render() {
    const snapshot = this.node?.snapshot ?? null;
    const fault = this.node?.fault ?? null;
    const width = this.#current.screen === "share" ? "" : "narrow";
    return html`
      <header class=${width}>
        <a class="brand" href="#" aria-label="Shoal, home">${mark(40)}<span>Shoal</span></a>
      </header>
      <main class=${width} data-screen=${this.#current.screen}>
        ${
          fault === null
            ? nothing
            : html`<p class="fault" role="alert" data-test="fault">${errorSentence(fault.code, fault.detail)}</p>`
        }
        ${
          this.gathering === null
            ? nothing
            : html`<p class="card later" role="status" data-test="gathering">${gatheringInWords(this.gathering)}</p>`
        }
        <shoal-hashing .node=${this.node} .jobs=${snapshot?.hashing ?? []}></shoal-hashing>
        ${this.#renderScreen(snapshot)}
      </main>
      ${this.dragging && this.#current.screen !== "home" ? this.#renderDropCover() : nothing}
      ${this.#renderNotice()}
    `;
  }

  #renderScreen(snapshot: NodeSnapshot | null): TemplateResult {
    const { screen, share } = this.#current;
    if (share !== null) {
      const saving = snapshot?.saving.find(({ id }) => id === share.id) ?? null;
      // Another share has another screen: what an element keeps of one (its files) is not shown of the next.
      return html`${keyed(
        share.id,
        html`<shoal-share .node=${this.node} .share=${share} .saving=${saving}></shoal-share>`,
      )}`;
    }
    if (screen === "opening") {
      return html`<section class="card later"><h1 tabindex="-1" data-test="opening">Opening the link…</h1></section>`;
    }
    // With a fault, a list without shares says nothing of what is kept.
    const isUnknown = this.node?.fault != null && snapshot?.shares.length === 0;
    return html`<shoal-home .snapshot=${isUnknown ? null : snapshot} .dragging=${this.dragging} .opening=${this.opening}></shoal-home>`;
  }

  #renderDropCover(): TemplateResult {
    const again = this.#current.share?.needsFiles === true;
    return html`<div class="cover" aria-hidden="true">
      <p>${again ? "Let go to go on sharing" : "Let go to share"}</p>
    </div>`;
  }

  #renderNotice(): TemplateResult {
    const { notice } = this;
    const text = (severity: Notice["severity"]) =>
      notice?.severity === severity ? html`<span data-test=${severity}>${notice.sentence}</span>` : nothing;
    return html`<div class="notice ${notice?.severity ?? "none"}" data-test="notice">
      <div role="alert">${text("error")}</div>
      <div role="status">${text("done")}</div>
      <button
        class="quiet"
        type="button"
        aria-label="Dismiss"
        data-test="dismiss"
        ?hidden=${notice?.severity !== "error"}
        @click=${this.#dismiss}
      >
        ${icon("close")}
      </button>
    </div>`;
  }

  override updated(): void {
    const { share, screen } = this.#current;
    document.title = documentTitle(share, this.node?.snapshot?.hashing[0] ?? null);
    const shown = `${screen} ${share?.id ?? ""}`;
    if (shown === this.#shownScreen) return;
    const first = this.#shownScreen === "";
    this.#shownScreen = shown;
    if (!first) void this.#focusHeading();
  }

  /** Focuses the heading of a new screen, where keyboards and screen readers begin. */
  async #focusHeading(): Promise<void> {
    const element = this.renderRoot.querySelector<LitElement>("shoal-share, shoal-home");
    await element?.updateComplete;
    const area = element?.renderRoot.querySelector<LitElement>("shoal-drop-area");
    await area?.updateComplete;
    const root = area?.renderRoot ?? element?.renderRoot ?? this.renderRoot;
    root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  #show(notice: Notice): void {
    window.clearTimeout(this.#noticeTimer);
    this.notice = { sentence: notice.sentence, severity: notice.severity };
    if (notice.severity === "done") this.#noticeTimer = window.setTimeout(this.#dismiss, DONE_FOR);
  }

  #dismiss = (): void => {
    this.notice = null;
  };

  /** Shares what was dropped or picked, or opens it when it is .torrent files. */
  async #take(gather: (options: IntakeOptions) => Promise<Intake>): Promise<void> {
    const { node } = this;
    if (node === null) return;
    this.#dismiss();
    const progress = (gathering: IntakeProgress) => {
      this.gathering = gathering;
    };
    progress({ found: 0, opened: 0 });
    const intake = await attempt(this, gather({ progress }));
    this.gathering = null;
    if (intake === null) return;
    const torrents = torrentFilesOf(intake);
    for (const { file } of torrents) {
      const open = async () =>
        node.call("openTorrentFile", { bytes: new Uint8Array(await file.arrayBuffer()) });
      this.#goTo(await attempt(this, open()));
    }
    if (torrents.length > 0) return;
    if (this.#current.share?.needsFiles !== true) this.#current.goHome();
    const where = this.#current.share?.id;
    const reply = await attempt(this, node.call("share", { job: crypto.randomUUID(), files: intake.files }));
    if (reply === null) return;
    const told = node.snapshot?.shares.find(({ id }) => id === reply.id);
    const isShown = this.#current.share?.id === where;
    if (isShown) this.#goTo(reply);
    const sentences = [
      ...(!isShown && told ? [`“${shareName(told)}” is shared now.`] : []),
      ...(intake.leftOut.length > 0 ? [leftOutInWords(intake.leftOut)] : []),
    ];
    if (sentences.length > 0) this.#show({ sentence: sentences.join(" "), severity: "done" });
  }

  async #openText(text: string): Promise<void> {
    if (this.node === null) return;
    this.#dismiss();
    this.opening = true;
    this.#goTo(await attempt(this, this.node.call("open", { link: text })));
    this.opening = false;
  }

  #goTo(reply: { id: string } | null): void {
    if (reply !== null) this.#current.goTo(reply.id);
  }

  #handleDragEnter = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    this.#dragDepth += 1;
    this.dragging = true;
  };

  #handleDragLeave = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    this.#dragDepth = Math.max(0, this.#dragDepth - 1);
    this.dragging = this.#dragDepth > 0;
  };

  #handleDragOver = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = "copy";
  };

  #handleDrop = (event: DragEvent): void => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    this.#dragDepth = 0;
    this.dragging = false;
    // Within the event: the browser empties its data afterwards.
    void this.#take((options) => intakeDrop(event.dataTransfer!, options));
  };

  #handlePaste = (event: ClipboardEvent): void => {
    const data = event.clipboardData;
    if (data === null || this.node === null) return;
    const nameImage = (extension: string) => pastedImageName(new Date(), extension);
    const pasted = intakePaste(data, { nameImage });
    if (pasted !== null) {
      event.preventDefault();
      void this.#take(() => pasted);
      return;
    }
    if (event.composedPath()[0] instanceof HTMLInputElement) return;
    const text = transferredText(data);
    if (text !== null) void this.#openText(text);
  };
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/**
 * `<shoal-app>` is the window's frame. It shows the screen that the address asks for, decides what becomes of what is
 * dropped, picked or pasted anywhere on the page, and shows notices. Files become a draft, whose review comes first.
 * home.ts, review.ts and share.ts draw the screens. Commands are left to the node.
 */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { FilesGiven, NodeSnapshot, ShareSnapshot } from "../bridge/commands.ts";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import type { Draft } from "../page/draft.ts";
import { giveFiles } from "../page/draft-stream.ts";
import { type Intake, torrentFilesOf } from "../page/intake/intake.ts";
import type { IntakeProgress } from "../page/intake/pace.ts";
import type { NodeClient } from "../page/node-client.ts";
import { RemovedShares } from "../page/removed-shares.ts";
import { appStyles } from "./app-styles.ts";
import { CurrentShare } from "./current-share.ts";
import { Drafts } from "./drafts.ts";
import { type Gather, Incoming, type IncomingText } from "./incoming.ts";
import { Lost } from "./lost.ts";
import { mark } from "./mark.ts";
import type { Notice, NoticeElement } from "./notice-bar.ts";
import { attempt, type NoticeAction, NoticeEvent } from "./notices.ts";
import { openTorrents } from "./open-torrents.ts";
import { preferences } from "./preferences.ts";
import {
  DraftEvent,
  FilesPickedEvent,
  OpenLinkEvent,
  RemovingEvent,
  ShareExtraEvent,
  type WayOfPassing,
  WriteTextEvent,
} from "./requests.ts";
import { baseStyles, controlStyles, progressStyles } from "./styles.ts";
import { pathsBelow } from "./top-folder.ts";
import { againSentence, discardedSentence, draftName } from "./words/draft.ts";
import { errorSentence } from "./words/errors.ts";
import { gatheringInWords } from "./words/intake.ts";
import { documentTitle } from "./words/share.ts";
import { openedSentence, sendInsteadLabel } from "./words/torrents.ts";

/** Files that were given to a share again, and what came of it. */
interface Giving {
  readonly id: TorrentId;
  readonly given: FilesGiven;
  readonly intake: Intake;
}

export class AppElement extends LitElement {
  static override properties = {
    node: { attribute: false },
    gathering: { state: true },
    opening: { state: true },
    giving: { state: true },
  };
  static override styles = [baseStyles, controlStyles, progressStyles, appStyles];
  /** Null until the page has opened it. */
  declare node: NodeClient | null;
  /** How far what came in is looked through; null when nothing is. */
  declare gathering: { readonly progress: IntakeProgress; readonly cancel: () => void } | null;
  declare opening: boolean;
  declare giving: Giving | null;
  readonly #current: CurrentShare;
  readonly #drafts: Drafts;
  readonly #lost: Lost;
  readonly #incoming: Incoming;
  readonly #opened: Promise<NodeClient>;
  #handleOpened: (node: NodeClient) => void;
  #unsubscribe: () => void;
  #shownScreen: string;

  constructor() {
    super();
    this.node = null;
    this.gathering = null;
    this.opening = false;
    this.giving = null;
    this.#current = new CurrentShare(this, preferences, new RemovedShares(() => localStorage));
    this.#drafts = new Drafts(this);
    this.#lost = new Lost(this);
    this.#incoming = new Incoming(this, {
      files: (gather) => void this.#take(gather),
      text: (text) => void this.#openText(text),
    });
    this.#handleOpened = () => {};
    this.#opened = new Promise((resolve) => {
      this.#handleOpened = resolve;
    });
    this.#unsubscribe = () => {};
    this.#shownScreen = "";
    this.addEventListener(NoticeEvent.type, (event) => this.#notice?.show(event as NoticeEvent));
    this.addEventListener(FilesPickedEvent.type, (event) => {
      void this.#take((event as FilesPickedEvent).gather);
    });
    this.addEventListener(OpenLinkEvent.type, (event) => {
      const { text } = event as OpenLinkEvent;
      void this.#openText({ text, whole: text });
    });
    this.addEventListener(RemovingEvent.type, (event) => this.#current.removing((event as RemovingEvent).id));
    this.addEventListener(WriteTextEvent.type, () => void this.#askForText("", false));
    this.addEventListener(DraftEvent.type, (event) => void this.#choose(event as DraftEvent));
    this.addEventListener(ShareExtraEvent.type, () => {
      if (this.giving !== null) this.share(this.giving.intake);
      this.giving = null;
    });
  }

  override disconnectedCallback(): void {
    this.#unsubscribe();
    super.disconnectedCallback();
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("node") || this.node === null) return;
    this.#handleOpened(this.node);
    this.#unsubscribe();
    this.#drafts.setNode(this.node);
    this.#unsubscribe = this.node.subscribe(() => {
      this.#current.handleSnapshot();
      this.#lost.handleSnapshot(this.node?.snapshot ?? null);
      this.requestUpdate();
    });
    this.#current.setNode(this.node);
    this.#lost.handleSnapshot(this.node.snapshot);
  }

  override render() {
    const snapshot = this.node?.snapshot ?? null;
    const fault = this.node?.fault ?? null;
    const width = this.#current.screen === "share" ? "" : "narrow";
    const reviewed = this.#reviewed;
    const told = snapshot?.drafts.filter(({ draft }) => draft !== reviewed?.id) ?? [];
    return html`
      <header class=${width}>
        <a class="brand" href="#" aria-label="Shoal, home" @click=${this.#leaveReview}>${mark(40)}<span>Shoal</span></a>
      </header>
      <main class=${width} data-screen=${reviewed === null ? this.#current.screen : "review"}>
        ${
          fault === null
            ? nothing
            : html`<p class="fault" role="alert" data-test="fault">${errorSentence(fault.code, fault.detail)}</p>`
        }
        ${this.#lost.render()} ${this.#renderGathering()}
        <shoal-drafts
          .node=${this.node}
          .own=${this.#drafts.all.filter((draft) => draft !== reviewed)}
          .told=${told}
        ></shoal-drafts>
        ${this.#renderScreen(snapshot, reviewed)}
      </main>
      ${this.#incoming.hovering !== null && (reviewed !== null || this.#current.screen !== "home") ? this.#renderDropCover() : nothing}
      <shoal-notice></shoal-notice>
    `;
  }

  #renderGathering(): TemplateResult | typeof nothing {
    if (this.gathering === null) return nothing;
    const { progress, cancel } = this.gathering;
    return html`<div class="card gathering later">
      <p role="status" data-test="gathering">${gatheringInWords(progress)}</p>
      <button type="button" data-test="cancel-gathering" @click=${cancel}>Cancel</button>
    </div>`;
  }

  #renderScreen(snapshot: NodeSnapshot | null, reviewed: Draft | null): TemplateResult {
    const { screen, share } = this.#current;
    if (reviewed !== null) {
      const shares = snapshot?.shares ?? [];
      return html`${keyed(reviewed.id, html`<shoal-review .draft=${reviewed} .shares=${shares}></shoal-review>`)}`;
    }
    if (share !== null) {
      const saving = snapshot?.saving.find(({ id }) => id === share.id) ?? null;
      const given = this.giving?.id === share.id ? this.giving.given : null;
      // Another share has another screen: what an element keeps of one (its files) is not shown of the next.
      return html`${keyed(
        share.id,
        html`<shoal-share
          .node=${this.node}
          .snapshot=${snapshot}
          .share=${share}
          .saving=${saving}
          .given=${given}
        ></shoal-share>`,
      )}`;
    }
    if (screen === "removed") {
      return html`<shoal-removed @open-again=${() => this.#current.openAgain()}></shoal-removed>`;
    }
    if (screen === "opening") {
      return html`<section class="card later"><h1 tabindex="-1" data-test="opening">Opening the link…</h1></section>`;
    }
    // With a fault, a list without shares says nothing of what is kept.
    const isUnknown = this.node?.fault != null && snapshot?.shares.length === 0;
    return html`<shoal-home
      .node=${this.node}
      .snapshot=${isUnknown ? null : snapshot}
      .hovering=${this.#incoming.hovering}
      .opening=${this.opening}
    ></shoal-home>`;
  }

  #renderDropCover(): TemplateResult {
    const isText = this.#incoming.hovering === "text";
    const adds = this.#reviewed !== null ? "Let go to add" : "Let go to share";
    const words = this.#waiting !== null ? "Let go to go on sharing" : adds;
    return html`<div class="cover" aria-hidden="true"><p>${isText ? "Let go to open or share" : words}</p></div>`;
  }

  override updated(): void {
    const { share, screen } = this.#current;
    const preparing = this.node?.snapshot?.drafts.find(({ working }) => working) ?? null;
    document.title = documentTitle(share, preparing);
    if (share !== null) void this.#drafts.handleShown(share.id);
    const shown = `${screen} ${share?.id ?? this.#reviewed?.id ?? ""}`;
    if (shown === this.#shownScreen) return;
    const first = this.#shownScreen === "";
    this.#shownScreen = shown;
    if (!first) void this.#focusHeading();
  }

  /** Focuses the heading of a new screen, where keyboards and screen readers begin. */
  async #focusHeading(): Promise<void> {
    const element = this.renderRoot.querySelector<LitElement>(
      "shoal-share, shoal-review, shoal-home, shoal-removed",
    );
    await element?.updateComplete;
    const area = element?.renderRoot.querySelector<LitElement>("shoal-drop-area");
    await area?.updateComplete;
    const root = area?.renderRoot ?? element?.renderRoot ?? this.renderRoot;
    root.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }

  /** The draft whose review is shown; or null. */
  get #reviewed(): Draft | null {
    return this.#current.screen === "home" ? this.#drafts.reviewed : null;
  }

  /** The share that is shown, if some of its own files cannot be read; or null. */
  get #waiting(): ShareSnapshot | null {
    const { share } = this.#current;
    return share?.ownFiles?.missing == null ? null : share;
  }

  #say(sentence: string, severity: Notice["severity"] = "done", action: NoticeAction | null = null): void {
    this.#notice?.show({ sentence, severity, action });
  }

  get #notice(): NoticeElement | null {
    return this.renderRoot.querySelector<NoticeElement>("shoal-notice");
  }

  /** Looks through what was dropped, picked or pasted. The place where that was decides what becomes of it. */
  async #take(gather: Gather): Promise<void> {
    this.#notice?.dismiss();
    const reviewed = this.#reviewed;
    const waiting = this.#waiting;
    const intake = await this.#gather(gather);
    // Files that came in while the page was opening wait.
    const node = await this.#opened;
    if (intake === null) return;
    if (node.state === "failed" && node.fault !== null) {
      this.#say(errorSentence(node.fault.code, node.fault.detail), "error");
      return;
    }
    if (reviewed !== null && reviewed.state !== "ended") {
      this.#add(reviewed, intake);
      return;
    }
    const isOwn = waiting !== null && intake.files.some(({ path }) => path.at(-1) === waiting.name);
    const torrents = isOwn ? [] : torrentFilesOf(intake);
    if (torrents.length > 0) await this.#openTorrents(node, intake);
    else if (waiting !== null) await this.#give(node, waiting.id, intake);
    else this.share(intake);
  }

  async #gather(gather: Gather): Promise<Intake | null> {
    const stop = new AbortController();
    const cancel = () => stop.abort();
    const progress = (told: IntakeProgress) => {
      this.gathering = { progress: told, cancel };
    };
    progress({ found: 0, opened: 0 });
    const intake = await attempt(this, gather({ progress, signal: stop.signal }));
    this.gathering = null;
    return intake;
  }

  #add(draft: Draft, intake: Intake): void {
    const { again } = draft.add(intake);
    if (again > 0) this.#say(againSentence(again, intake.files.length - again));
  }

  /** Begins a draft, and shows its review. */
  share(intake: Intake): Draft | null {
    if (this.node === null) return null;
    const draft = this.#drafts.begin();
    draft.add(intake);
    this.#review(draft);
    return draft;
  }

  #review(draft: Draft): void {
    this.#current.goHome();
    this.#drafts.review(draft);
  }

  #leaveReview = (): void => {
    const { reviewed } = this.#drafts;
    if (reviewed?.state === "empty") void reviewed.discard();
    this.#drafts.leave();
  };

  async #give(node: NodeClient, id: TorrentId, intake: Intake): Promise<void> {
    const given = await attempt(this, giveFiles(node, id, intake, { resume: true }));
    if (given !== null) this.#handleGiven(id, given, intake);
  }

  #handleGiven(id: TorrentId, given: FilesGiven, intake: Intake): void {
    if (given.taken.count > 0) this.#drafts.held?.hold(id, intake.files);
    this.giving = { id, given: { ...given, extra: pathsBelow(given.extra, intake.files) }, intake };
  }

  async #openTorrents(node: NodeClient, intake: Intake): Promise<void> {
    const goTo = (file: File) => this.#current.openTorrentFile(node, file);
    const { opened, added, bad } = await openTorrents(node, intake.files, goTo);
    if (opened > 0 && intake.files.length > 1) this.#current.goHome();
    const act = () => {
      // One that was started meanwhile is wanted for itself.
      const idle =
        node.snapshot?.shares.filter(({ phase }) => phase === "metadata" || phase === "ready") ?? [];
      for (const { id } of idle.filter((share) => added.includes(share.id)))
        void attempt(this, node.call("remove", { id, data: false }));
      this.share(intake);
    };
    const action = { label: sendInsteadLabel(intake.files.length), act };
    this.#say(openedSentence(opened, bad), bad.length > 0 ? "error" : "done", action);
  }

  /** Opens the link that is in a text. A text without any is offered to be shared itself. */
  async #openText({ text, whole }: IncomingText): Promise<void> {
    const node = await this.#opened;
    this.#notice?.dismiss();
    this.opening = true;
    try {
      const { id, fragment } = await node.call("open", { link: text, tab: node.tab });
      this.#current.goTo(id, fragment);
    } catch (error) {
      if (error instanceof ShoalError && error.code === "link/not-a-link")
        await this.#askForText(whole, true);
      else await attempt(this, Promise.reject(error));
    }
    this.opening = false;
  }

  async #askForText(text: string, isNoLink: boolean): Promise<void> {
    const { TextDialogElement } = await import("./text-dialog.ts");
    const dialog = new TextDialogElement();
    dialog.text = text;
    dialog.isNoLink = isNoLink;
    this.renderRoot.append(dialog);
  }

  async #choose({ draft, choice }: DraftEvent): Promise<void> {
    switch (choice.kind) {
      case "review":
        this.#review(draft);
        break;
      case "leave":
        this.#leaveReview();
        break;
      case "discard":
        this.#discard(draft);
        break;
      case "give": {
        const intake = { files: draft.files, leftOut: draft.leftOut };
        this.#current.goTo(choice.id);
        const given = await attempt(this, draft.giveTo(choice.id));
        if (given !== null) this.#handleGiven(choice.id, given, intake);
        break;
      }
      case "pass-on":
        await this.#passOn(draft, choice);
    }
  }

  /** Nothing is asked, as it is undone in one press. */
  #discard(draft: Draft): void {
    const { files, leftOut, mayLack, title, note } = draft;
    void attempt(this, draft.discard());
    this.#drafts.leave();
    if (files.length === 0) return;
    const act = () => {
      const again = this.share({ files, leftOut, mayLack });
      again?.rename(title);
      again?.setNote(note);
    };
    this.#say(discardedSentence(draftName(draft)), "done", { label: "Undo", act });
  }

  /** The draft ends, and its share is shown under its link. */
  async #passOn(draft: Draft, passing: WayOfPassing): Promise<void> {
    const id = draft.share;
    if (id === null) return;
    if (passing.way === "qr") await this.#showQr(passing.link, passing.name);
    await attempt(this, draft.passOn());
    this.#current.goTo(id);
    if (passing.way !== "copy") return;
    if (await passing.copied) this.#say("Link copied.");
    else this.#say("This browser does not let Shoal copy. Select the link and copy it by hand.", "error");
  }

  async #showQr(link: string, name: string): Promise<void> {
    const { QrDialogElement } = await import("./qr-dialog.ts");
    const dialog = new QrDialogElement();
    dialog.link = link;
    dialog.name = name;
    this.renderRoot.append(dialog);
  }
}

/**
 * The drafts of this tab are what was dropped or picked here and whose links were not passed on. One of them may be
 * under review: the one that the history's entry names. So Back leaves a review as it leaves any screen, and Forward
 * goes there again. A draft that is left is kept, and home lists it. The files of its share are held in this tab
 * (page/held-files.ts).
 */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { TorrentId } from "../engine/host.ts";
import { Draft } from "../page/draft.ts";
import { HeldFiles } from "../page/held-files.ts";
import type { NodeClient } from "../page/node-client.ts";

export class Drafts implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #drafts: Map<string, Draft>;
  #node: NodeClient | null;
  #held: HeldFiles | null;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    this.#drafts = new Map();
    this.#node = null;
    this.#held = null;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("popstate", this.#handlePopState);
  }

  hostDisconnected(): void {
    window.removeEventListener("popstate", this.#handlePopState);
  }

  /** The draft under review, on the home screen; or null. */
  get reviewed(): Draft | null {
    return this.#drafts.get((history.state as { draft?: string } | null)?.draft ?? "") ?? null;
  }

  /** The oldest first. */
  get all(): readonly Draft[] {
    return [...this.#drafts.values()];
  }

  /** The files of this tab that are shared; null until the node is there. */
  get held(): HeldFiles | null {
    return this.#held;
  }

  /** The node is there: from now on drafts can begin. */
  setNode(node: NodeClient): void {
    this.#node = node;
    this.#held = new HeldFiles(node);
  }

  begin(): Draft {
    const draft = new Draft(this.#node!);
    this.#drafts.set(draft.id, draft);
    let held: TorrentId | null = null;
    draft.subscribe(() => {
      if (draft.share !== held) {
        held = draft.share;
        if (held !== null) this.#held!.hold(held, draft.files);
      }
      if (draft.state === "ended") this.#drafts.delete(draft.id);
      this.#host.requestUpdate();
    });
    return draft;
  }

  /** Shows the review of a draft. The address must be home's. */
  review(draft: Draft): void {
    if (this.reviewed !== draft) history.pushState({ draft: draft.id }, "");
    this.#host.requestUpdate();
  }

  /** Back to home's own screen. The draft is kept. */
  leave(): void {
    if (this.reviewed !== null) history.replaceState(null, "");
    this.#host.requestUpdate();
  }

  /** A share is shown with its link: a draft that became it is passed on by that. */
  async handleShown(id: TorrentId): Promise<void> {
    for (const draft of this.all) if (draft.share === id) await draft.passOn();
  }

  #handlePopState = (): void => {
    this.#host.requestUpdate();
  };
}

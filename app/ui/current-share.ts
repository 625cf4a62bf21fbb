/**
 * The current share is the one that the page's address names. The address stays the share link, so that reloading and
 * copying it work. To go to a share, the address is changed. The new address then opens the share:
 *
 * | screen | the address | the share |
 * | --- | --- | --- |
 * | home | has no fragment | none |
 * | opening | has the fragment of a link | not in a snapshot yet |
 * | share | has the fragment of a link | in the latest snapshot |
 *
 * app.ts draws the screens.
 */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ShareSnapshot } from "../bridge/commands.ts";
import type { TorrentId } from "../engine/host.ts";
import type { NodeClient } from "../page/node-client.ts";
import { parseDestination, shareFragment } from "./destination.ts";
import { attempt } from "./notices.ts";

export type Screen = "home" | "opening" | "share";

export class CurrentShare implements ReactiveController {
  readonly #host: ReactiveControllerHost & EventTarget;
  #node: NodeClient | null;
  /** The fragment that is being opened or shown, or "". */
  #link: string;
  #id: TorrentId | null;
  /** A share to go to as soon as a snapshot tells its link; or null. */
  #awaited: TorrentId | null;
  /** `#id` has been in a snapshot. If it is missing from a later one, the share was removed. */
  #seen: boolean;

  constructor(host: ReactiveControllerHost & EventTarget) {
    this.#host = host;
    this.#node = null;
    this.#link = "";
    this.#id = null;
    this.#awaited = null;
    this.#seen = false;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("hashchange", this.#handleAddress);
  }

  hostDisconnected(): void {
    window.removeEventListener("hashchange", this.#handleAddress);
  }

  /** The node is there: from now on links can be opened. */
  setNode(node: NodeClient): void {
    this.#node = node;
    this.#handleAddress();
  }

  get screen(): Screen {
    if (this.#node === null) return parseDestination(location.hash).screen === "home" ? "home" : "opening";
    if (this.#link === "") return "home";
    return this.share === null ? "opening" : "share";
  }

  /** The share that is shown; null on other screens. */
  get share(): ShareSnapshot | null {
    return this.#shares.find(({ id }) => id === this.#id) ?? null;
  }

  /** Goes to a share of this node, at once or when the next snapshot knows it. */
  goTo(id: TorrentId): void {
    this.#awaited = id;
    this.handleSnapshot();
  }

  goHome(): void {
    this.#awaited = null;
    if (location.hash !== "") location.hash = "";
    else this.#handleAddress();
  }

  /** Follows what changed: an awaited share has come, or the shown one is gone. */
  handleSnapshot(): void {
    const awaited = this.#shares.find(({ id }) => id === this.#awaited);
    if (awaited !== undefined) {
      this.#awaited = null;
      if (awaited.id !== this.#id) location.hash = shareFragment(awaited);
    }
    if (this.share !== null) this.#seen = true;
    else if (this.#seen) this.goHome();
  }

  get #shares(): readonly ShareSnapshot[] {
    return this.#node?.snapshot?.shares ?? [];
  }

  #handleAddress = (): void => {
    const destination = parseDestination(location.hash);
    this.#id = null;
    this.#seen = false;
    this.#link = destination.screen === "home" ? "" : destination.link;
    if (this.#link !== "") void this.#open(this.#link);
    this.#host.requestUpdate();
  };

  async #open(link: string): Promise<void> {
    const known = this.#shares.find((share) => shareFragment(share) === `#${link}`);
    if (known !== undefined) {
      this.#id = known.id;
      this.#seen = true;
      return;
    }
    if (this.#node === null) return;
    const reply = await attempt(this.#host, this.#node.call("open", { link: location.href, tab: null }));
    if (link !== this.#link) return;
    if (reply === null) this.#link = "";
    else this.#id = reply.id;
    this.handleSnapshot();
    this.#host.requestUpdate();
  }
}

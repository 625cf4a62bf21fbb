/**
 * The current share is the one that the page's address names. The address stays the share link, so that reloading and
 * copying it work. To go to a share, the address is changed. The new address then opens the share:
 *
 * | screen | the address | the share |
 * | --- | --- | --- |
 * | home | has no fragment | none |
 * | opening | has the fragment of a link | not in a snapshot yet |
 * | share | has the fragment of a link | in the latest snapshot |
 * | removed | is one that the person goes back to | removed from this device |
 *
 * A share that was only opened is a visit: the worker is told which one this tab shows, and when it leaves it
 * (worker/visits.ts). app.ts draws the screens.
 */

import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { NodeSnapshot, ShareSnapshot } from "../bridge/commands.ts";
import type { TorrentId } from "../engine/host.ts";
import type { NodeClient } from "../page/node-client.ts";
import type { Preferences } from "../page/preferences.ts";
import type { RemovedShares } from "../page/removed-shares.ts";
import { leadsTo, shareCodes } from "../page/share-codes.ts";
import { parseDestination } from "./destination.ts";
import { readEntry, replaceAddress, writeEntry } from "./history-entry.ts";
import { linkName, namedFragment, withName } from "./named-link.ts";
import { attempt, NoticeEvent } from "./notices.ts";
import { nothingThereSentence } from "./words/share.ts";

export type Screen = "home" | "opening" | "share" | "removed";

/** A share to go to as soon as a snapshot knows it. */
interface Awaited {
  readonly id: TorrentId;
  /** The fragment of the link that it was opened by; null for the share's own. */
  readonly fragment: string | null;
}

export class CurrentShare implements ReactiveController {
  readonly #host: ReactiveControllerHost & EventTarget;
  readonly #preferences: Preferences;
  readonly #removed: RemovedShares;
  #unsubscribe: () => void;
  #node: NodeClient | null;
  /** The fragment that is being opened or shown, or "". */
  #link: string;
  #id: TorrentId | null;
  #awaited: Awaited | null;
  /** The codes of `#id` as a snapshot of this epoch had them; null before. If it is gone later, it was removed. */
  #seen: readonly string[] | null;
  /** The address is of a share that was removed. */
  #isRemoved: boolean;
  /** This tab is removing it. */
  #removing: TorrentId | null;
  /** The members-only share that was kept so that its address need not name its trackers. */
  #hidden: TorrentId | null;
  /** The worker that the snapshots are of. */
  #epoch: string | null;
  /** The last snapshot of the worker before it. */
  #stale: NodeSnapshot | null;
  /** A .torrent file whose share is gone to; null for none. */
  #torrent: { readonly id: TorrentId; readonly bytes: Uint8Array } | null;

  constructor(host: ReactiveControllerHost & EventTarget, preferences: Preferences, removed: RemovedShares) {
    this.#host = host;
    this.#preferences = preferences;
    this.#removed = removed;
    this.#unsubscribe = () => {};
    this.#node = null;
    this.#link = "";
    this.#id = null;
    this.#awaited = null;
    this.#seen = null;
    this.#isRemoved = false;
    this.#removing = null;
    this.#hidden = null;
    this.#epoch = null;
    this.#stale = null;
    this.#torrent = null;
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("hashchange", this.#handleAddress);
    this.#unsubscribe = this.#preferences.subscribe(() => {
      this.#followLink();
      this.#host.requestUpdate();
    });
  }

  hostDisconnected(): void {
    window.removeEventListener("hashchange", this.#handleAddress);
    this.#unsubscribe();
  }

  /** The node is there: from now on links can be opened. */
  setNode(node: NodeClient): void {
    this.#node = node;
    this.#epoch = node.epoch;
    this.#handleAddress();
  }

  get screen(): Screen {
    if (this.#node === null) return parseDestination(location).link === "" ? "home" : "opening";
    if (this.#link === "") return "home";
    if (this.#isRemoved) return "removed";
    return this.share === null ? "opening" : "share";
  }

  /** The share that is shown; null on other screens. */
  get share(): ShareSnapshot | null {
    return this.#isRemoved ? null : this.#find(this.#id);
  }

  /**
   * Goes to a share of this node, at once or when the next snapshot knows it. `fragment`: of the link that it was
   * opened by.
   */
  goTo(id: TorrentId, fragment: string | null = null): void {
    this.#awaited = { id, fragment };
    this.handleSnapshot();
  }

  /** Opens a .torrent file and goes to its share. */
  async openTorrentFile(node: NodeClient, file: File): Promise<void> {
    const { id } = await node.call("openTorrentFile", { file, tab: node.tab });
    this.#torrent = { id, bytes: new Uint8Array(await file.arrayBuffer()) };
    this.goTo(id);
  }

  goHome(): void {
    this.#awaited = null;
    if (location.hash !== "") location.hash = "";
    else this.#handleAddress();
  }

  /** The person removes a share in this tab: the tab goes home when it is gone. */
  removing(id: TorrentId): void {
    this.#removing = id;
  }

  /** The person wants the share back that was removed. */
  openAgain(): void {
    this.#isRemoved = false;
    this.#removed.forget(this.#link);
    void this.#open();
    this.#host.requestUpdate();
  }

  /** Follows what changed: an awaited share has come, the shown one is gone, or another worker took over. */
  handleSnapshot(): void {
    this.#followEpoch();
    // Another worker's last snapshot says nothing of what this one has.
    if (this.#node === null || this.#node.snapshot === this.#stale) return;
    const awaited = this.#find(this.#awaited?.id ?? null);
    if (awaited !== null) this.#goToAwaited(awaited);
    const { share } = this;
    if (share !== null) {
      this.#seen = shareCodes(share);
      this.#followLink();
    } else if (this.#seen !== null) this.#handleGone(this.#seen);
  }

  /** The shown share was removed, or it turned out to be the same torrent as another one, which is gone to. */
  #handleGone(codes: readonly string[]): void {
    const isTwin = (share: ShareSnapshot) => shareCodes(share).some((code) => codes.includes(code));
    const twin = this.#removing === this.#id ? undefined : this.#shares.find(isTwin);
    if (twin === undefined) {
      this.#handleRemoved(codes);
      return;
    }
    this.#seen = null;
    this.goTo(twin.id);
  }

  #goToAwaited(share: ShareSnapshot): void {
    const fragment = this.#awaited?.fragment ?? null;
    this.#awaited = null;
    if (share.id === this.#id && !this.#isRemoved) return;
    this.#removed.forget(namedFragment(share, false).slice(1));
    const target = fragment === null ? namedFragment(share, this.#preferences.nameInLinks) : `#${fragment}`;
    // The same address again, as that of a removed share, is no change that the browser tells.
    if (location.hash === target) this.#handleAddress();
    else location.hash = target;
  }

  #handleRemoved(codes: readonly string[]): void {
    this.#seen = null;
    this.#removed.remember(codes);
    if (this.#removing === this.#id) this.goHome();
    else this.#isRemoved = true;
  }

  /** Another worker took over, which knows of no visits: what this tab shows is opened again. */
  #followEpoch(): void {
    const epoch = this.#node?.epoch ?? null;
    if (epoch === null || epoch === this.#epoch) return;
    const isNext = this.#epoch !== null;
    this.#epoch = epoch;
    if (!isNext) return;
    this.#stale = this.#node?.snapshot ?? null;
    this.#seen = null;
    if (this.#link !== "" && !this.#isRemoved) void this.#open({ anew: true });
  }

  /**
   * Keeps the address the link that is passed on. A visit's own address may ask for more, such as some of the files, so
   * it stays, but for the name.
   */
  #followLink(): void {
    const { share } = this;
    if (share === null) return;
    this.#hideTrackers(share);
    const isNamed = this.#preferences.nameInLinks;
    const wanted = share.kept
      ? namedFragment(share, isNamed)
      : `#${withName(location.hash.slice(1), isNamed ? linkName(share) : null)}`;
    if (new URL(wanted, location.href).hash !== location.hash) replaceAddress(wanted);
    this.#link = location.hash.slice(1);
    // A share that is kept needs no copy of its .torrent file.
    if (share.kept && readEntry()?.torrent != null) writeEntry(null);
  }

  /**
   * The trackers of a members-only share hold the person's key, so that the address must not name them. The share is
   * kept then, because the device has to remember them, and the address of what is kept names none.
   */
  #hideTrackers({ id, membersOnly, kept }: ShareSnapshot): void {
    if (
      !membersOnly ||
      kept ||
      this.#hidden === id ||
      !/(?:[&?]|%26|%3f)tr(?:\.\d+)?(?:=|%3d)/i.test(location.hash)
    )
      return;
    this.#hidden = id;
    void attempt(this.#host, this.#node!.call("open", { link: location.href, tab: null }));
  }

  get #shares(): readonly ShareSnapshot[] {
    return this.#node?.snapshot?.shares ?? [];
  }

  #find(id: TorrentId | null): ShareSnapshot | null {
    return this.#shares.find((share) => share.id === id) ?? null;
  }

  #handleAddress = (): void => {
    const { link, address, isLost } = parseDestination(location);
    if (address !== location.pathname + location.search + location.hash) replaceAddress(address);
    const before = this.#id;
    this.#id = null;
    this.#seen = null;
    this.#isRemoved = false;
    this.#link = link;
    if (link !== "") this.#arrive();
    if (before !== null && before !== this.#id) this.#leave(before);
    // Nothing new may be told of a share that is known: it is followed at once.
    if (this.#id !== null) this.handleSnapshot();
    if (isLost) this.#host.dispatchEvent(new NoticeEvent(nothingThereSentence, "error"));
    this.#host.requestUpdate();
  };

  /** A person who comes to an address for the first time wants the share. Whoever goes back may have removed it. */
  #arrive(): void {
    if (readEntry() !== null && this.#removed.has(this.#link)) {
      this.#isRemoved = true;
      return;
    }
    this.#removed.forget(this.#link);
    this.#id = this.#shares.find((share) => leadsTo(this.#link, shareCodes(share)))?.id ?? null;
    this.#noteEntry();
    void this.#open();
  }

  #noteEntry(): void {
    const opened = this.#torrent;
    this.#torrent = null;
    const torrent = opened?.id === this.#id ? (opened?.bytes ?? null) : (readEntry()?.torrent ?? null);
    if (writeEntry(torrent) || torrent === null) return;
    // The browser does not keep so large a note: the share is kept instead, so that a reload loses nothing.
    writeEntry(null);
    void attempt(this.#host, this.#node!.call("openTorrentFile", { file: fileOf(torrent), tab: null }));
  }

  /** Has the worker open what the address names; unless `anew`, only if it does not keep it anyway. */
  async #open({ anew = false } = {}): Promise<void> {
    const node = this.#node;
    if (node === null || (!anew && this.#find(this.#id)?.kept === true)) return;
    const link = this.#link;
    const torrent = readEntry()?.torrent ?? null;
    const opening =
      torrent === null
        ? node.call("open", { link: location.href, tab: node.tab })
        : node.call("openTorrentFile", { file: fileOf(torrent), tab: node.tab });
    const reply = await attempt(this.#host, opening);
    if (link !== this.#link) return;
    if (reply === null) this.#link = "";
    else this.#id = reply.id;
    this.handleSnapshot();
    this.#host.requestUpdate();
  }

  #leave(id: TorrentId): void {
    const node = this.#node;
    // Without a worker, nobody has it.
    node?.call("leave", { id, tab: node.tab }).catch(() => {});
  }
}

/** A .torrent file again, from the bytes that the history keeps. */
function fileOf(torrent: Uint8Array): File {
  return new File([torrent as Uint8Array<ArrayBuffer>], ".torrent");
}

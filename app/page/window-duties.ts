/**
 * The window's duties are what a transfer needs of the window while it runs: storage that lasts, a screen that stays
 * on, and a question before the tab is closed if that would stop something. The snapshots tell which of them are due.
 * The duties start no transfer.
 */

import type { NodeSnapshot, ShareSnapshot } from "../bridge/commands.ts";
import { log } from "./log.ts";
import type { NodeClient, NodeState } from "./node-client.ts";
import { OtherTabs } from "./other-tabs.ts";
import { savesUnderWay } from "./saves.ts";
import { ScreenWakeLock } from "./wake-lock.ts";

function isSending(share: ShareSnapshot): boolean {
  return share.phase === "seeding" && share.peers.some((peer) => peer.peerInterested && peer.progress < 1);
}

function isHashing({ drafts }: NodeSnapshot): boolean {
  return drafts.some(({ working }) => working);
}

/** Whether files in a folder of the person's are being written. Their bytes stay only if they are closed. */
function isWriting({ shares }: NodeSnapshot): boolean {
  return shares.some(({ folder, phase }) => folder?.state === "writing" && phase === "downloading");
}

/** Whether bytes move, or are being worked on. */
export function isTransferring(snapshot: NodeSnapshot): boolean {
  return (
    isHashing(snapshot) ||
    snapshot.saving.length > 0 ||
    snapshot.shares.some((share) => share.phase === "downloading" || isSending(share))
  );
}

/**
 * Whether a share would come to an end without this node: it is here whole, and nobody who is connected has it whole.
 * Without anybody there, that is so for own files of which nobody has got as much as there is.
 */
function isOnlyHere(share: ShareSnapshot): boolean {
  if (share.phase !== "seeding") return false;
  const others = share.peers.filter(({ state }) => state === "connected");
  if (others.length > 0) return others.every(({ progress }) => progress < 1);
  return share.fromFiles && share.totals.uploaded < (share.size ?? 0);
}

/** The tab that may be closed. */
export interface ClosingTab {
  readonly tab: string;
  readonly state: NodeState;
  /** No other tab is open, as far as is known. */
  readonly isLast: boolean;
}

/**
 * Whether closing this tab stops something that nobody goes on with: a draft of this tab that is being hashed, a save,
 * or a share that nobody else has whole. Another tab takes shares over when the leading one goes, but for own files that
 * it has no way to.
 */
export function wouldInterrupt(snapshot: NodeSnapshot, { tab, state, isLast }: ClosingTab): boolean {
  if (snapshot.drafts.some((draft) => draft.working && draft.tab === tab)) return true;
  if (state !== "leading") return false;
  if (snapshot.saving.length > 0 || isWriting(snapshot)) return true;
  const isLost = ({ ownFiles }: ShareSnapshot) => isLast || ownFiles?.kept === false;
  return snapshot.shares.some((share) => isLost(share) && isOnlyHere(share));
}

/** Asks the browser to keep what is stored. Some browsers ask the person, so this is done once. */
async function persistStorage(): Promise<void> {
  if (!navigator.storage?.persist || (await navigator.storage.persisted())) return;
  log((await navigator.storage.persist()) ? "storage-persistent" : "storage-evictable", {});
}

/** Does these duties from now on. */
export function startWindowDuties(node: NodeClient): void {
  const wakeLock = new ScreenWakeLock();
  const others = new OtherTabs(node.tab);
  let askedToPersist = false;
  const isAsked = (isLast: boolean): boolean => {
    const { snapshot, state, tab } = node;
    return snapshot !== null && wouldInterrupt(snapshot, { tab, state, isLast });
  };
  node.subscribe(() => {
    const { snapshot } = node;
    if (!snapshot) return;
    wakeLock.want(isTransferring(snapshot));
    // The question at the end waits for nothing, so what it depends on is to be known before.
    if (isAsked(true)) others.look();
    const stores = snapshot.shares.some((share) => share.phase === "downloading");
    if (!stores || askedToPersist) return;
    askedToPersist = true;
    persistStorage().catch((error) => log("storage-not-asked", { error: String(error) }));
  });
  addEventListener("beforeunload", (event) => {
    if (savesUnderWay() || isAsked(!others.some)) event.preventDefault();
    // While the person is asked, there is time for that.
    if (node.state === "leading" && node.snapshot !== null && isWriting(node.snapshot))
      node.call("closeFiles", {}).catch(() => {});
  });
}

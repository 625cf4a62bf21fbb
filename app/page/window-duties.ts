/**
 * The window's duties are what a transfer needs of the window while it runs: storage that lasts, a screen that stays
 * on, and a question before the tab is closed if that would stop something. The snapshots tell which of them are due.
 * The duties start no transfer.
 */

import type { NodeSnapshot, ShareSnapshot } from "../bridge/commands.ts";
import { log } from "./log.ts";
import type { NodeClient, NodeState } from "./node-client.ts";
import { savesUnderWay } from "./saves.ts";
import { ScreenWakeLock } from "./wake-lock.ts";

function isSending(share: ShareSnapshot): boolean {
  return share.phase === "seeding" && share.peers.some((peer) => peer.peerInterested && peer.progress < 1);
}

function isHashing({ drafts }: NodeSnapshot): boolean {
  return drafts.some(({ working }) => working);
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
 * Whether closing this tab stops something that no other node can go on with: hashing, a save, or a share of the
 * person's own files that a peer is downloading. False if the worker runs in another tab.
 */
export function wouldInterrupt(snapshot: NodeSnapshot, state: NodeState): boolean {
  if (state !== "leading") return false;
  if (isHashing(snapshot) || snapshot.saving.length > 0) return true;
  return snapshot.shares.some((share) => share.fromFiles && isSending(share));
}

/** Asks the browser to keep what is stored. Some browsers ask the person, so this is done once. */
async function persistStorage(): Promise<void> {
  if (!navigator.storage?.persist || (await navigator.storage.persisted())) return;
  log((await navigator.storage.persist()) ? "storage-persistent" : "storage-evictable", {});
}

/** Does these duties from now on. */
export function startWindowDuties(node: NodeClient): void {
  const wakeLock = new ScreenWakeLock();
  let askedToPersist = false;
  node.subscribe(() => {
    const { snapshot } = node;
    if (!snapshot) return;
    wakeLock.want(isTransferring(snapshot));
    const stores = snapshot.shares.some((share) => share.phase === "downloading");
    if (!stores || askedToPersist) return;
    askedToPersist = true;
    persistStorage().catch((error) => log("storage-not-asked", { error: String(error) }));
  });
  addEventListener("beforeunload", (event) => {
    const { snapshot, state } = node;
    if (savesUnderWay() || (snapshot && wouldInterrupt(snapshot, state))) event.preventDefault();
  });
}

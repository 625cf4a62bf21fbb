/** A share's progress in numbers: how much of the wanted bytes is here, and how many peers are connected. Pure. */

import type { ShareSnapshot } from "../bridge/commands.ts";

/**
 * `part` of `whole` in whole percent. Only all of it is 100 and only nothing is 0, so that a percentage never claims
 * an end that is not there. An empty whole is 100.
 */
export function percentOf(part: number, whole: number): number {
  if (whole <= 0 || part >= whole) return 100;
  if (part <= 0) return 0;
  return Math.min(99, Math.max(1, Math.floor((part / whole) * 100)));
}

/** How much of what is wanted is stored, in whole percent. A share of own files has everything. */
export function progressPercent(share: ShareSnapshot): number {
  if (share.fromFiles) return 100;
  if (share.size === null) return 0;
  return percentOf(share.storedBytes, share.wantedBytes);
}

/** Whether everything that is wanted is stored, or is the person's own file. */
export function isAllHere(share: ShareSnapshot): boolean {
  if (share.size === null) return false;
  return (
    share.fromFiles || share.complete || (share.phase !== "ready" && share.storedBytes >= share.wantedBytes)
  );
}

export function connectedPeers(share: ShareSnapshot): number {
  return share.peers.filter(({ state }) => state === "connected").length;
}

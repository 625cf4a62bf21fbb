/**
 * The words of progress say how far a download or a save is, how fast it goes and how long it takes. Pure.
 */

import type { SavingSnapshot, ShareSnapshot } from "../../bridge/commands.ts";
import { connectedPeers, progressPercent } from "../share-progress.ts";
import { countInWords, joinClauses, rateInWords, sizeInWords, timeLeftInWords } from "./quantities.ts";

/** How much is here, how fast it comes and how long it takes: "34 % · 12 MB of 35 MB · 3 MB/s · about …". */
export function progressSentence(share: ShareSnapshot): string {
  if (share.size === null || share.needsFiles) return "";
  if (share.fromFiles || share.phase === "seeding") {
    return joinClauses([
      share.peers.length === 0 ? "Nobody is connected" : `${people(connectedPeers(share))} connected`,
      share.upRate < 1 ? "" : `sending ${rateInWords(share.upRate)}`,
      share.totals.uploaded === 0 ? "" : `${sizeInWords(share.totals.uploaded)} sent`,
    ]);
  }
  if (share.phase === "ready" && share.storedBytes === 0) return "";
  const moves = share.phase === "downloading";
  return joinClauses([
    `${progressPercent(share)}\u00a0%`,
    `${sizeInWords(share.storedBytes)} of ${sizeInWords(share.wantedBytes)}`,
    moves && share.downRate >= 1 ? rateInWords(share.downRate) : "",
    moves ? timeLeftInWords(share.eta) : "",
  ]);
}

function people(count: number): string {
  return count === 1 ? "1\u00a0person is" : `${countInWords(count)}\u00a0people are`;
}

/** How much of a save is written. */
export function savingSentence(saving: SavingSnapshot): string {
  return `Saving to disk: ${sizeInWords(saving.written)} of ${sizeInWords(saving.size)}`;
}

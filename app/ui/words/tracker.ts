/** The words of a tracker say its name and its state. Pure. */

import type { TrackerSnapshot } from "../../engine/snapshot.ts";
import { countInWords, joinClauses, plural } from "./quantities.ts";
import { visibleName } from "./visible-name.ts";

/** A tracker's state and, when it cannot be reached, when it is tried again. */
export function trackerSentence(tracker: TrackerSnapshot): string {
  const failure = tracker.failure === null ? "" : `it refused: ${visibleName(tracker.failure)}`;
  switch (tracker.state) {
    case "connecting":
      return joinClauses(["Connecting…", failure]);
    case "working":
      return joinClauses([
        "Working",
        tracker.seeds === null ? "" : `${countInWords(tracker.seeds)} with all of it`,
        tracker.leechers === null ? "" : `${countInWords(tracker.leechers)} downloading`,
        failure,
      ]);
    case "waiting":
      return joinClauses([`Cannot be reached${retryClause(tracker.retryIn)}`, failure]);
    case "stopped":
      return joinClauses(["Not in use", failure]);
  }
}

/** Why a share cannot be found at the trackers that refuse it, in their words, and what to do. */
export function refusalSentence(trackers: readonly TrackerSnapshot[]): string {
  const refusing = trackers.filter(({ refused }) => refused);
  const reasons = refusing.map(({ url, failure }) =>
    failure === null ? trackerName(url) : `${trackerName(url)} says “${visibleName(failure)}”`,
  );
  const who =
    refusing.length === 1
      ? "A server that introduces people refuses"
      : "Servers that introduce people refuse";
  const where = refusing.length === trackers.length ? "nobody can be met" : "nobody can be met there";
  return `${who} this share, so ${where}: ${reasons.join("; ")}. Shoal asks again by itself. If there are too many shares, pause or remove some.`;
}

function retryClause(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds < 1) return ", trying again now";
  if (seconds < 90) return `, trying again in ${plural(Math.ceil(seconds), "second")}`;
  return `, trying again in ${plural(Math.round(seconds / 60), "minute")}`;
}

/**
 * A tracker's host, which is what a person knows it by. The rest of its address may hold a key, and is never shown, even
 * of an address that is none.
 */
export function trackerName(url: string): string {
  const host = URL.canParse(url) ? new URL(url).host : "";
  const [, written = ""] = /^\w+:\/\/(?:[^/?#@]*@)?([^/?#]*)/.exec(url) ?? [];
  return visibleName(host || written || "an address that is none");
}

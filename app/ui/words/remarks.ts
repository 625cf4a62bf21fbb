/**
 * Remarks say what is special about a share, as far as a person has to know it: whom it is for, and what of it this
 * browser cannot use. Pure.
 */

import type { ShareSnapshot } from "../../bridge/commands.ts";
import { countInWords, plural } from "./quantities.ts";
import { trackerName } from "./tracker.ts";
import { visiblePath } from "./visible-name.ts";

/** Hosts that are named in one sentence. The rest is counted. */
const MAX_HOSTS = 5;

type Remarked = Pick<
  ShareSnapshot,
  "membersOnly" | "leftOutTrackers" | "webSeeds" | "trackers" | "linkCount" | "links"
>;

/** The remarks on a share, each a sentence or two. */
export function remarkSentences(share: Remarked): string[] {
  return [membersOnly(share), trackers(share), webSeeds(share), links(share)].filter((text) => text !== "");
}

/** Why a members-only share cannot be passed on from here, and what to do. */
export const NOT_PASSED_ON =
  "This share is members-only, and its trackers know you by a key in their addresses. So no link, magnet or .torrent of it is made here. Others get the .torrent from the site that it came from.";

function membersOnly(share: Remarked): string {
  if (!share.membersOnly) return "";
  return "Members-only: people are met only through the trackers that its .torrent or magnet names, and by no other way.";
}

function trackers({ leftOutTrackers, membersOnly, trackers: used }: Remarked): string {
  if (leftOutTrackers.length === 0) return "";
  const hosts = listed(leftOutTrackers.map(trackerName));
  const leftOut = `Left out, because this page cannot reach ${leftOutTrackers.length === 1 ? "it" : "them"}: ${hosts}.`;
  if (membersOnly && used.length === 0)
    return `${leftOut} Nobody can be met without ${leftOutTrackers.length === 1 ? "it" : "them"}: open this torrent in a BitTorrent client.`;
  return `Browsers reach only people whose client speaks WebRTC, as Shoal and WebTorrent do. ${leftOut}`;
}

function webSeeds({ webSeeds: seeds }: Remarked): string {
  if (seeds.length === 0) return "";
  return `The torrent also names web servers that have its files (${listed(seeds.map(trackerName))}). Shoal does not use them yet.`;
}

function links({ linkCount, links: named }: Remarked): string {
  if (linkCount === 0) return "";
  const rest = linkCount - named.length;
  const paths = named.map((path) => `“${visiblePath(path)}”`).join(", ");
  const others = rest > 0 ? ` and ${countInWords(rest)} more` : "";
  return `${plural(linkCount, "symbolic link")} ${linkCount === 1 ? "is" : "are"} left out: ${paths}${others}. Every other file can be had.`;
}

/** The first few of some hosts, each once. */
function listed(hosts: readonly string[]): string {
  const each = [...new Set(hosts)];
  const rest = each.length - MAX_HOSTS;
  const first = each.slice(0, MAX_HOSTS).join(", ");
  return rest > 0 ? `${first} and ${countInWords(rest)} more` : first;
}

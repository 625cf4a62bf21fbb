/**
 * A destination is what the address's fragment asks for. The fragment that leads to a share is made here too. Pure.
 */

import type { ShareSnapshot } from "../bridge/commands.ts";

export type Destination =
  | { readonly screen: "home" }
  /** `link` is the fragment without "#". The engine says whether it is a good link. */
  | { readonly screen: "share"; readonly link: string };

/** `hash` as `location.hash` gives it. */
export function parseDestination(hash: string): Destination {
  const link = hash.replace(/^#/, "");
  return link === "" ? { screen: "home" } : { screen: "share", link };
}

/** The fragment (with "#") that leads to a share on this device. */
export function shareFragment(share: Pick<ShareSnapshot, "link" | "infoHashV1" | "infoHashV2">): string {
  const start = share.link.indexOf("#");
  if (start >= 0) return share.link.slice(start);
  if (share.infoHashV1 !== null) return `#magnet:?xt=urn:btih:${share.infoHashV1}`;
  return `#magnet:?xt=urn:btmh:1220${share.infoHashV2 ?? ""}`;
}

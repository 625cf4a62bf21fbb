/**
 * A destination is what the page's address asks for. Apps that pass a link on sometimes make a path of its fragment.
 * The fragment that leads to a share is made here too. Pure.
 *
 * | address | destination |
 * | --- | --- |
 * | `/`, `/index.html` | home |
 * | `/#s-…`, `/anything#s-…` | the share |
 * | `/%23s-…`, `/s-…`, `/share/s-…`, `/magnet:?xt=…` | the share |
 * | `/anything` | home, and the person is told that nothing is there |
 */

import type { ShareSnapshot } from "../bridge/commands.ts";

export interface Destination {
  /** The fragment of a link, without "#"; empty for home. The engine says whether it is a good link. */
  readonly link: string;
  /** The address as it should be: the path of the page, and the link as its fragment. */
  readonly address: string;
  /** Nothing is at this address. */
  readonly isLost: boolean;
}

/** A path that once was a fragment, with its search. */
const pathLink = /^\/(?:index\.html\/?|share\/)?(?:%(?:25)*23)?\/?((?:[sk]-|(?:web\+)?magnet(?::|%3a)).*)$/i;

/** The destination that `location` asks for. */
export function parseDestination({
  pathname,
  search,
  hash,
}: Pick<Location, "pathname" | "search" | "hash">): Destination {
  const link = hash.replace(/^#/, "") || (pathLink.exec(pathname + search)?.[1] ?? "");
  const isLost = link === "" && pathname !== "/" && !pathname.endsWith("/index.html");
  // The page is served at the top. Only who serves the sources has it elsewhere.
  const isElsewhere = pathname.endsWith("/index.html") && pathname !== "/index.html";
  const page = isElsewhere ? pathname + search : "/";
  return { link, address: link === "" ? page : `${page}#${link}`, isLost };
}

/** The fragment (with "#") that leads to a share on this device, without its name. */
export function shareFragment(share: Pick<ShareSnapshot, "link" | "infoHashV1" | "infoHashV2">): string {
  const start = share.link.indexOf("#");
  if (start >= 0) return share.link.slice(start);
  if (share.infoHashV1 !== null) return `#magnet:?xt=urn:btih:${share.infoHashV1}`;
  return `#magnet:?xt=urn:btmh:1220${share.infoHashV2 ?? ""}`;
}

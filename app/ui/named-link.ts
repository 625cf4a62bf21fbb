/**
 * A named link is the share link with the name of what it leads to (`dn`), as it is passed on: in the address bar, by
 * Copy, as a QR code and by the system's own sheet. Each person may leave the name out. Pure.
 */

import type { ShareSnapshot } from "../bridge/commands.ts";
import { MAX_LINK_NAME } from "./constants.ts";
import { shareFragment } from "./destination.ts";
import { nameWithOthers } from "./words/share.ts";

/** The link that is passed on; empty for a share without one. */
export function passedOnLink(share: ShareSnapshot, isNamed: boolean): string {
  const [address = "", fragment = ""] = share.link.split(/#(.*)/s);
  return share.link === "" ? "" : `${address}#${withName(fragment, isNamed ? linkName(share) : null)}`;
}

/** The fragment of the passed-on link, with "#": it leads to the share on this device. */
export function namedFragment(share: ShareSnapshot, isNamed: boolean): string {
  return `#${withName(shareFragment(share).slice(1), isNamed ? linkName(share) : null)}`;
}

/** Parameters that a link may have behind its hash. Those that mailers and social sites append are none of them. */
const linkParameter = /^(?:xt|tr|ws|so|x\.pe|about)(?:\.\d+)?=/i;

/**
 * A fragment, without "#", with this name in it and no other; null for none. The name stands behind the hash. Other
 * parameters stay as they are.
 */
export function withName(fragment: string, name: string | null): string {
  const [, start = "", rest = ""] = /^(magnet:\?|s-[\w-]{43}\/?[?&]?)?(.*)$/is.exec(fragment) ?? [];
  const isShare = start.startsWith("s-");
  const parameters = rest.split("&").filter((parameter) => linkParameter.test(parameter));
  const [first = "", ...others] = isShare
    ? [start.replace(/(?<![/?&])[/?&]+$/, ""), ...parameters]
    : parameters;
  return (
    (isShare ? "" : start) +
    [first, ...(name === null ? [] : [`dn=${encodeName(name)}`]), ...others].join("&")
  );
}

/** The name that a link tells: what the screen shows, within reason. Null while it is unknown. */
export function linkName(share: ShareSnapshot): string | null {
  const whole = share.title ?? share.name;
  if (whole === null) return null;
  const plain = whole.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, "");
  const name = share.title === null ? nameWithOthers({ ...share, name: plain }) : plain;
  const characters = [...new Intl.Segmenter("en").segment(name)].map(({ segment }) => segment);
  if (characters.length <= MAX_LINK_NAME) return name;
  const start = characters.slice(0, MAX_LINK_NAME - 1).join("");
  return `${start.trimEnd()}…`;
}

/** As the engine writes names (content/share-link.ts): nothing in it is taken for the end of the link. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/[!'()*~]|(?<![._])[._]+$/g, (characters) =>
    [...characters].map((each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`).join(""),
  );
}

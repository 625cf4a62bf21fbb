/**
 * A pinned fingerprint names the certificate that a connection's other end has to show. The fingerprint in the other
 * end's first description is binding for the life of the connection. Browsers take a later description with another
 * fingerprint for a new end, and Chromium then hands the open channels over to it (RFC 8842, section 4). So a tracker
 * that passes descriptions on could take a peer's place.
 */

import type { LinkFingerprints } from "../engine/link.ts";

/** `a=fingerprint:sha-256 AB:CD:…` as it stands in a line of its own. RFC 8122. */
const line = /^a=fingerprint:(\S+) +([\da-f:]+)\s*$/i;

/**
 * The certificate that a description names, as "sha-256 AB:CD:…". Null if the description is not one of a connection
 * for data:
 * - It names no certificate, or several, or one in a way that two readers may understand differently. Which of
 *   several certificates counts would depend on the order of lines, and an order is easily changed.
 * - It has another section than the one for data. No client sends one, and some crash Firefox 153.
 */
export function readFingerprint(sdp: string): string | null {
  const sections = [...sdp.matchAll(/(?:^|[\r\n])[^\S\r\n]*m=(\w*)/gi)].map(([, kind]) => kind);
  if (sections.length !== 1 || sections[0] !== "application") return null;
  const mentions = sdp.match(/fingerprint/gi)?.length ?? 0;
  const named = sdp.split("\n").flatMap((text) => {
    const [, hash, value] = line.exec(text) ?? [];
    return hash === undefined || value === undefined ? [] : [`${hash.toLowerCase()} ${value.toUpperCase()}`];
  });
  const distinct = new Set(named);
  return named.length === mentions && distinct.size === 1 ? named[0]! : null;
}

/** The certificate's SHA-256, 32 bytes; null for another hash. `named`: as readFingerprint gives it. */
function sha256Of(named: string | null): Uint8Array | null {
  const [hash, value] = named?.split(" ") ?? [];
  const octets = value?.split(":") ?? [];
  if (hash !== "sha-256" || octets.length !== 32 || !octets.every((octet) => octet.length === 2)) return null;
  return Uint8Array.from(octets, (octet) => Number.parseInt(octet, 16));
}

export type Verdict =
  | "good"
  /** No description of a connection for data. */
  | "malformed"
  /** It names another certificate than the first description. */
  | "another";

/** Holds one connection's other end to the certificate that it named first. */
export class PinnedFingerprint {
  #pinned: string | null;

  constructor() {
    this.#pinned = null;
  }

  /** Whether the other end's next description may be used. */
  check(sdp: string): Verdict {
    const named = readFingerprint(sdp);
    if (named === null) return "malformed";
    this.#pinned ??= named;
    return named === this.#pinned ? "good" : "another";
  }

  /** The certificate of this end, whose description is `sdp`, and the pinned one; null unless both are by SHA-256. */
  withOwn(sdp: string): LinkFingerprints | null {
    const [own, remote] = [sha256Of(readFingerprint(sdp)), sha256Of(this.#pinned)];
    return own === null || remote === null ? null : { own, remote };
  }
}

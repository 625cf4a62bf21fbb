/**
 * Whose certificate a connection's other end has to show, by the fingerprint in its descriptions. The first one is
 * binding: browsers take a later description with another fingerprint for a new end, and Chromium then hands the
 * open channels over to it (RFC 8842, section 4). Whoever passes descriptions on could so take a peer's place.
 */

/** `a=fingerprint:sha-256 AB:CD:…` as it stands in a line of its own. RFC 8122. */
const line = /^a=fingerprint:(\S+) +([\da-f:]+)\s*$/i;

/**
 * The one certificate that a description names, as "sha-256 AB:CD:…", or "" when it names none. Null when it names
 * several, or in a way that two readers may understand differently: which of them counts would be for the order of
 * lines to say, and an order is easily changed.
 */
export function readFingerprint(sdp: string): string | null {
  const mentions = sdp.match(/fingerprint/gi)?.length ?? 0;
  const named = sdp.split("\n").flatMap((text) => {
    const [, hash, value] = line.exec(text) ?? [];
    return hash === undefined || value === undefined ? [] : [`${hash.toLowerCase()} ${value.toUpperCase()}`];
  });
  const distinct = new Set(named);
  if (named.length !== mentions || distinct.size > 1) return null;
  return named[0] ?? "";
}

/** Holds one connection's other end to the certificate that it named first. */
export class PinnedFingerprint {
  #pinned: string | null;

  constructor() {
    this.#pinned = null;
  }

  /** Whether a description may be used: the first with one certificate, each later one with the same. */
  accepts(sdp: string): boolean {
    const named = readFingerprint(sdp);
    if (named === null) return false;
    this.#pinned ??= named;
    return named === this.#pinned;
  }
}

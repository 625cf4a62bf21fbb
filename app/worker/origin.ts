/** Where this page came from: its address, which links start with, and its tracker, which every torrent has. */

import { bytesToHex } from "@noble/hashes/utils.js";
import { formatShareLink } from "../engine/content/share-link.ts";
import type { TorrentId, TorrentRecord } from "../engine/host.ts";

/** What a share link tells. */
type Named = Pick<TorrentRecord, "rendezvous" | "infoHashV1" | "infoHashV2" | "trackers">;

export class Origin {
  readonly #address: string;
  readonly #tracker: string;

  /** @param address `https://host` @param tracker `wss://host/announce` */
  constructor(address: string, tracker: string) {
    this.#address = address;
    this.#tracker = tracker;
  }

  /** This page's tracker, that of the server a link points to, and of those named the ones that a browser can reach. */
  trackers(named: readonly string[], server: string | null = null): string[] {
    const reachable = named.filter((url) => /^wss?:\/\//i.test(url));
    return [...new Set([this.#tracker, ...this.#trackerOf(server), ...reachable])];
  }

  /** Where a Shoal server introduces peers. None where it has no TLS and our page has: browsers refuse that. */
  #trackerOf(server: string | null): string[] {
    if (server === null || !URL.canParse(server)) return [];
    const { protocol, host } = new URL(server);
    const isSecure = protocol === "https:";
    if (!isSecure && this.#address.startsWith("https:")) return [];
    return [`${isSecure ? "wss:" : "ws:"}//${host}/announce`];
  }

  /**
   * The link that people pass on; the page's own tracker goes without saying. Empty for a share with a rendezvous: its
   * link holds a key, which the record does not.
   */
  shareLink({ rendezvous, infoHashV1, infoHashV2, trackers }: Named): string {
    if (rendezvous !== null) return "";
    const others = trackers.filter((url) => url !== this.#tracker);
    return formatShareLink(this.#address, { infoHashV1, infoHashV2, trackers: others });
  }
}

/** Hex of the v2 info-hash where known, else of the v1. */
export function torrentId(infoHashV1: Uint8Array | null, infoHashV2: Uint8Array | null): TorrentId {
  return bytesToHex((infoHashV2 ?? infoHashV1)!);
}

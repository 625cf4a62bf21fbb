/**
 * The origin is the server that this page came from. The share links that are made here begin with its address, and
 * its tracker is added to every torrent.
 */

import { bytesToHex } from "@noble/hashes/utils.js";
import { formatFragment, formatShareLink, type ShareLink } from "../engine/content/share-link.ts";
import type { TorrentId, TorrentRecord } from "../engine/host.ts";

/** The fields of a record that a share link tells. */
type Named = Pick<TorrentRecord, "rendezvous" | "infoHashV1" | "infoHashV2" | "trackers" | "aboutHash">;

export class Origin {
  readonly #address: string;
  readonly #tracker: string;

  /** @param address `https://host` @param tracker `wss://host/announce` */
  constructor(address: string, tracker: string) {
    this.#address = address;
    this.#tracker = tracker;
  }

  /**
   * The trackers of a torrent: this page's, the tracker of `server`, and those of `named` that a browser can reach
   * (ws: and wss:). `server`: the address that a link begins with, `https://host`; null if it has none.
   */
  trackers(named: readonly string[], server: string | null = null): string[] {
    const reachable = named.filter((url) => /^wss?:\/\//i.test(url));
    return [...new Set([this.#tracker, ...this.#trackerOf(server), ...reachable])];
  }

  /**
   * The tracker of the Shoal server at an address. None if the server has no TLS and our page has: browsers refuse
   * that.
   */
  #trackerOf(server: string | null): string[] {
    if (server === null || !URL.canParse(server)) return [];
    const { protocol, host } = new URL(server);
    const isSecure = protocol === "https:";
    if (!isSecure && this.#address.startsWith("https:")) return [];
    return [`${isSecure ? "wss:" : "ws:"}//${host}/announce`];
  }

  /**
   * The link that people pass on. It leaves out the page's own tracker, which follows from its address. Empty for a
   * share with a rendezvous: such a link holds a key that the record does not hold.
   */
  shareLink({ rendezvous, infoHashV1, infoHashV2, trackers, aboutHash }: Named): string {
    if (rendezvous !== null) return "";
    const others = this.#others(trackers);
    return formatShareLink(this.#address, { infoHashV1, infoHashV2, trackers: others, aboutHash });
  }

  /** A link as the fragment of this page's address. `trackers`: those of the torrent. */
  fragment(link: ShareLink, trackers: readonly string[]): string {
    return formatFragment({ ...link, trackers: this.#others(trackers), peers: [] });
  }

  #others(trackers: readonly string[]): string[] {
    return trackers.filter((url) => url !== this.#tracker);
  }
}

/** Hex of the v2 info-hash where known, else of the v1. */
export function torrentId(infoHashV1: Uint8Array | null, infoHashV2: Uint8Array | null): TorrentId {
  return bytesToHex((infoHashV2 ?? infoHashV1)!);
}

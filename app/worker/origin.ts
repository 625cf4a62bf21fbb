/**
 * The origin is the server that this page came from. The share links that are made here begin with its address, and its
 * tracker is used by every torrent that is not members-only (`Engine`'s common trackers). Links that are passed on name
 * it only where it does not follow from the address. A members-only torrent is not passed on at all: its trackers'
 * addresses hold the person's own key.
 */

import { bytesToHex } from "@noble/hashes/utils.js";
import {
  formatFragment,
  formatMagnet,
  formatShareLink,
  type ShareLink,
} from "../engine/content/share-link.ts";
import { trackerHost } from "../engine/discovery/tracker-name.ts";
import type { TorrentId, TorrentRecord } from "../engine/host.ts";

/** The fields of a record that a share link tells, and whether it may be told. */
export interface Named
  extends Pick<
    TorrentRecord,
    "rendezvous" | "infoHashV1" | "infoHashV2" | "trackers" | "servers" | "aboutHash"
  > {
  readonly membersOnly: boolean;
}

interface MadeLink {
  readonly named: Named;
  readonly link: string;
}

/** Hosts whose connections never leave the device, so that a page with TLS may reach them without. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

export class Origin {
  readonly #address: string;
  /** The address of the tracker of this page's server. */
  readonly tracker: string;
  /** The links that were made, by the hash that they begin with. Links are asked for at every look at the shares. */
  readonly #made: WeakMap<Uint8Array, MadeLink>;

  /** @param address `https://host` @param tracker `wss://host/announce` */
  constructor(address: string, tracker: string) {
    this.#address = address;
    this.tracker = tracker;
    this.#made = new WeakMap();
  }

  /**
   * Sorts the trackers that a link or a .torrent file names: a page reaches those of wss:, and those of ws: if it has
   * no TLS itself. The others are left out.
   */
  sort(named: readonly string[]): Pick<TorrentRecord, "trackers" | "leftOutTrackers"> {
    const each = [...new Set(named)];
    return {
      trackers: each.filter((url) => this.#reaches(url)),
      leftOutTrackers: each.filter((url) => !this.#reaches(url)),
    };
  }

  #reaches(url: string): boolean {
    if (!URL.canParse(url)) return false;
    if (/^wss:\/\//i.test(url)) return true;
    return /^ws:\/\//i.test(url) && (!this.#address.startsWith("https:") || LOOPBACK.test(trackerHost(url)));
  }

  /**
   * The tracker of the Shoal server at an address, `https://host`. None if it is ours, which goes without saying, or if
   * that server has no TLS and our page has: browsers refuse that.
   */
  servers(server: string | null): string[] {
    if (server === null || !URL.canParse(server)) return [];
    const { protocol, host } = new URL(server);
    const isSecure = protocol === "https:";
    if (!isSecure && this.#address.startsWith("https:")) return [];
    const tracker = `${isSecure ? "wss:" : "ws:"}//${host}/announce`;
    return tracker === this.tracker ? [] : [tracker];
  }

  /**
   * The link that people pass on. It leaves out the page's own tracker, which follows from its address. Empty for a
   * members-only torrent, and for a share with a rendezvous: such a link holds a key that the record does not hold.
   */
  shareLink(named: Named): string {
    if (named.rendezvous !== null || named.membersOnly) return "";
    const { infoHashV1, infoHashV2, aboutHash } = named;
    const hash = (infoHashV2 ?? infoHashV1)!;
    const made = this.#made.get(hash);
    if (made !== undefined && tellSame(made.named, named)) return made.link;
    const link = formatShareLink(this.#address, {
      infoHashV1,
      infoHashV2,
      trackers: this.#others(named),
      aboutHash,
    });
    this.#made.set(hash, { named, link });
    return link;
  }

  /** A link as the fragment of this page's address. `named`: the torrent that it leads to. */
  fragment(link: ShareLink, named: Pick<Named, "trackers" | "servers" | "membersOnly">): string {
    const trackers = named.membersOnly ? [] : this.#others(named);
    return formatFragment({ ...link, trackers, peers: [] });
  }

  /** The magnet link for other clients; empty where `shareLink` is. */
  magnet(record: TorrentRecord, membersOnly: boolean, name: string | null): string {
    if (record.rendezvous !== null || membersOnly) return "";
    // The magnet is of all files: which of them to download is each person's own choice.
    return formatMagnet({ ...record, name, select: null, trackers: this.allTrackers(record) });
  }

  /** All trackers of a torrent, for clients that do not have this page's, and that may reach what a browser cannot. */
  allTrackers({ trackers, servers, leftOutTrackers }: TorrentRecord): string[] {
    return [...new Set([this.tracker, ...servers, ...trackers, ...leftOutTrackers])];
  }

  #others({ servers, trackers }: Pick<Named, "trackers" | "servers">): string[] {
    return [...new Set([...servers, ...trackers])].filter((url) => url !== this.tracker);
  }
}

/** Whether two fields of names are the very same ones. The engine replaces a field, and never changes it. */
function tellSame(one: Named, other: Named): boolean {
  const fields = ["infoHashV1", "infoHashV2", "trackers", "servers", "aboutHash"] as const;
  return fields.every((field) => one[field] === other[field]);
}

/** Hex of the v2 info-hash where known, else of the v1. */
export function torrentId(infoHashV1: Uint8Array | null, infoHashV2: Uint8Array | null): TorrentId {
  return bytesToHex((infoHashV2 ?? infoHashV1)!);
}

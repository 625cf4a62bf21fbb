/**
 * An announced swarm is the state of one info-hash at one tracker: what the tracker was told, what it answered, and
 * when it is announced to again. tracker-client.ts announces, and changes this state. A torrent with a v1 and a v2
 * info-hash and three trackers has six announced swarms.
 */
import { ANNOUNCE_INTERVAL, STARVED_ANNOUNCE } from "./constants.ts";
import type { Introducer } from "./introducer.ts";
import type { Introductions } from "./introductions.ts";
import type { BinaryString } from "./tracker-messages.ts";

/** A torrent as a tracker sees it. */
export interface AnnouncedTorrent {
  readonly introductions: Introductions;
  /** Bytes. */
  readonly uploaded: number;
  readonly downloaded: number;
  /** Bytes still missing; 0 for a seed. */
  readonly left: number;
  /**
   * Whether the torrent wants more links, if the tracker knows `others` peers besides us. Connections being made
   * count as links.
   */
  wantsLinks(others: number): boolean;
  /** The same, but connections being made do not count, because they may fail. */
  lacksLinks(others: number): boolean;
  /** The tracker knows more peers than before. */
  handleNewcomers(): void;
  /** A signal came from the other end of one of the torrent's connections. */
  handleRemoteSignal(
    introducer: Introducer,
    remote: { peerId: BinaryString; offerId: BinaryString; signal: string },
  ): void;
}

export interface Swarm {
  readonly torrent: AnnouncedTorrent;
  readonly infoHash: BinaryString;
  /** `started` was announced on this socket. */
  started: boolean;
  /** `completed` was announced, or the torrent was complete when added. */
  completed: boolean;
  /** When the swarm is announced in any case. This and the next two are milliseconds of the host's clock. */
  nextAt: number;
  /** When it is announced if more links are wanted then; Infinity for never. */
  starvedAt: number;
  /** When it is announced because a peer was not reached, or was lost; Infinity for never. */
  redialAt: number;
  /** Milliseconds between announces, as the tracker said. */
  interval: number;
  /** Milliseconds until the next announce of a starved or refused swarm. It doubles each time. */
  starvedDelay: number;
  /** Seeds and leechers as the tracker counted them last, ourselves included; null before the first reply. */
  seeds: number | null;
  leechers: number | null;
  /** Why the tracker refused or warned last, in its words; null after a reply. */
  failure: string | null;
}

/** A new swarm, which is due to be announced at once. */
export function newSwarm(infoHash: BinaryString, torrent: AnnouncedTorrent): Swarm {
  return {
    torrent,
    infoHash,
    started: false,
    completed: torrent.left === 0,
    nextAt: 0,
    starvedAt: Infinity,
    redialAt: Infinity,
    interval: ANNOUNCE_INTERVAL * 1000,
    starvedDelay: STARVED_ANNOUNCE,
    seeds: null,
    leechers: null,
    failure: null,
  };
}

/** The number of peers besides us, as the tracker said last; null before the first reply. */
export function othersIn({ seeds, leechers }: Swarm): number | null {
  return seeds === null ? null : seeds + (leechers ?? 0) - 1;
}

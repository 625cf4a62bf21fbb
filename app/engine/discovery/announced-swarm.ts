/** What one tracker keeps of one info-hash of a torrent: what it was told, what it answered, when it is told again. */
import { ANNOUNCE_INTERVAL, STARVED_ANNOUNCE } from "./constants.ts";
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
  /** More links would help, if the tracker knows `others` besides us. */
  wantsLinks(others: number): boolean;
  /** The other end of one of its links tells something. */
  handleRemoteSignal(
    tracker: string,
    remote: { peerId: BinaryString; offerId: BinaryString; signal: string },
  ): void;
}

/** One info-hash of one torrent at this tracker. */
export interface Swarm {
  readonly torrent: AnnouncedTorrent;
  readonly infoHash: BinaryString;
  started: boolean;
  completed: boolean;
  /** Milliseconds of the host's clock. */
  nextAt: number;
  interval: number;
  /** Milliseconds until the next announce while peers are lacking; doubles. */
  starvedDelay: number;
  /** Peers lost since there were last enough: how often it hurried. */
  hurries: number;
  seeds: number | null;
  leechers: number | null;
  failure: string | null;
}

/** To be announced at once. */
export function newSwarm(infoHash: BinaryString, torrent: AnnouncedTorrent): Swarm {
  return {
    torrent,
    infoHash,
    started: false,
    completed: torrent.left === 0,
    nextAt: 0,
    interval: ANNOUNCE_INTERVAL * 1000,
    starvedDelay: STARVED_ANNOUNCE,
    hurries: 0,
    seeds: null,
    leechers: null,
    failure: null,
  };
}

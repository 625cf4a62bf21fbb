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
  /** More links would help, if the tracker knows `others` besides us. Those being made count as links. */
  wantsLinks(others: number): boolean;
  /** The same, and those being made do not count: nobody knows what becomes of them. */
  lacksLinks(others: number): boolean;
  /** The tracker knows of more peers than before. */
  handleNewcomers(): void;
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
  /** When it is announced in any case. Milliseconds of the host's clock, as are those below. */
  nextAt: number;
  /** When it is announced if peers are lacking then; Infinity for not at all. */
  starvedAt: number;
  /** When it is announced because peers were not reached, or lost; Infinity for not at all. */
  redialAt: number;
  interval: number;
  /** Milliseconds until the next announce while peers are lacking; doubles. */
  starvedDelay: number;
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
    starvedAt: Infinity,
    redialAt: Infinity,
    interval: ANNOUNCE_INTERVAL * 1000,
    starvedDelay: STARVED_ANNOUNCE,
    seeds: null,
    leechers: null,
    failure: null,
  };
}

/** Peers besides us, as the tracker said last; null before it did. */
export function othersIn({ seeds, leechers }: Swarm): number | null {
  return seeds === null ? null : seeds + (leechers ?? 0) - 1;
}

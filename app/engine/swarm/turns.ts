/**
 * The turns of a tick say which torrents have one, and in which order. A torrent with connections has a turn at each
 * tick. A torrent without any has one each second (QUIET_TICK): nothing of it is under way, and a node may have hundreds.
 * A random torrent goes first. Otherwise, the same one would use up a limit that all share every time.
 */
import { QUIET_TICK } from "./constants.ts";

/** A torrent, as far as its turns go. */
export interface TurnTaker {
  /** Whether it has no connection, not even one being made or an offer. */
  readonly isQuiet: boolean;
}

export class Turns {
  /** When all torrents last had a turn, in milliseconds of the host's clock. */
  #allAt: number;

  constructor() {
    this.#allAt = -Infinity;
  }

  /** The torrents that have a turn now, in their order. `random`: uniform in [0, 1). */
  take<Torrent extends TurnTaker>(torrents: readonly Torrent[], now: number, random: number): Torrent[] {
    const isForAll = now - this.#allAt >= QUIET_TICK;
    if (isForAll) this.#allAt = now;
    const takers = isForAll ? torrents : torrents.filter(({ isQuiet }) => !isQuiet);
    const first = Math.floor(random * takers.length);
    return [...takers.slice(first), ...takers.slice(0, first)];
  }
}

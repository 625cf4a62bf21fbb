/**
 * Sees that a node never has more connections than its host bears: links, lanes, those being made and offers that wait,
 * of all torrents. For a newcomer the least useful one goes. Keeps nothing but the limits; connection-table.ts knows
 * what there is.
 *
 * Torrents that download share half of the connections, all others the other half. One kind has all while there is none
 * of the other. A torrent that lacks nothing may hold more than its share for as long as nobody else needs it. When all
 * are held, a torrent below its share gets what others hold beyond theirs. A torrent that has its share already gets
 * only what is of no use to the others.
 */
import type { ConnectionTable } from "../../connection-table.ts";
import type { ConnectionLimits } from "../../host.ts";
import { DOWNLOADS_SHARE, LANES_SHARE } from "./constants.ts";

/** A torrent, as far as its connections go. */
export interface ConnectionHolder {
  /** Peers may have something that is wanted here. */
  isHungry(): boolean;
  /** Lanes of all its peers, those being made included. */
  laneCount(): number;
  /** Ends a link that is worth less than an unknown one; false when there is none. */
  closeUseless(now: number): boolean;
  /** The link over which least moves, in bytes a second; null without one that had time to begin. */
  leastMoving(now: number): { readonly rate: number; close(): void } | null;
  /** Lets go of the offer that has waited longest; false when none waits. */
  dropOldestOffer(): boolean;
  /** Gives the newest lane up; false when there is none. */
  giveUpNewestLane(): boolean;
}

/** What there is to be room for: somebody who is there, or an offer that nobody may ever answer. */
export type Newcomer = "peer" | "offer";

export class ConnectionBudget {
  readonly #limits: ConnectionLimits;
  readonly #connections: ConnectionTable<ConnectionHolder>;

  constructor(limits: ConnectionLimits, connections: ConnectionTable<ConnectionHolder>) {
    this.#limits = limits;
    this.#connections = connections;
  }

  /** Lanes make what is there faster: they take what nobody holds, and not too much of that. */
  hasRoomForLane(): boolean {
    let lanes = 0;
    for (const holder of this.#connections.holders()) lanes += holder.laneCount();
    return this.#connections.count < this.#limits.node && lanes < Math.floor(this.#limits.node * LANES_SHARE);
  }

  /**
   * Whether a torrent that has so many links, and is making some of them, may have one more. What it takes the place of
   * is closed.
   */
  makeRoom(holder: ConnectionHolder, newcomer: Newcomer, links: number, now: number): boolean {
    if (links >= this.#limits.torrent && (newcomer === "offer" || !holder.closeUseless(now))) return false;
    if (this.#connections.count < this.#limits.node) return true;
    const excess = this.#excess(holder);
    const isShort = excess.get(holder)! < 0;
    if (newcomer === "offer" && !isShort) return false;
    const others = [...excess.keys()].filter((each) => each !== holder && excess.get(each)! > 0);
    // An offer of its own, or somebody it knows, is not worth less to it than another offer.
    const givers = newcomer === "peer" ? [...others, holder] : others;
    givers.sort((a, b) => excess.get(b)! - excess.get(a)!);
    return (
      givers.some((each) => each.closeUseless(now)) ||
      givers.some((each) => each.dropOldestOffer()) ||
      (isShort ? givers : [holder]).some((each) => each.giveUpNewestLane()) ||
      (isShort && closeLeastMoving(others, now))
    );
  }

  /** By how much each torrent that has connections, or gets its first, is above its share; below zero it lacks some. */
  #excess(newcomer: ConnectionHolder): Map<ConnectionHolder, number> {
    const holders = [...new Set([...this.#connections.holders(), newcomer])];
    const hungry = holders.filter((each) => each.isHungry()).length;
    const others = holders.length - hungry;
    const forHungry = others === 0 ? 1 : DOWNLOADS_SHARE;
    const shareOf = (part: number, count: number) =>
      Math.max(1, Math.floor((this.#limits.node * part) / count));
    const [large, small] = [shareOf(forHungry, hungry), shareOf(hungry === 0 ? 1 : 1 - forHungry, others)];
    return new Map(
      holders.map((each) => [each, this.#connections.countOf(each) - (each.isHungry() ? large : small)]),
    );
  }
}

/** Closes the link over which least moves, of all torrents' together. */
function closeLeastMoving(holders: readonly ConnectionHolder[], now: number): boolean {
  let least: NonNullable<ReturnType<ConnectionHolder["leastMoving"]>> | null = null;
  for (const holder of holders) {
    const found = holder.leastMoving(now);
    if (found !== null && (least === null || found.rate < least.rate)) least = found;
  }
  least?.close();
  return least !== null;
}

/**
 * All connections of a node, whichever torrent each is of: links, lanes, those being made, and offers that wait. Keeps
 * whose each is, and sees that there are never more than the host bears: for a newcomer the least useful goes, of all
 * torrents.
 *
 * Torrents that download share half of what there is, all others the other half, and one kind has all while there is
 * none of the other. Who lacks nothing may hold more for as long as nobody else needs it. When all are held, who has
 * less than its share gets what others hold beyond theirs; who has its share already, only what is of no use to them.
 */
import { ByLink } from "../../by-link.ts";
import type { ConnectionLimits, LinkId } from "../../host.ts";
import type { Presence } from "../announcing.ts";
import type { Lanes } from "../lanes/lanes.ts";
import { DOWNLOADS_SHARE, LANES_SHARE } from "./constants.ts";
import type { Links } from "./links.ts";

/** A torrent, as far as its connections go. */
export interface ConnectionHolder {
  readonly links: Pick<Links, "useless" | "leastMoving" | "close">;
  readonly lanes: Pick<Lanes, "count" | "giveUpNewest">;
  readonly presence: Pick<Presence, "isHungry"> & {
    readonly introductions: Pick<Presence["introductions"], "dropOldestOffer">;
  };
}

/** What there is to be room for: somebody who is there, or an offer that nobody may ever answer. */
export type Newcomer = "peer" | "offer";

export class ConnectionBudget<Holder extends ConnectionHolder> {
  readonly #limits: ConnectionLimits;
  readonly #holders: ByLink<Holder>;
  /** Connections of each torrent that has any. */
  readonly #counts: Map<Holder, number>;
  #lastLink: LinkId;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
    this.#holders = new ByLink();
    this.#counts = new Map();
    this.#lastLink = 0;
  }

  /** Connections of all torrents. */
  get count(): number {
    let sum = 0;
    for (const count of this.#counts.values()) sum += count;
    return sum;
  }

  /** Numbers a connection, for which there must be room. */
  add(holder: Holder): LinkId {
    this.#lastLink++;
    this.#holders.set(this.#lastLink, holder);
    this.#counts.set(holder, this.countOf(holder) + 1);
    return this.#lastLink;
  }

  /** A connection has ended, or came to nothing. */
  delete(link: LinkId): void {
    const holder = this.#holders.get(link);
    if (holder === undefined) return;
    this.#holders.delete(link);
    const left = this.countOf(holder) - 1;
    if (left === 0) this.#counts.delete(holder);
    else this.#counts.set(holder, left);
  }

  /** Whose connection it is; undefined once it has ended. */
  holderOf(link: LinkId): Holder | undefined {
    return this.#holders.get(link);
  }

  countOf(holder: Holder): number {
    return this.#counts.get(holder) ?? 0;
  }

  /** Lanes make what is there faster: they take what nobody holds, and not too much of that. */
  hasRoomForLane(): boolean {
    let lanes = 0;
    for (const holder of this.#counts.keys()) lanes += holder.lanes.count;
    return this.count < this.#limits.node && lanes < Math.floor(this.#limits.node * LANES_SHARE);
  }

  /**
   * Whether a torrent that has so many links, and is making some of them, may have one more. What it takes the place of
   * is closed.
   */
  makeRoom(holder: Holder, newcomer: Newcomer, links: number, now: number): boolean {
    if (links >= this.#limits.torrent && (newcomer === "offer" || !closeUseless([holder], now))) return false;
    if (this.count < this.#limits.node) return true;
    const excess = this.#excess(holder);
    const isShort = excess.get(holder)! < 0;
    if (newcomer === "offer" && !isShort) return false;
    const others = [...excess.keys()].filter((each) => each !== holder && excess.get(each)! > 0);
    // An offer of its own, or somebody it knows, is not worth less to it than another offer.
    const givers = newcomer === "peer" ? [...others, holder] : others;
    givers.sort((a, b) => excess.get(b)! - excess.get(a)!);
    return (
      closeUseless(givers, now) ||
      givers.some((each) => each.presence.introductions.dropOldestOffer()) ||
      (isShort ? givers : [holder]).some((each) => each.lanes.giveUpNewest()) ||
      (isShort && closeLeastMoving(others, now))
    );
  }

  /** By how much each torrent that has connections, or gets its first, is above its share; below zero it lacks some. */
  #excess(newcomer: Holder): Map<Holder, number> {
    const holders = [...new Set([...this.#counts.keys(), newcomer])];
    const hungry = holders.filter((each) => each.presence.isHungry).length;
    const others = holders.length - hungry;
    const forHungry = others === 0 ? 1 : DOWNLOADS_SHARE;
    const shareOf = (part: number, count: number) =>
      Math.max(1, Math.floor((this.#limits.node * part) / count));
    const [large, small] = [shareOf(forHungry, hungry), shareOf(hungry === 0 ? 1 : 1 - forHungry, others)];
    return new Map(
      holders.map((each) => [each, this.countOf(each) - (each.presence.isHungry ? large : small)]),
    );
  }
}

/** Closes a link that is of no use, of the first torrent that has one. */
function closeUseless(holders: readonly ConnectionHolder[], now: number): boolean {
  for (const { links } of holders) {
    const peer = links.useless(now);
    if (peer === undefined) continue;
    links.close(peer, "useless");
    return true;
  }
  return false;
}

/** Closes the link over which least moves, of all torrents' together. */
function closeLeastMoving(holders: readonly ConnectionHolder[], now: number): boolean {
  let least: { readonly close: () => void; readonly rate: number } | null = null;
  for (const { links } of holders) {
    const found = links.leastMoving(now);
    if (found === null || (least !== null && found.rate >= least.rate)) continue;
    least = { close: () => links.close(found.peer, "useless"), rate: found.rate };
  }
  least?.close();
  return least !== null;
}

/**
 * The connection budget keeps a node within the number of connections that its host bears. Links, lanes, connections
 * being made and offers that wait all count, and so do those of all torrents.
 *
 * While some connections are free, every torrent may take one, whatever it has already. When all are taken, shares
 * decide. The torrents that download share one half of the connections equally. All other torrents share the other
 * half equally. While there is no torrent of one kind, the other kind shares all connections. Example: 100
 * connections, two downloads and five seeds; a download's share is 25 connections, a seed's is 10.
 *
 * A newcomer, which is a new peer or an offer of ours, then takes the place of another connection. The first row with
 * a connection to close applies:
 *
 * | closed | for a torrent below its share | for a torrent that has its share or more |
 * | --- | --- | --- |
 * | a useless link | of others or its own | of others or its own |
 * | the offer that waited longest | of others or its own | of others or its own |
 * | the newest lane | of others or its own | its own |
 * | the link over which least moves | of others | none |
 *
 * "Others" are torrents with more than their share. The torrent furthest above its share gives first. An offer takes
 * another connection's place only for a torrent below its share, and never the place of that torrent's own
 * connection.
 *
 * The budget keeps only the limits. connection-table.ts keeps the connections.
 */
import type { ConnectionTable } from "../../connection-table.ts";
import type { ConnectionLimits } from "../../host.ts";
import { DOWNLOADS_SHARE, LANES_SHARE } from "./constants.ts";

/** A torrent, as far as its connections go. */
export interface ConnectionHolder {
  /** Whether peers may have something that the torrent wants. */
  isHungry(): boolean;
  /** Lanes of all the torrent's peers, those being made included. */
  laneCount(): number;
  /** Closes a link that is worth less than one to an unknown peer. False when there is none. */
  closeUseless(now: number): boolean;
  /** The link over which least moves, and its rate in bytes a second. Null while all links are new. */
  leastMoving(now: number): { readonly rate: number; close(): void } | null;
  /** Drops the offer that has waited longest. False when none waits. */
  dropOldestOffer(): boolean;
  /** Gives the newest lane up. False when there is none. */
  giveUpNewestLane(): boolean;
}

/** The purpose of a new connection: a peer that is there, or an offer that nobody may ever answer. */
export type Newcomer = "peer" | "offer";

export class ConnectionBudget {
  readonly #limits: ConnectionLimits;
  readonly #connections: ConnectionTable<ConnectionHolder>;

  constructor(limits: ConnectionLimits, connections: ConnectionTable<ConnectionHolder>) {
    this.#limits = limits;
    this.#connections = connections;
  }

  /** Whether one more lane may be made. Lanes only add speed, so they take free connections, up to LANES_SHARE. */
  hasRoomForLane(): boolean {
    let lanes = 0;
    for (const holder of this.#connections.holders()) lanes += holder.laneCount();
    return this.#connections.count < this.#limits.node && lanes < Math.floor(this.#limits.node * LANES_SHARE);
  }

  /**
   * Whether a torrent may have one more connection; the connection whose place it takes is closed. `links`: the
   * torrent's links and connections being made; with its offers that wait, when the newcomer is an offer. A torrent
   * that has as many links as one may have makes no offer, and closes a useless link of its own for a peer.
   */
  makeRoom(holder: ConnectionHolder, newcomer: Newcomer, links: number, now: number): boolean {
    if (links >= this.#limits.torrent && (newcomer === "offer" || !holder.closeUseless(now))) return false;
    if (this.#connections.count < this.#limits.node) return true;
    const excess = this.#excess(holder);
    const isShort = excess.get(holder)! < 0;
    if (newcomer === "offer" && !isShort) return false;
    const others = [...excess.keys()].filter((each) => each !== holder && excess.get(each)! > 0);
    // A torrent's own offers and links are worth no less to it than one more offer.
    const givers = newcomer === "peer" ? [...others, holder] : others;
    givers.sort((a, b) => excess.get(b)! - excess.get(a)!);
    return (
      givers.some((each) => each.closeUseless(now)) ||
      givers.some((each) => each.dropOldestOffer()) ||
      (isShort ? givers : [holder]).some((each) => each.giveUpNewestLane()) ||
      (isShort && closeLeastMoving(others, now))
    );
  }

  /** Connections that each torrent has beyond its share, `newcomer` included. Below zero it lacks some. */
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

/** Closes the link over which least moves, among the links of all `holders`. False when there is none. */
function closeLeastMoving(holders: readonly ConnectionHolder[], now: number): boolean {
  let least: NonNullable<ReturnType<ConnectionHolder["leastMoving"]>> | null = null;
  for (const holder of holders) {
    const found = holder.leastMoving(now);
    if (found !== null && (least === null || found.rate < least.rate)) least = found;
  }
  least?.close();
  return least !== null;
}

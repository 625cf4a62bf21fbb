/**
 * The choker decides which of the interested peers have a slot: only these are unchoked and may ask us for blocks. A
 * round every 10 s gives all slots out anew, and ticks between rounds may add spare ones:
 *
 * | slots | while downloading: tit for tat | while seeding: round robin |
 * | --- | --- | --- |
 * | ranked: four in five | givers, then peers without anything for us | helpers and others in turn |
 * | optimistic: one in five, at least one | drawn by lot | drawn by lot |
 * | spare, between rounds | creditors, then by waiting time | helpers and others in turn |
 *
 * - Givers send us bytes that pass verification; the fastest goes first. A peer that could give and does not gets no
 *   ranked slot.
 * - Helpers have given us such bytes; the one furthest behind goes first. Others take turns, each of 20 pieces and
 *   60 s at least, so that pieces spread.
 * - Creditors gave us more than they got. In the lot a creditor counts six times, and a newcomer or a peer without
 *   anything for us three times. The lot finds better partners, gives newcomers something to trade, and serves slow
 *   peers that give little.
 *
 * Example: of ten slots, eight go by rank and two by lot. With three givers, and other peers that could give and do
 * not, three go by rank and two by lot. The other five stay empty unless the uplink idles.
 *
 * A peer that becomes interested gets a free slot at once. A peer that loses interest passes its slot on at once.
 * spare-slots.ts decides how many spare slots there are.
 */
import type { Host } from "../../host.ts";
import type { ComparisonPolicy } from "../peers/comparison-policy.ts";
import { NEWCOMER_AGE } from "../peers/constants.ts";
import type { Peer } from "../peers/peer.ts";
import {
  CHOKE_INTERVAL,
  CREDITOR_WEIGHT,
  NEWCOMER_WEIGHT,
  OPTIMISTIC_INTERVAL,
  OPTIMISTIC_SHARE,
  SEED_TURN_PIECES,
  SEED_TURN_TIME,
  SERVED_LEAST,
  UNCHOKE_RATE_FIRST,
  UNCHOKE_RATE_STEP,
  UNCHOKE_SLOTS_MIN,
} from "./constants.ts";
import { SpareSlots } from "./spare-slots.ts";
import type { SuperSeeding } from "./super-seeding.ts";

/** The part of the torrent that the choker needs. */
export interface ChokeContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  /** Nothing is wanted any more, so there is nothing to trade for. */
  readonly isSeeding: boolean;
  readonly pieceLength: number;
  readonly policy: ComparisonPolicy;
  readonly superSeeding: Pick<SuperSeeding, "hoards">;
  choke(peer: Peer): void;
  unchoke(peer: Peer): void;
}

export class Choker {
  readonly #torrent: ChokeContext;
  readonly #spare: SpareSlots;
  #nextRound: number;
  #nextOptimistic: number;

  constructor(torrent: ChokeContext) {
    this.#torrent = torrent;
    this.#spare = new SpareSlots();
    this.#nextRound = 0;
    this.#nextOptimistic = 0;
  }

  /**
   * Slots at present: one more than the peers whose rates show that the uplink can feed them, four at least, and the
   * spare ones. The fastest peer counts from 1 KiB/s on, the second from 17, the third from 33, and so on.
   */
  slots(now: number): number {
    const rates: number[] = [];
    for (const peer of this.#torrent.peers.values()) {
      if (!this.#mayServe(peer)) continue;
      const rate = peer.served.upCompared.rate(now);
      if (rate > UNCHOKE_RATE_FIRST) rates.push(rate);
    }
    rates.sort((a, b) => b - a);
    let earned = 0;
    while (earned < rates.length && rates[earned]! > UNCHOKE_RATE_FIRST + earned * UNCHOKE_RATE_STEP)
      earned++;
    return Math.max(UNCHOKE_SLOTS_MIN, earned + 1) + this.#spare.count;
  }

  /** Gives a free slot to the peer at once. The next round finds out which peers deserve the slots most. */
  handleInterested(peer: Peer): void {
    const now = this.#torrent.host.now();
    if (!peer.slot.amChoking || !this.#mayServe(peer)) return;
    if (this.#serveAll || this.#servedCount < this.slots(now)) this.#unchoke(peer, now);
  }

  /**
   * Passes the peer's slot on at once. If the peer kept the slot, there would be one too many when it is interested
   * again. If the slot stayed empty until the next round, the uplink would idle while others wait.
   */
  handleNotInterested(peer: Peer): void {
    if (peer.slot.amChoking) return;
    this.#choke(peer);
    const now = this.#torrent.host.now();
    const free = this.slots(now) - this.#servedCount;
    const waiting = this.#candidates().filter((each) => each.slot.amChoking);
    const ranked = this.#torrent.isSeeding ? this.#byNeed(waiting, now) : byMerit(waiting, now);
    for (const each of ranked.slice(0, Math.max(0, free))) this.#unchoke(each, now);
  }

  handleTick(now: number): void {
    if (this.#serveAll) return;
    this.#serveSpare(now);
    if (now < this.#nextRound) return;
    this.#nextRound = now + CHOKE_INTERVAL;
    this.#spare.handleRound();
    this.#round(now);
  }

  /** Serves one more peer while the served peers leave the uplink idle. */
  #serveSpare(now: number): void {
    const { host, isSeeding } = this.#torrent;
    const candidates = this.#candidates();
    const served = candidates.filter((peer) => !peer.slot.amChoking);
    const busy = served.some((peer) => peer.served.incoming.length > 0 || host.buffered(peer.link) > 0);
    this.#spare.handleTick(busy, now);
    if (served.length === candidates.length || !this.#spare.isDue(now)) return;
    const waiting = candidates.filter((peer) => peer.slot.amChoking);
    const [first] = isSeeding ? this.#byNeed(waiting, now) : byCredit(waiting);
    this.#spare.grow(Math.max(0, served.length + 1 - this.slots(now)), now);
    this.#unchoke(first!, now);
  }

  #round(now: number): void {
    const candidates = this.#candidates();
    const slots = this.slots(now);
    const optimistic = Math.max(1, Math.floor(slots / OPTIMISTIC_SHARE));
    const ranked = this.#torrent.isSeeding ? this.#byNeed(candidates, now) : byMerit(candidates, now);
    const chosen = new Set(ranked.slice(0, slots - optimistic));
    // Slots that no peer earned stay empty. Optimistic and spare slots and SERVED_LEAST keep the uplink from idling.
    const spare = Math.min(optimistic + this.#spare.count, slots - chosen.size);
    const lots = Math.max(spare, SERVED_LEAST - chosen.size);
    for (const peer of this.#optimists(candidates, chosen, lots, now)) chosen.add(peer);
    for (const peer of this.#torrent.peers.values()) {
      if (!chosen.has(peer) && !peer.slot.amChoking) this.#choke(peer);
    }
    for (const peer of chosen) if (peer.slot.amChoking) this.#unchoke(peer, now);
  }

  get #serveAll(): boolean {
    return this.#torrent.policy.choking === "none";
  }

  get #servedCount(): number {
    let count = 0;
    for (const peer of this.#torrent.peers.values())
      if (this.#mayServe(peer) && !peer.slot.amChoking) count++;
    return count;
  }

  #candidates(): Peer[] {
    return [...this.#torrent.peers.values()].filter((peer) => this.#mayServe(peer));
  }

  #mayServe(peer: Peer): boolean {
    return peer.isReady && peer.said.peerInterested;
  }

  /**
   * Helpers and others alternately: the first helper, the first other, the second helper and so on. The helper
   * furthest behind goes first, so that all end together: the last peer to end is limited by its own line, and the
   * uplinks of all others idle meanwhile. The others gave us no good bytes. They may be newcomers, or may only claim
   * to need much, and would keep every slot if they were ranked by need.
   */
  #byNeed(candidates: Peer[], now: number): Peer[] {
    const helpers = candidates.filter((peer) => peer.asked.downCompared.total > 0);
    helpers.sort((a, b) => this.#progress(a) - this.#progress(b) || a.slot.unchokedAt - b.slot.unchokedAt);
    const others = this.#byTurn(
      candidates.filter((peer) => !helpers.includes(peer)),
      now,
    );
    const longer = Math.max(helpers.length, others.length);
    return Array.from({ length: longer }, (_, at) => [
      ...helpers.slice(at, at + 1),
      ...others.slice(at, at + 1),
    ]).flat();
  }

  /**
   * Peers in their turn, the fastest first; then peers that wait, the longest waiting first; then peers that have had
   * their turn; then peers that hoard (super-seeding.ts). A peer with an optimistic slot counts as waiting.
   */
  #byTurn(candidates: Peer[], now: number): Peer[] {
    const done = (peer: Peer) =>
      !peer.slot.amChoking &&
      now - peer.slot.unchokedAt > SEED_TURN_TIME &&
      peer.served.up.total - peer.slot.uploadedAtUnchoke > SEED_TURN_PIECES * this.#torrent.pieceLength;
    const hoards = (peer: Peer) => this.#torrent.superSeeding.hoards(peer);
    const waits = (peer: Peer) => peer.slot.amChoking || peer.slot.optimistic;
    return candidates.sort(
      (a, b) =>
        Number(hoards(a)) - Number(hoards(b)) ||
        Number(done(a)) - Number(done(b)) ||
        Number(waits(a)) - Number(waits(b)) ||
        (waits(a) ? 0 : b.served.upCompared.rate(now) - a.served.upCompared.rate(now)) ||
        a.slot.unchokedAt - b.slot.unchokedAt,
    );
  }

  /** Pieces that a peer has: as many as it says, or as many as we sent it. It gains little by saying less. */
  #progress(peer: Peer): number {
    return Math.max(peer.has?.count ?? 0, peer.served.up.total / this.#torrent.pieceLength);
  }

  /** The peers for the optimistic slots: the present ones until OPTIMISTIC_INTERVAL is over, then a new draw. */
  #optimists(candidates: Peer[], chosen: ReadonlySet<Peer>, count: number, now: number): Peer[] {
    const renew = now >= this.#nextOptimistic;
    if (renew) this.#nextOptimistic = now + OPTIMISTIC_INTERVAL;
    const rest = candidates.filter((peer) => !chosen.has(peer));
    const kept = renew
      ? []
      : rest.filter((peer) => peer.slot.optimistic && !peer.slot.amChoking).slice(0, count);
    const pool = rest.filter((peer) => !kept.includes(peer));
    while (kept.length < count && pool.length > 0) {
      const weights = pool.map((peer) => lotWeight(peer, now));
      let dart = this.#torrent.host.random() * weights.reduce((sum, weight) => sum + weight, 0);
      const hit = weights.findIndex((weight) => {
        dart -= weight;
        return dart < 0;
      });
      kept.push(...pool.splice(Math.max(0, hit), 1));
    }
    for (const peer of candidates) peer.slot.optimistic = kept.includes(peer);
    return kept;
  }

  #choke(peer: Peer): void {
    peer.slot.amChoking = true;
    peer.slot.optimistic = false;
    this.#torrent.choke(peer);
  }

  #unchoke(peer: Peer, now: number): void {
    peer.slot.amChoking = false;
    peer.slot.unchokedAt = now;
    peer.slot.uploadedAtUnchoke = peer.served.up.total;
    this.#torrent.unchoke(peer);
  }
}

/** The weight of a peer in the lot. */
function lotWeight(peer: Peer, now: number): number {
  if (isCreditor(peer)) return CREDITOR_WEIGHT;
  return isPoor(peer, now) ? NEWCOMER_WEIGHT : 1;
}

/** Whether a peer gave us more verified bytes than it got. Free riders and senders of bad bytes never do. */
function isCreditor(peer: Peer): boolean {
  return peer.asked.downCompared.total > peer.served.up.total;
}

/** Creditors first; among equals, the peer that waited longest. */
function byCredit(waiting: Peer[]): Peer[] {
  return waiting.sort(
    (a, b) =>
      Number(isCreditor(b)) - Number(isCreditor(a)) ||
      a.slot.unchokedAt - b.slot.unchokedAt ||
      a.openedAt - b.openedAt,
  );
}

/** Whether a peer cannot have given anything yet: it is a newcomer, or has nothing that we want. */
function isPoor(peer: Peer, now: number): boolean {
  return peer.interesting === 0 || now - peer.openedAt < NEWCOMER_AGE;
}

/**
 * Givers, the fastest first; then peers that have nothing that we want, the longest waiting first. A peer that could
 * give and does not is left out. So is a snubbed one, unless it has nothing that we want.
 */
function byMerit(candidates: readonly Peer[], now: number): Peer[] {
  const givers: Peer[] = [];
  const poor: Peer[] = [];
  for (const peer of candidates) {
    if (!peer.asked.snubbed && peer.asked.downCompared.rate(now) > 0) givers.push(peer);
    else if (peer.interesting === 0) poor.push(peer);
  }
  givers.sort(
    (a, b) => b.asked.downCompared.rate(now) - a.asked.downCompared.rate(now) || a.openedAt - b.openedAt,
  );
  poor.sort((a, b) => a.slot.unchokedAt - b.slot.unchokedAt || a.openedAt - b.openedAt);
  return [...givers, ...poor];
}

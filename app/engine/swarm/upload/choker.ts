/**
 * Decides who may ask us for blocks. While downloading: tit for tat, the peers that send us most (verified bytes
 * only) get the slots. While seeding: round robin, so that pieces spread, in turn with those that helped us and are
 * furthest behind. One slot in five goes to a peer drawn by lot, newcomers and those that gave us more than they got
 * likelier, so that better partners are found, newcomers get something to trade and slow peers are not left behind for
 * giving little.
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

/** What the choker needs of its torrent. */
export interface ChokeContext {
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  /** Nothing is wanted any more: there is nothing to trade for. */
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

  /** Slots for now: one more for each peer whose rate shows that the uplink can feed it, four at least; and spare ones. */
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

  /** A free slot is given at once; who deserves it most is found out in the next round. */
  handleInterested(peer: Peer): void {
    const now = this.#torrent.host.now();
    if (!peer.slot.amChoking || !this.#mayServe(peer)) return;
    if (this.#serveAll || this.#servedCount < this.slots(now)) this.#unchoke(peer, now);
  }

  /**
   * Its slot goes to the next at once: kept, it would be one beyond the number when the peer is interested again;
   * empty until the next round, it would leave the uplink idle while others wait.
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

  /** What those who are served leave of the uplink goes to one more. */
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
    // Slots that nobody earned stay empty, but for some that keep the uplink from idling.
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
   * Those that helped us and are furthest behind, so that all end together: who ends last is limited by its own line,
   * and others' uplinks stand idle meanwhile. One by one with the others in turn: who gave us nothing that was good may
   * be a newcomer, or one that only claims to need much and would keep every slot.
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

  /** Those whose turn it is go on; then whoever waited longest for one, the lot apart; who has had one goes last. */
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

  /** Pieces that a peer has: as many as it says, or as we sent it, so that it gains little by saying less. */
  #progress(peer: Peer): number {
    return Math.max(peer.has?.count ?? 0, peer.served.up.total / this.#torrent.pieceLength);
  }

  /** The peers unchoked by lot: the present ones until their time is up, then others. */
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

/** How likely a peer is to be drawn. */
function lotWeight(peer: Peer, now: number): number {
  if (isCreditor(peer)) return CREDITOR_WEIGHT;
  return isPoor(peer, now) ? NEWCOMER_WEIGHT : 1;
}

/** It gave us more than we gave it, verified: a free rider never does, nor who sends rubbish. */
function isCreditor(peer: Peer): boolean {
  return peer.asked.downCompared.total > peer.served.up.total;
}

/** Those that gave us more than they got, then whoever waited longest. */
function byCredit(waiting: Peer[]): Peer[] {
  return waiting.sort(
    (a, b) =>
      Number(isCreditor(b)) - Number(isCreditor(a)) ||
      a.slot.unchokedAt - b.slot.unchokedAt ||
      a.openedAt - b.openedAt,
  );
}

/** A newcomer, or who has nothing that we want: it cannot have given anything yet. */
function isPoor(peer: Peer, now: number): boolean {
  return peer.interesting === 0 || now - peer.openedAt < NEWCOMER_AGE;
}

/**
 * Those that send us something, most first; then those that have nothing to give, whoever waited longest. Who could
 * give and does not is served by lot only.
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

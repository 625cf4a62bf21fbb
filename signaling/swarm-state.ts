/**
 * The swarm state keeps the swarms of this process: which peers are in each, on which connection each peer came, and
 * which offers were handed to it. A connection is any value by which the caller tells connections apart; the tracker
 * uses a client's socket. Inputs and outcomes are those of swarms.ts.
 *
 * Three rules keep peers safe from each other:
 *
 * - A peer id belongs to the connection that announced it, as long as that connection is in the swarm. Another
 *   connection that knows the peer's key takes its place over.
 * - An answer passes only from the peer that was handed the offer, once, to the peer that made it.
 * - Signals pass only between those two.
 *
 * The state is pure: no sockets, no clock (`now` is in milliseconds), no randomness of its own.
 */
import type { BinaryString, ScrapeCounts, TrackerMessage } from "../app/engine/discovery/tracker-messages.ts";
import { AbsentPeers } from "./absent-peers.ts";
import { TokenBucket } from "./limits.ts";
import { pickReceivers } from "./pick-receivers.ts";
import { type Announce, type Answer, failure, type Offer, type Scrape, type Signal } from "./protocol.ts";
import { closeRoutes, offerKey, openRoute, type Routed, takeRoute } from "./routes.ts";
import type { Delivery, Outcome, SwarmOptions, Swarms } from "./swarms.ts";

/** One peer in one swarm. */
interface Peer<Connection> extends Routed<Peer<Connection>> {
  connection: Connection;
  /** A client that knows it may take the peer's place over. */
  readonly key: BinaryString | null;
  seed: boolean;
  /** Its index in the list of seeds or leechers. */
  place: number;
  /** Offers that were handed to this peer and not yet answered, by `offerKey`, oldest first. */
  handed: Map<string, { readonly from: Peer<Connection>; readonly until: number }> | null;
  /** How many more offers it may be handed. Null until the first. */
  intake: TokenBucket | null;
}

/** Peers by id, in two groups whose sizes are the counts that clients are told. */
interface Swarm<Connection> {
  readonly peers: Map<BinaryString, Peer<Connection>>;
  readonly seeds: Peer<Connection>[];
  readonly leechers: Peer<Connection>[];
  /** How many peers that were here as leechers completed. */
  downloaded: number;
}

export class SwarmState<Connection> implements Swarms<Connection> {
  readonly #options: SwarmOptions<Connection>;
  readonly #swarms: Map<BinaryString, Swarm<Connection>>;
  /** Which peer each connection is, by info-hash. */
  readonly #memberships: Map<Connection, Map<BinaryString, Peer<Connection>>>;
  readonly #absent: AbsentPeers<Peer<Connection>>;

  constructor(options: SwarmOptions<Connection>) {
    this.#options = options;
    this.#swarms = new Map();
    this.#memberships = new Map();
    this.#absent = new AbsentPeers(options.limits.absence);
  }

  /** Swarms that have peers. */
  get swarmCount(): number {
    return this.#swarms.size;
  }

  /** Connections that are in a swarm. */
  get connectionCount(): number {
    return this.#memberships.size;
  }

  handleAnnounce(connection: Connection, announce: Announce, now: number): Outcome<Connection> {
    const { infoHash, peerId, event } = announce;
    const refuse = (reason: string): Outcome<Connection> => ({
      deliveries: [{ to: connection, message: failure(reason, "announce", infoHash) }],
    });

    const holder = this.#swarms.get(infoHash)?.peers.get(peerId);
    const mayTakeOver = holder !== undefined && holder.key !== null && holder.key === announce.key;
    if (holder !== undefined && holder.connection !== connection && !mayTakeOver) {
      const refusal = refuse("this peer id belongs to another connection; try again soon");
      return { ...refusal, contested: holder.connection };
    }
    const own = this.#memberships.get(connection)?.get(infoHash);
    if (own !== undefined && own !== holder) {
      return refuse("this connection is in the swarm under another peer id");
    }
    const known = own ?? holder;

    if (event === "stopped") {
      if (known !== undefined) {
        this.#remove(known, infoHash);
        closeRoutes(known);
      }
      return { deliveries: [this.#reply(connection, infoHash)], left: known?.connection };
    }
    const former = known?.connection;
    if (known === undefined) this.#add(connection, announce, now);
    else if (known.connection !== connection) this.#move(known, infoHash, connection);
    const peer = this.#memberships.get(connection)!.get(infoHash)!;
    this.#updateProgress(peer, announce);
    const deliveries = [
      this.#reply(connection, infoHash),
      ...this.#handOver(peer, infoHash, announce.offers, now),
    ];
    return former === connection ? { deliveries } : { deliveries, joined: connection, left: former };
  }

  /** Passes an answer on, once, to the peer whose offer it answers. */
  handleAnswer(connection: Connection, answer: Answer, now: number): Outcome<Connection> {
    const { infoHash, peerId, toPeerId, offerId, sdp } = answer;
    const refuse = (reason: string): Outcome<Connection> => {
      const message = { ...failure(reason, "announce", infoHash), offer_id: offerId };
      return { deliveries: [{ to: connection, message }] };
    };

    const peer = this.#memberships.get(connection)?.get(infoHash);
    if (peer === undefined || peer.peerId !== peerId) return refuse("announce this peer before answering");
    const key = offerKey(toPeerId, offerId);
    const handed = peer.handed?.get(key);
    if (handed === undefined) return refuse("this offer was not handed to this peer, or was answered before");
    peer.handed?.delete(key);
    if (handed.until <= now) return refuse("this offer is too old to be answered");
    // The same id may have come back on another connection, which never made this offer.
    if (this.#swarms.get(infoHash)?.peers.get(toPeerId) !== handed.from) {
      return refuse("the peer that made this offer has left");
    }
    const message: TrackerMessage = {
      action: "announce",
      info_hash: infoHash,
      peer_id: peerId,
      offer_id: offerId,
      answer: { type: "answer", sdp },
    };
    openRoute(peer, handed.from, offerId, this.#options.limits, now);
    return { deliveries: [{ to: handed.from.connection, message }] };
  }

  /** Passes a signal from one end of an answered offer to the other. */
  handleSignal(connection: Connection, said: Signal, now: number): Outcome<Connection> {
    const { infoHash, peerId, toPeerId, offerId, signal } = said;
    const peer = this.#memberships.get(connection)?.get(infoHash);
    const refuse = (reason: string): Outcome<Connection> => ({
      deliveries: [{ to: connection, message: failure(reason, "signal", infoHash) }],
    });

    if (peer === undefined || peer.peerId !== peerId) return refuse("announce this peer before signaling");
    const receiver = takeRoute(peer, toPeerId, offerId, now);
    if (typeof receiver === "string") return refuse(receiver);
    // It may be absent, and somebody else here under its id.
    if (this.#swarms.get(infoHash)?.peers.get(toPeerId) !== receiver) return refuse("the peer has left");
    const message: TrackerMessage = {
      action: "signal",
      info_hash: infoHash,
      peer_id: peerId,
      offer_id: offerId,
      signal,
    };
    return { deliveries: [{ to: receiver.connection, message }] };
  }

  handleScrape(connection: Connection, scrape: Scrape): Outcome<Connection> {
    const files: Record<BinaryString, ScrapeCounts> = {};
    for (const infoHash of scrape.infoHashes) {
      const swarm = this.#swarms.get(infoHash);
      files[infoHash] = {
        complete: swarm?.seeds.length ?? 0,
        incomplete: swarm?.leechers.length ?? 0,
        downloaded: swarm?.downloaded ?? 0,
      };
    }
    return { deliveries: [{ to: connection, message: { action: "scrape", files } }] };
  }

  /** The connection ended: all its peers leave, and may be back soon on another. */
  handleLeave(connection: Connection, now: number): void {
    for (const [infoHash, peer] of this.#memberships.get(connection) ?? []) {
      this.#remove(peer, infoHash);
      this.#absent.keep(infoHash, peer, now);
    }
  }

  #add(connection: Connection, announce: Announce, now: number): void {
    const { infoHash, seed } = announce;
    const { peerId, key } = this.#nameOf(connection, announce);
    const fresh = { peerId, connection, key, seed, place: 0, handed: null, intake: null, routes: null };
    const peer: Peer<Connection> = this.#absent.take(infoHash, peerId, key, now) ?? fresh;
    peer.connection = connection;
    peer.seed = seed;
    const swarm = this.#swarms.get(infoHash);
    if (swarm === undefined) {
      // Written out, as a list that something is pushed to has room for sixteen more.
      const [seeds, leechers] = seed ? [[peer], []] : [[], [peer]];
      peer.place = 0;
      this.#swarms.set(infoHash, { peers: new Map([[peerId, peer]]), seeds, leechers, downloaded: 0 });
    } else {
      swarm.peers.set(peerId, peer);
      putIn(seed ? swarm.seeds : swarm.leechers, peer);
    }
    this.#join(peer, infoHash);
  }

  /** The peer's id and key, as the texts that the connection's other swarms have of them: each costs memory. */
  #nameOf(connection: Connection, { peerId, key }: Announce): Pick<Peer<Connection>, "peerId" | "key"> {
    const [other] = this.#memberships.get(connection)?.values() ?? [];
    return other?.peerId === peerId && other.key === key ? other : { peerId, key };
  }

  /** The peer goes on over another connection, with all that was handed to it. */
  #move(peer: Peer<Connection>, infoHash: BinaryString, connection: Connection): void {
    this.#part(peer, infoHash);
    peer.connection = connection;
    this.#join(peer, infoHash);
  }

  #join(peer: Peer<Connection>, infoHash: BinaryString): void {
    const memberships = this.#memberships.get(peer.connection);
    if (memberships === undefined) this.#memberships.set(peer.connection, new Map([[infoHash, peer]]));
    else memberships.set(infoHash, peer);
  }

  #part(peer: Peer<Connection>, infoHash: BinaryString): void {
    const memberships = this.#memberships.get(peer.connection);
    memberships?.delete(infoHash);
    if (memberships?.size === 0) this.#memberships.delete(peer.connection);
  }

  #remove(peer: Peer<Connection>, infoHash: BinaryString): void {
    const swarm = this.#swarms.get(infoHash);
    if (swarm === undefined) return;
    swarm.peers.delete(peer.peerId);
    takeOut(peer.seed ? swarm.seeds : swarm.leechers, peer);
    if (swarm.peers.size === 0) this.#swarms.delete(infoHash);
    this.#part(peer, infoHash);
  }

  /** Moves a peer between seeds and leechers. A completion counts once, for a peer that was seen downloading. */
  #updateProgress(peer: Peer<Connection>, { infoHash, seed, event }: Announce): void {
    const swarm = this.#swarms.get(infoHash);
    if (swarm === undefined || peer.seed === seed) return;
    takeOut(peer.seed ? swarm.seeds : swarm.leechers, peer);
    putIn(seed ? swarm.seeds : swarm.leechers, peer);
    peer.seed = seed;
    if (event === "completed") swarm.downloaded += 1;
  }

  #reply(connection: Connection, infoHash: BinaryString): Delivery<Connection> {
    const swarm = this.#swarms.get(infoHash);
    const message: TrackerMessage = {
      action: "announce",
      info_hash: infoHash,
      interval: this.#intervalFor(connection),
      complete: swarm?.seeds.length ?? 0,
      incomplete: swarm?.leechers.length ?? 0,
      signals: true,
    };
    return { to: connection, message };
  }

  /** Seconds between announces in one swarm. A connection in many swarms announces less often in each. */
  #intervalFor(connection: Connection): number {
    const { announceInterval, announcesPerSecond, announceIntervalMost } = this.#options.limits;
    const swarms = this.#memberships.get(connection)?.size ?? 0;
    const scaled = Math.ceil(swarms / announcesPerSecond);
    return Math.max(announceInterval, Math.min(announceIntervalMost, scaled));
  }

  /** Hands each offer to a different, random other peer. Seeds are not introduced to seeds. */
  #handOver(
    from: Peer<Connection>,
    infoHash: BinaryString,
    offers: readonly Offer[],
    now: number,
  ): Delivery<Connection>[] {
    const swarm = this.#swarms.get(infoHash);
    if (swarm === undefined || offers.length === 0) return [];
    const groups = from.seed ? [swarm.leechers] : [swarm.leechers, swarm.seeds];
    const receivers = pickReceivers(groups, offers.length, this.#options.random, (peer) =>
      this.#canReceive(peer, from, now),
    );
    return receivers.map((receiver, index) => {
      const { offerId, sdp } = offers[index]!;
      this.#remember(receiver, from, offerId, now);
      const message: TrackerMessage = {
        action: "announce",
        info_hash: infoHash,
        peer_id: from.peerId,
        offer_id: offerId,
        offer: { type: "offer", sdp },
      };
      return { to: receiver.connection, message };
    });
  }

  /** Whether a peer can be handed an offer now; takes one from its intake when it can. */
  #canReceive(peer: Peer<Connection>, from: Peer<Connection>, now: number): boolean {
    if (peer === from || !this.#options.acceptsOffers(peer.connection)) return false;
    const { offersPerMinute } = this.#options.limits;
    peer.intake ??= new TokenBucket(offersPerMinute / 60, offersPerMinute, now);
    return peer.intake.take(now);
  }

  #remember(receiver: Peer<Connection>, from: Peer<Connection>, offerId: BinaryString, now: number): void {
    receiver.handed ??= new Map();
    for (const [key, { until }] of receiver.handed) {
      if (until > now) break;
      receiver.handed.delete(key);
    }
    const key = offerKey(from.peerId, offerId);
    // Set anew, so that the map stays in order of time.
    receiver.handed.delete(key);
    receiver.handed.set(key, { from, until: now + this.#options.limits.offerLifetime });
  }
}

function putIn<Connection>(list: Peer<Connection>[], peer: Peer<Connection>): void {
  peer.place = list.push(peer) - 1;
}

/** Removes a peer; the last takes its place. */
function takeOut<Connection>(list: Peer<Connection>[], peer: Peer<Connection>): void {
  const last = list.pop();
  if (last === undefined || last === peer) return;
  list[peer.place] = last;
  last.place = peer.place;
}

/**
 * How one torrent's peers meet: the offers that wait for an answer, the connections being made, and who must not be
 * met twice. Trackers carry the messages (tracker-client.ts); once a link is open it belongs to the torrent.
 *
 * Between Shoal peers whose tracker passes signals on, an answer leaves before its candidates are gathered; they
 * follow as signals. All others get descriptions that are whole.
 *
 * When two peers answer each other's offers at the same time, the offer of the lower peer id wins on both sides.
 */
import type { Host } from "../host.ts";
import type { LinkEnd, LinkId } from "../link.ts";
import { ANSWER_PATIENCE, OFFER_LIFETIME, OFFER_PATIENCE, OFFERS_PER_ANNOUNCE } from "./constants.ts";
import type { SignalPaths } from "./signal-paths.ts";
import type { BinaryString, OfferEntry } from "./tracker-messages.ts";

/** A connection being made with a peer that is known. */
export interface Dial {
  readonly link: LinkId;
  /** The offer is ours. */
  readonly initiator: boolean;
  readonly peerId: BinaryString;
  /** The info-hash, binary, under which the two meet. */
  readonly infoHash: BinaryString;
  /** The offer that we answer; null when the offer is ours. */
  readonly answers: RemoteOffer | null;
  /** Our answer is out. */
  isAnswered: boolean;
  readonly since: number;
}

/** An offer of ours that nobody has answered. */
interface Offer {
  readonly id: BinaryString;
  readonly link: LinkId;
  readonly madeAt: number;
  sdp: string | null;
}

/** Whose offer it is: trackers hand on what their peers call them. */
interface RemoteOffer {
  readonly tracker: string;
  readonly offerId: BinaryString;
}

/** What introductions need of their torrent and its node. */
export interface IntroductionContext {
  readonly host: Host;
  readonly ownId: BinaryString;
  /** Numbers a connection. */
  newLink(kind: "offer" | "dial"): LinkId;
  /** Somebody answered an offer. */
  handleMet(link: LinkId): void;
  /** The link is closed: the node forgets whose it was. */
  handleLinkGone(link: LinkId): void;
  /** A peer comes anew: lets a link to it go that it gives no sign of life on. */
  dropDoubtful(peerId: BinaryString): void;
  /** Whether there is an open link to a peer id. */
  isLinked(peerId: BinaryString): boolean;
  readonly linkCount: number;
  /**
   * Whether there may be one more connection, for somebody who is there or for an offer, besides `links` of this
   * torrent. Something less useful may be closed for it, also an offer that waits here if it is for a peer.
   */
  makeRoom(newcomer: "peer" | "offer", links: number): boolean;
  isBanned(peerId: BinaryString): boolean;
  /** Filled here; kept for as long as the link lives. */
  readonly paths: SignalPaths;
  /** Whether a tracker passes signals on. */
  passesSignals(tracker: string): boolean;
  /** False when the tracker cannot be reached now. */
  sendAnswer(
    tracker: string,
    answer: { infoHash: BinaryString; peerId: BinaryString; offerId: BinaryString; sdp: string },
  ): boolean;
}

/** Azureus-style prefix of a Shoal peer id. */
const SHOAL_PREFIX = "-SH";

export class Introductions {
  readonly #context: IntroductionContext;
  /** By id, oldest first. */
  readonly #offers: Map<BinaryString, Offer>;
  readonly #dials: Map<LinkId, Dial>;

  constructor(context: IntroductionContext) {
    this.#context = context;
    this.#offers = new Map();
    this.#dials = new Map();
  }

  /** Connections being made with a known peer. */
  get dialing(): readonly Dial[] {
    return [...this.#dials.values()];
  }

  /** Connections being made, the offers that wait included. */
  get size(): number {
    return this.#dials.size + this.#offers.size;
  }

  /** Links and connections being made with a known peer. */
  get #linkCount(): number {
    return this.#context.linkCount + this.#dials.size;
  }

  /** Makes offers until as many wait as an announce carries. */
  prepare(): void {
    const { host } = this.#context;
    while (this.#offers.size < OFFERS_PER_ANNOUNCE) {
      if (!this.#context.makeRoom("offer", this.#linkCount + this.#offers.size)) return;
      const link = this.#context.newLink("offer");
      const id = randomId(host);
      this.#offers.set(id, { id, link, madeAt: host.now(), sdp: null });
      host.createOffer(link, false);
    }
  }

  /** Whether nothing is worth waiting for before an announce. */
  isReady(now: number): boolean {
    for (const offer of this.#offers.values()) {
      if (offer.sdp === null && now - offer.madeAt < OFFER_PATIENCE) return false;
    }
    return true;
  }

  /** The offers that wait for an answer. */
  offers(): OfferEntry[] {
    const entries: OfferEntry[] = [];
    for (const { id, sdp } of this.#offers.values()) {
      if (sdp !== null) entries.push({ offer_id: id, offer: { type: "offer", sdp } });
    }
    return entries;
  }

  /** An offer was gathered; again when more of it was. */
  handleOffer(link: LinkId, sdp: string): void {
    for (const offer of this.#offers.values()) if (offer.link === link) offer.sdp = sdp;
  }

  /** A tracker hands over somebody's offer. */
  handleRemoteOffer(
    tracker: string,
    remote: { infoHash: BinaryString; peerId: BinaryString; offerId: BinaryString; sdp: string },
  ): void {
    const { host, ownId } = this.#context;
    const { peerId, infoHash } = remote;
    if (peerId === ownId) return;
    const answering = this.#dialWith(peerId, false);
    // The same offer may come by several trackers, and for both hashes of a torrent: that begins nothing anew.
    const isAnother = answering?.answers?.offerId !== remote.offerId;
    if (answering !== undefined && isAnother && host.now() - answering.since >= ANSWER_PATIENCE)
      this.#giveUp(answering);
    this.#context.dropDoubtful(peerId);
    if (!this.#mayDial(peerId)) return;
    if (!this.#context.makeRoom("peer", this.#linkCount)) return;
    const link = this.#context.newLink("dial");
    const answers = { tracker, offerId: remote.offerId };
    const since = host.now();
    this.#dials.set(link, { link, initiator: false, peerId, infoHash, answers, isAnswered: false, since });
    const trickle = this.#openPath(link, tracker, remote);
    host.createAnswer(link, remote.sdp, { shoal: isShoal(peerId), trickle });
  }

  /** Whether the other end can be told more after the descriptions are exchanged. */
  #openPath(
    link: LinkId,
    tracker: string,
    { infoHash, peerId, offerId }: { infoHash: BinaryString; peerId: BinaryString; offerId: BinaryString },
  ): boolean {
    if (!isShoal(peerId) || !this.#context.passesSignals(tracker)) return false;
    this.#context.paths.set(link, { tracker, infoHash, peerId, offerId });
    return true;
  }

  /** Our answer was gathered. */
  handleAnswer(link: LinkId, sdp: string): void {
    const dial = this.#dials.get(link);
    if (!dial?.answers || dial.isAnswered) return;
    dial.isAnswered = true;
    const { peerId, infoHash, answers } = dial;
    const answer = { infoHash, peerId, offerId: answers.offerId, sdp };
    // As after an answer that could not be handed on: the peer would be waited for in vain.
    if (!this.#context.sendAnswer(answers.tracker, answer)) this.#close(link, "not-needed");
  }

  /**
   * A tracker could not hand our answer on: whoever made the offer has left, and may be back with another. Waiting
   * for this one to connect would keep us from answering that.
   */
  handleUndelivered(tracker: string, offerId: BinaryString): void {
    for (const { link, answers } of [...this.#dials.values()])
      if (answers?.offerId === offerId && answers.tracker === tracker) this.#close(link, "not-needed");
  }

  /** A tracker brings an answer to one of our offers. */
  handleRemoteAnswer(
    tracker: string,
    remote: { infoHash: BinaryString; peerId: BinaryString; offerId: BinaryString; sdp: string },
  ): void {
    const { host, ownId } = this.#context;
    const { peerId } = remote;
    const offer = this.#offers.get(remote.offerId);
    if (offer === undefined || peerId === ownId) return;
    const { link, madeAt } = offer;
    const answering = this.#dialWith(peerId, false);
    if (answering !== undefined && ownId < peerId) this.#close(answering.link, "duplicate");
    // It answered another of ours before, and has given that up.
    const accepted = this.#dialWith(peerId, true);
    if (accepted !== undefined) this.#giveUp(accepted);
    this.#context.dropDoubtful(peerId);
    if (!this.#mayDial(peerId)) return;
    // What else was closed for this one may have been the offer itself.
    if (!this.#offers.delete(offer.id)) return;
    const { infoHash } = remote;
    const made = { link, initiator: true, peerId, infoHash, answers: null, isAnswered: false, since: madeAt };
    this.#dials.set(link, made);
    this.#context.handleMet(link);
    const trickle = this.#openPath(link, tracker, remote);
    host.acceptAnswer(link, remote.sdp, { shoal: isShoal(peerId), trickle });
  }

  #mayDial(peerId: BinaryString): boolean {
    if (this.#context.isBanned(peerId) || this.#context.isLinked(peerId)) return false;
    return !this.dialing.some((dial) => dial.peerId === peerId);
  }

  /** The connection being made with a peer by our offer, or by its own. */
  #dialWith(peerId: BinaryString, initiator: boolean): Dial | undefined {
    return this.dialing.find((dial) => dial.peerId === peerId && dial.initiator === initiator);
  }

  /** Lets go of an introduction that a Shoal peer starts anew; others may answer, or offer, more than once. */
  #giveUp({ link, peerId }: Dial): void {
    if (isShoal(peerId)) this.#close(link, "not-needed");
  }

  /** A connection is open: it is no longer being made. Null when nobody was known to be at its other end. */
  takeOpened(link: LinkId): Dial | null {
    const dial = this.#dials.get(link) ?? null;
    this.#forget(link);
    return dial;
  }

  /** The connection failed before it opened. */
  handleClosed(link: LinkId): void {
    this.#forget(link);
    this.#context.paths.delete(link);
  }

  /** Ends a connection that was being made. */
  #close(link: LinkId, reason: LinkEnd): void {
    this.#forget(link);
    this.#context.paths.delete(link);
    this.#context.host.closeLink(link, reason);
    this.#context.handleLinkGone(link);
  }

  #forget(link: LinkId): void {
    this.#dials.delete(link);
    for (const offer of this.#offers.values()) if (offer.link === link) this.#offers.delete(offer.id);
  }

  /** Lets go of offers that nobody answered. */
  handleTick(now: number): void {
    for (const offer of [...this.#offers.values()]) {
      if (now - offer.madeAt < OFFER_LIFETIME) continue;
      this.#close(offer.link, "not-needed");
    }
  }

  /** Lets go of the offer that has waited longest; false when none waits. */
  dropOldestOffer(): boolean {
    const [oldest] = this.#offers.values();
    if (oldest !== undefined) this.#close(oldest.link, "not-needed");
    return oldest !== undefined;
  }

  /** Lets go of the offers that wait: they say where we were reached on another network. */
  dropOffers(): void {
    for (const offer of [...this.#offers.values()]) this.#close(offer.link, "not-needed");
  }

  /** Lets go of everything that is not an open link, oldest first. */
  stop(): void {
    const links = [...this.#offers.values(), ...this.#dials.values()].map(({ link }) => link);
    for (const link of links.sort((a, b) => a - b)) this.#close(link, "not-needed");
  }
}

/** Whether a peer id is a Shoal peer's. */
export function isShoal(peerId: BinaryString): boolean {
  return peerId.startsWith(SHOAL_PREFIX);
}

function randomId(host: Host): BinaryString {
  let id = "";
  for (let i = 0; i < 20; i++) id += String.fromCharCode(Math.floor(host.random() * 256));
  return id;
}

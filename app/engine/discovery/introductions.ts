/**
 * Introductions bring one torrent and its peers together. They keep its connections until each is open or has failed:
 * offers, which wait for a peer to answer, and dials, which are being made with a known peer. Introducers carry the
 * messages (introducer.ts). Each torrent plays both parts:
 *
 * | step | the end that offers | the end that answers |
 * | --- | --- | --- |
 * | 1 | `prepare` makes offers ahead, as nobody knows who gets them | |
 * | 2 | an announce takes `offers` along | |
 * | 3 | | `handleRemoteOffer` makes a dial, which gathers an answer |
 * | 4 | | `handleAnswer` sends the answer |
 * | 5 | `handleRemoteAnswer` turns the offer into a dial | |
 * | 6 | `takeOpened` gives the open connection to the torrent | the same |
 *
 * An offer or a dial ends early when it fails, or when something else takes its place. An offer that nobody answers
 * ends after 50 s (OFFER_LIFETIME).
 *
 * Between Shoal peers whose tracker passes signals on, an answer leaves before its candidates are gathered, and the
 * candidates follow as signals. All other descriptions are whole: they hold all candidates.
 *
 * A torrent has one dial to a peer at a time. When two peers answer each other's offers at the same time, the offer
 * of the lower peer id wins on both sides. Example: A has the lower id. A gets the answer of B, and closes its own
 * dial with the offer of B. B gets the answer of A, and ignores it because B answers A already.
 */
import type { Host, TorrentId } from "../host.ts";
import type { LinkEnd, LinkId } from "../link.ts";
import { ANSWER_PATIENCE, OFFER_LIFETIME, OFFER_PATIENCE, OFFERS_PER_ANNOUNCE } from "./constants.ts";
import type { Introducer, Introduction } from "./introducer.ts";
import type { SignalPaths } from "./signal-paths.ts";
import type { BinaryString, OfferEntry } from "./tracker-messages.ts";

/** A connection being made with a known peer. */
export interface Dial {
  readonly link: LinkId;
  /** Whether the offer is ours. */
  readonly initiator: boolean;
  readonly peerId: BinaryString;
  /** The info-hash under which the two peers meet. */
  readonly infoHash: BinaryString;
  /** The id of the introducer. */
  readonly introducer: string;
  /** The offer that we answer; null when the offer is ours. */
  readonly answers: RemoteOffer | null;
  /** Whether our answer was sent; false when the offer is ours. */
  isAnswered: boolean;
  /** When our offer was made, or the peer's came. Milliseconds of the host's clock. */
  readonly since: number;
}

/** An offer of ours that no peer has answered. `sdp`: null until it is gathered. */
interface Offer {
  readonly id: BinaryString;
  readonly link: LinkId;
  readonly madeAt: number;
  sdp: string | null;
}

/** An offer of a peer. Its id is known to the introducer that brought it. */
interface RemoteOffer {
  readonly introducer: Introducer;
  readonly offerId: BinaryString;
}

/** The part of the torrent and its node that introductions need. */
export interface IntroductionContext {
  readonly host: Host;
  readonly ownId: BinaryString;
  /** The torrent whose peers meet. */
  readonly id: TorrentId;
  /** Adds a connection to the node's table and returns its number. */
  newLink(kind: "offer" | "dial"): LinkId;
  /** A peer answered an offer. */
  handleMet(link: LinkId): void;
  /** The connection is closed: the node forgets which torrent it belonged to. */
  handleLinkGone(link: LinkId): void;
  /** Closes a link on which a peer that comes anew owes us a sign of life. */
  dropDoubtful(peerId: BinaryString): void;
  isLinked(peerId: BinaryString): boolean;
  readonly linkCount: number;
  /**
   * Whether this torrent may have one more connection: for a peer that is there, or for an offer. `links`: its links
   * and connections being made. A less useful connection may be closed for the new one. That may be an offer that
   * waits here, if the new one is for a peer.
   */
  makeRoom(newcomer: "peer" | "offer", links: number): boolean;
  isBanned(peerId: BinaryString): boolean;
  /**
   * Whether the torrent may meet peers through an introducer. A members-only torrent meets them through its own trackers
   * only.
   */
  accepts(introducer: Introducer): boolean;
  /** Introductions add the paths. Each stays until its connection ends. */
  readonly paths: SignalPaths;
}

/** Azureus-style prefix of a Shoal peer id. */
const SHOAL_PREFIX = "-SH";

export class Introductions {
  readonly #context: IntroductionContext;
  /** By offer id, oldest first. */
  readonly #offers: Map<BinaryString, Offer>;
  readonly #dials: Map<LinkId, Dial>;

  constructor(context: IntroductionContext) {
    this.#context = context;
    this.#offers = new Map();
    this.#dials = new Map();
  }

  get dialing(): readonly Dial[] {
    return [...this.#dials.values()];
  }

  /** The number of dials and waiting offers. */
  get size(): number {
    return this.#dials.size + this.#offers.size;
  }

  /** The number of links and dials. */
  get #linkCount(): number {
    return this.#context.linkCount + this.#dials.size;
  }

  /** Makes offers until as many wait as an announce carries, or there is no room for more. */
  prepare(): void {
    const { host } = this.#context;
    while (this.#offers.size < OFFERS_PER_ANNOUNCE) {
      if (!this.#context.makeRoom("offer", this.#linkCount + this.#offers.size)) return;
      const link = this.#context.newLink("offer");
      const id = randomId(host);
      this.#offers.set(id, { id, link, madeAt: host.now(), sdp: null });
      host.createOffer(link, false, this.#context.id);
    }
  }

  /** Whether an announce need not wait for offers: all are gathered, or take too long. */
  isReady(now: number): boolean {
    for (const offer of this.#offers.values()) {
      if (offer.sdp === null && now - offer.madeAt < OFFER_PATIENCE) return false;
    }
    return true;
  }

  /** The offers that wait for an answer and are gathered. */
  offers(): OfferEntry[] {
    const entries: OfferEntry[] = [];
    for (const { id, sdp } of this.#offers.values()) {
      if (sdp !== null) entries.push({ offer_id: id, offer: { type: "offer", sdp } });
    }
    return entries;
  }

  /** The host gathered an offer. It may call again with more candidates. */
  handleOffer(link: LinkId, sdp: string): void {
    for (const offer of this.#offers.values()) if (offer.link === link) offer.sdp = sdp;
  }

  /** An introducer brings the offer of a peer. */
  handleRemoteOffer(introducer: Introducer, remote: Introduction & { readonly sdp: string }): void {
    const { host, ownId, id } = this.#context;
    const { peerId, infoHash } = remote;
    if (peerId === ownId || !this.#context.accepts(introducer)) return;
    const answering = this.#dialWith(peerId, false);
    // The same offer may come from several trackers, and for both info-hashes. That replaces nothing.
    const isAnother = answering?.answers?.offerId !== remote.offerId;
    if (answering !== undefined && isAnother && host.now() - answering.since >= ANSWER_PATIENCE)
      this.#giveUp(answering);
    this.#context.dropDoubtful(peerId);
    if (!this.#mayDial(peerId)) return;
    if (!this.#context.makeRoom("peer", this.#linkCount)) return;
    const link = this.#context.newLink("dial");
    const answers = { introducer, offerId: remote.offerId };
    const since = host.now();
    this.#dials.set(link, {
      link,
      initiator: false,
      peerId,
      infoHash,
      introducer: introducer.id,
      answers,
      isAnswered: false,
      since,
    });
    const trickle = this.#openPath(link, introducer, remote);
    host.createAnswer(link, remote.sdp, { shoal: isShoal(peerId), trickle }, id);
  }

  /** Adds the signal path of a connection. False when signals cannot reach its other end. */
  #openPath(link: LinkId, introducer: Introducer, { infoHash, peerId, offerId }: Introduction): boolean {
    if (!isShoal(peerId) || !introducer.passesSignals) return false;
    this.#context.paths.set(link, { introducer, infoHash, peerId, offerId });
    return true;
  }

  /** The host gathered our answer. */
  handleAnswer(link: LinkId, sdp: string): void {
    const dial = this.#dials.get(link);
    if (!dial?.answers || dial.isAnswered) return;
    dial.isAnswered = true;
    const { peerId, infoHash, answers } = dial;
    const answer = { infoHash, peerId, offerId: answers.offerId, sdp };
    // The peer will not get the answer, so it would be waited for in vain.
    if (!answers.introducer.sendAnswer(answer)) this.#close(link, "not-needed");
  }

  /**
   * An introducer could not pass our answer on, because the peer that offered has left. The peer may come back with
   * another offer, and a dial that waits for the first one would keep us from answering it.
   */
  handleUndelivered(introducer: Introducer, offerId: BinaryString): void {
    for (const { link, answers } of [...this.#dials.values()])
      if (answers?.offerId === offerId && answers.introducer.id === introducer.id)
        this.#close(link, "not-needed");
  }

  /** An introducer brings an answer to one of our offers. */
  handleRemoteAnswer(introducer: Introducer, remote: Introduction & { readonly sdp: string }): void {
    const { host, ownId } = this.#context;
    const { peerId } = remote;
    const offer = this.#offers.get(remote.offerId);
    if (offer === undefined || peerId === ownId || !this.#context.accepts(introducer)) return;
    const { link, madeAt } = offer;
    const answering = this.#dialWith(peerId, false);
    if (answering !== undefined && ownId < peerId) this.#close(answering.link, "duplicate");
    // The peer answered another offer of ours before, and has given that connection up.
    const accepted = this.#dialWith(peerId, true);
    if (accepted !== undefined) this.#giveUp(accepted);
    this.#context.dropDoubtful(peerId);
    if (!this.#mayDial(peerId)) return;
    this.#offers.delete(offer.id);
    this.#dials.set(link, {
      link,
      initiator: true,
      peerId,
      infoHash: remote.infoHash,
      introducer: introducer.id,
      answers: null,
      isAnswered: false,
      since: madeAt,
    });
    this.#context.handleMet(link);
    const trickle = this.#openPath(link, introducer, remote);
    host.acceptAnswer(link, remote.sdp, { shoal: isShoal(peerId), trickle });
  }

  #mayDial(peerId: BinaryString): boolean {
    if (this.#context.isBanned(peerId) || this.#context.isLinked(peerId)) return false;
    return !this.dialing.some((dial) => dial.peerId === peerId);
  }

  /** The dial with a peer. `initiator`: by our offer, or else by the peer's. */
  #dialWith(peerId: BinaryString, initiator: boolean): Dial | undefined {
    return this.dialing.find((dial) => dial.peerId === peerId && dial.initiator === initiator);
  }

  /** Closes a dial that a Shoal peer begins anew. Other clients may answer or offer more than once. */
  #giveUp({ link, peerId }: Dial): void {
    if (isShoal(peerId)) this.#close(link, "not-needed");
  }

  /** A connection is open, and is the torrent's from now on. Null when it is no dial, so that its peer is unknown. */
  takeOpened(link: LinkId): Dial | null {
    const dial = this.#dials.get(link) ?? null;
    this.#forget(link);
    return dial;
  }

  /** The host closed a connection before it opened. */
  handleClosed(link: LinkId): void {
    this.#forget(link);
    this.#context.paths.delete(link);
  }

  /** Closes a connection before it opens. */
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

  /** Closes offers that nobody answered in time. */
  handleTick(now: number): void {
    for (const offer of [...this.#offers.values()]) {
      if (now - offer.madeAt < OFFER_LIFETIME) continue;
      this.#close(offer.link, "not-needed");
    }
  }

  /** Closes the offer that has waited longest. False when none waits. */
  dropOldestOffer(): boolean {
    const [oldest] = this.#offers.values();
    if (oldest !== undefined) this.#close(oldest.link, "not-needed");
    return oldest !== undefined;
  }

  /** Closes the offers that wait, because their candidates are of another network than our present one. */
  dropOffers(): void {
    for (const offer of [...this.#offers.values()]) this.#close(offer.link, "not-needed");
  }

  /** Closes the dials with peers that were met through an introducer that is not kept. */
  dropMetThrough(isKept: (introducer: string) => boolean): void {
    for (const { link, introducer } of [...this.#dials.values()])
      if (!isKept(introducer)) this.#close(link, "members-only");
  }

  /** Closes all offers and dials, the oldest first. */
  stop(): void {
    const links = [...this.#offers.values(), ...this.#dials.values()].map(({ link }) => link);
    for (const link of links.sort((a, b) => a - b)) this.#close(link, "not-needed");
  }
}

/** Whether a peer id is that of a Shoal peer. */
export function isShoal(peerId: BinaryString): boolean {
  return peerId.startsWith(SHOAL_PREFIX);
}

function randomId(host: Host): BinaryString {
  let id = "";
  for (let i = 0; i < 20; i++) id += String.fromCharCode(Math.floor(host.random() * 256));
  return id;
}

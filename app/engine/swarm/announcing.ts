/**
 * A torrent's presence in its swarm: which trackers it is announced to under which info-hashes, what they are told,
 * and how its peers are met. Knows nothing of what is said on links.
 */
import { LINK_LASTED } from "../discovery/constants.ts";
import { Introductions } from "../discovery/introductions.ts";
import { Redials } from "../discovery/redials.ts";
import { SignalPaths } from "../discovery/signal-paths.ts";
import { bytesToBinaryString } from "../discovery/tracker-messages.ts";
import type { Host, LinkEnd, LinkId } from "../host.ts";
import type { TrackerSnapshot } from "../snapshot.ts";
import { Reach } from "./connect-failures.ts";
import { LINKS_WANTED } from "./constants.ts";
import type { Newcomer } from "./peers/connection-budget.ts";
import type { Peer } from "./peers/peer.ts";
import type { Torrent } from "./torrent.ts";

export class Presence {
  readonly host: Host;
  readonly ownId: string;
  #trackers: readonly string[];
  readonly paths: SignalPaths;
  readonly reach: Reach;
  readonly introductions: Introductions;
  readonly #redials: Redials;
  readonly #torrent: Torrent;
  #online: boolean;
  /** Bytes sent to peers that have gone. */
  #uploadedBefore: number;

  constructor(torrent: Torrent, trackers: readonly string[]) {
    this.#torrent = torrent;
    this.host = torrent.host;
    this.ownId = bytesToBinaryString(torrent.node.peerId);
    this.#trackers = trackers;
    this.#online = false;
    this.#uploadedBefore = 0;
    this.paths = new SignalPaths();
    this.reach = new Reach();
    this.introductions = new Introductions(this);
    this.#redials = new Redials(this.host);
  }

  get trackers(): readonly string[] {
    return this.#trackers;
  }

  /** Announces to these as well. */
  addTrackers(urls: readonly string[]): void {
    this.#trackers = [...new Set([...this.#trackers, ...urls])];
    this.announce();
  }

  /** Takes part in the swarm: announced and linked. */
  get online(): boolean {
    return this.#online;
  }

  goOnline(): void {
    this.#online = true;
    this.#redials.reset();
    this.announce();
  }

  /** Says goodbye to the trackers and lets go of connections that are being made. */
  goOffline(): void {
    this.#online = false;
    for (const url of this.trackers) this.#torrent.node.tracker(url).remove(this);
    this.introductions.stop();
  }

  /** Announces every info-hash that is known by now. */
  announce(): void {
    if (!this.#online) return;
    for (const url of this.trackers) {
      for (const name of this.#torrent.description.names()) {
        this.#torrent.node.tracker(url).add(bytesToBinaryString(name), this);
      }
    }
  }

  /** A connection that was being made came to nothing. False when it is none of this torrent's. */
  handleNotOpened(link: LinkId, reason: LinkEnd): boolean {
    const dial = this.introductions.handleClosed(link);
    if (dial === null) return false;
    const met = dial.peerId !== "";
    this.reach.handleNotOpened(reason, met);
    // Whoever was there may be reached the next time: the tracker would not be asked for minutes.
    if (met && reason !== "no-room" && this.wantsLinks(Infinity)) this.#redial();
    return true;
  }

  /** A link is gone: others may be there to take its place. */
  handleLinkLost(peer: Peer, reason: LinkEnd): void {
    const now = this.host.now();
    this.#uploadedBefore += peer.up.total;
    this.reach.handleEnded(reason, now);
    this.paths.delete(peer.link);
    if (peer.isReady && now - peer.openedAt >= LINK_LASTED) this.#redials.reset();
    if (this.#online) this.#redial();
  }

  /** Announces again soon, as there is one peer less than there might be. */
  #redial(): void {
    const at = this.#redials.plan();
    for (const url of this.trackers) this.#torrent.node.tracker(url).redial(this, at);
  }

  handleNewcomers(): void {
    this.#redials.reset();
  }

  handleNetworkChanged(): void {
    this.#redials.reset();
    this.reach.handleNetworkChanged();
    this.introductions.dropOffers();
  }

  snapshot(now: number): TrackerSnapshot[] {
    return this.trackers.map((url) => this.#torrent.node.tracker(url).snapshot(this, now));
  }

  // --- what the ends of a link tell each other ---

  /** Our window has something to tell a link's other end. */
  handleSignal(link: LinkId, signal: string): void {
    const path = this.paths.of(link);
    if (path !== null) this.#torrent.node.tracker(path.tracker).sendSignal({ ...path, signal });
  }

  /** A tracker brings what a link's other end tells. */
  handleRemoteSignal(tracker: string, remote: { peerId: string; offerId: string; signal: string }): void {
    const link = this.paths.linkOf(tracker, remote);
    if (link !== null) this.host.deliverSignal(link, remote.signal);
  }

  // --- what trackers are told ---

  get uploaded(): number {
    let bytes = this.#uploadedBefore;
    for (const peer of this.#torrent.peers.values()) bytes += peer.up.total;
    return bytes;
  }

  get downloaded(): number {
    return this.#torrent.downloaded;
  }

  /** Bytes of the whole torrent that are missing; a positive number while that is unknown. */
  get left(): number {
    const { pieces } = this.#torrent;
    return pieces === null ? 1 : pieces.info.size - pieces.storedBytes;
  }

  /** Peers may have something that is wanted here: what it is, or pieces of it. */
  get isHungry(): boolean {
    const { pieces, isFetching, isSeeding } = this.#torrent;
    return pieces === null || (isFetching && !isSeeding);
  }

  wantsLinks(others: number): boolean {
    return this.#lacks(this.linkCount + this.introductions.dialing.length, others);
  }

  lacksLinks(others: number): boolean {
    return this.#lacks(this.linkCount, others);
  }

  #lacks(links: number, others: number): boolean {
    const enough = this.#torrent.isSeeding ? 1 : LINKS_WANTED;
    return this.#online && links < Math.min(others, enough);
  }

  // --- what introductions ask ---

  get linkCount(): number {
    return this.#torrent.peers.size;
  }

  makeRoom(newcomer: Newcomer, links: number): boolean {
    return this.#torrent.node.connections.makeRoom(this.#torrent, newcomer, links, this.host.now());
  }

  newLink(): LinkId {
    return this.#torrent.newLink();
  }

  handleLinkGone(link: LinkId): void {
    this.#torrent.node.connections.delete(link);
  }

  dropDoubtful(peerId: string): void {
    this.#torrent.links.dropDoubtful(peerId);
  }

  isLinked(peerId: string): boolean {
    return this.#torrent.links.isLinked(peerId);
  }

  isBanned(peerId: string): boolean {
    return this.#torrent.links.isBanned(peerId);
  }

  passesSignals(tracker: string): boolean {
    return this.#torrent.node.tracker(tracker).passesSignals;
  }

  sendAnswer(
    tracker: string,
    answer: { infoHash: string; peerId: string; offerId: string; sdp: string },
  ): boolean {
    return this.#torrent.node.tracker(tracker).sendAnswer(answer);
  }
}

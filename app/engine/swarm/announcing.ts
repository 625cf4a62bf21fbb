/**
 * A torrent's presence in its swarm: which trackers it is announced to under which info-hashes, what they are told,
 * and how its peers are met. Knows nothing of what is said on links.
 */
import { LINK_LASTED } from "../discovery/constants.ts";
import { Introductions } from "../discovery/introductions.ts";
import { Redials } from "../discovery/redials.ts";
import { SignalPaths } from "../discovery/signal-paths.ts";
import type { TrackerClient } from "../discovery/tracker-client.ts";
import { type BinaryString, bytesToBinaryString } from "../discovery/tracker-messages.ts";
import type { Host } from "../host.ts";
import type { LinkEnd, LinkId } from "../link.ts";
import type { TrackerSnapshot } from "../snapshot.ts";
import { ConnectFailures } from "./connect-failures.ts";
import { LINKS_WANTED } from "./constants.ts";
import type { Newcomer } from "./peers/connection-budget.ts";
import type { Links } from "./peers/links.ts";
import type { Peer } from "./peers/peer.ts";
import type { Pieces } from "./pieces/pieces.ts";
import type { TorrentMetadata } from "./torrent-metadata.ts";

/** What announcing needs of its torrent. */
export interface AnnounceContext {
  readonly host: Host;
  readonly ownId: BinaryString;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  readonly links: Pick<Links, "isLinked" | "isBanned" | "dropDoubtful">;
  readonly metadata: Pick<TorrentMetadata, "names">;
  readonly pieces: Pieces | null;
  /** Bytes verified and stored in this run. */
  readonly downloaded: number;
  /** Everything wanted is stored. */
  readonly isSeeding: boolean;
  tracker(url: string): TrackerClient;
  makeRoom(newcomer: Newcomer, links: number): boolean;
  newLink(kind: "offer" | "dial"): LinkId;
  handleMet(link: LinkId): void;
  handleLinkGone(link: LinkId): void;
}

export class Announcing {
  readonly host: Host;
  readonly ownId: BinaryString;
  #trackers: readonly string[];
  readonly paths: SignalPaths;
  readonly connectFailures: ConnectFailures;
  readonly introductions: Introductions;
  readonly #redials: Redials;
  readonly #torrent: AnnounceContext;
  #online: boolean;
  /** Bytes sent to peers that have gone. */
  #uploadedBefore: number;

  constructor(torrent: AnnounceContext, trackers: readonly string[]) {
    this.#torrent = torrent;
    this.host = torrent.host;
    this.ownId = torrent.ownId;
    this.#trackers = trackers;
    this.#online = false;
    this.#uploadedBefore = 0;
    this.paths = new SignalPaths();
    this.connectFailures = new ConnectFailures();
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
    for (const url of this.trackers) this.#torrent.tracker(url).remove(this);
    this.introductions.stop();
  }

  /** Announces every info-hash that is known by now. */
  announce(): void {
    if (!this.#online) return;
    for (const url of this.trackers) {
      for (const name of this.#torrent.metadata.names()) {
        this.#torrent.tracker(url).add(bytesToBinaryString(name), this);
      }
    }
  }

  /** A connection that was being made came to nothing. `met`: somebody was at its other end. */
  handleNotOpened(link: LinkId, reason: LinkEnd, met: boolean): void {
    this.introductions.handleClosed(link);
    this.connectFailures.handleNotOpened(reason, met);
    // Whoever was there may be reached the next time: the tracker would not be asked for minutes.
    if (met && reason !== "no-room" && this.wantsLinks(Infinity)) this.#redial();
  }

  /** A link is gone: others may be there to take its place. */
  handleLinkLost(peer: Peer, reason: LinkEnd): void {
    const now = this.host.now();
    this.#uploadedBefore += peer.served.up.total;
    this.connectFailures.handleEnded(reason, now);
    this.paths.delete(peer.link);
    if (peer.isReady && now - peer.openedAt >= LINK_LASTED) this.#redials.reset();
    if (this.#online) this.#redial();
  }

  /** Announces again soon, as there is one peer less than there might be. */
  #redial(): void {
    const at = this.#redials.plan();
    for (const url of this.trackers) this.#torrent.tracker(url).redial(this, at);
  }

  handleNewcomers(): void {
    this.#redials.reset();
  }

  handleNetworkChanged(): void {
    this.#redials.reset();
    this.connectFailures.handleNetworkChanged();
    this.introductions.dropOffers();
  }

  snapshot(now: number): TrackerSnapshot[] {
    return this.trackers.map((url) => this.#torrent.tracker(url).snapshot(this, now));
  }

  // --- what the ends of a link tell each other ---

  /** Our window has something to tell a link's other end. */
  handleSignal(link: LinkId, signal: string): void {
    const path = this.paths.of(link);
    if (path !== null) this.#torrent.tracker(path.tracker).sendSignal({ ...path, signal });
  }

  /** A tracker brings what a link's other end tells. */
  handleRemoteSignal(tracker: string, remote: { peerId: string; offerId: string; signal: string }): void {
    const link = this.paths.linkOf(tracker, remote);
    if (link !== null) this.host.deliverSignal(link, remote.signal);
  }

  // --- what trackers are told ---

  get uploaded(): number {
    let bytes = this.#uploadedBefore;
    for (const peer of this.#torrent.peers.values()) bytes += peer.served.up.total;
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
    return this.#torrent.makeRoom(newcomer, links);
  }

  newLink(kind: "offer" | "dial"): LinkId {
    return this.#torrent.newLink(kind);
  }

  handleMet(link: LinkId): void {
    this.#torrent.handleMet(link);
  }

  handleLinkGone(link: LinkId): void {
    this.#torrent.handleLinkGone(link);
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
    return this.#torrent.tracker(tracker).passesSignals;
  }

  sendAnswer(
    tracker: string,
    answer: { infoHash: string; peerId: string; offerId: string; sdp: string },
  ): boolean {
    return this.#torrent.tracker(tracker).sendAnswer(answer);
  }
}

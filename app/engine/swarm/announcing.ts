/**
 * `Announcing` keeps one torrent present in its swarm. While the torrent is online, the client of each tracker
 * announces it under each of its names, which are its info-hashes or its rendezvous (tracker-client.ts). `Announcing`
 * gives the client the numbers of an announce, and says whether more links are wanted. Announces bring peers, and
 * introductions make connections with them. Then:
 *
 * | event | what follows |
 * | --- | --- |
 * | a connection opens | it becomes a link (peers/links.ts) |
 * | a connection to a known peer fails | if more links are wanted, the torrent is announced again soon (redials.ts) |
 * | a link ends | the torrent is announced again soon; after a link of 10 s, with the shortest pause |
 * | a tracker knows more peers than before | the next pause is the shortest |
 * | the network changes | the next pause is the shortest, and waiting offers are dropped |
 *
 * Every torrent is announced to the trackers that all torrents of the node have in common, to those of the servers that
 * its links point to, and to those that its links and .torrent files name. A members-only torrent (BEP 27) is announced
 * only to the last kind, its own trackers, and meets peers through no other introducer.
 *
 * A download wants 20 links (LINKS_WANTED), and a seed wants one. Neither wants more than there are other peers.
 * Messages over links are left to peer-protocol.ts.
 */
import { LINK_LASTED } from "../discovery/constants.ts";
import type { Introducer } from "../discovery/introducer.ts";
import { Introductions } from "../discovery/introductions.ts";
import { Redials } from "../discovery/redials.ts";
import { SignalPaths } from "../discovery/signal-paths.ts";
import type { TrackerClient } from "../discovery/tracker-client.ts";
import { type BinaryString, bytesToBinaryString } from "../discovery/tracker-messages.ts";
import type { Host, TorrentId, TorrentRecord } from "../host.ts";
import type { LinkEnd, LinkId } from "../link.ts";
import type { TrackerSnapshot } from "../snapshot.ts";
import { ConnectFailures } from "./connect-failures.ts";
import { LINKS_WANTED } from "./constants.ts";
import type { NodeContext } from "./node-context.ts";
import type { Newcomer } from "./peers/connection-budget.ts";
import type { Links } from "./peers/links.ts";
import type { Peer } from "./peers/peer.ts";
import type { Pieces } from "./pieces/pieces.ts";
import type { TorrentMetadata } from "./torrent-metadata.ts";

/** The addresses of a torrent's trackers, by kind (host.ts). */
export type TrackerAddresses = Pick<TorrentRecord, "trackers" | "servers" | "leftOutTrackers">;

/** The part of the torrent that announcing needs. */
export interface AnnounceContext {
  readonly host: Host;
  readonly id: TorrentId;
  readonly ownId: BinaryString;
  readonly peers: ReadonlyMap<LinkId, Peer>;
  readonly links: Pick<Links, "isLinked" | "isBanned" | "dropDoubtful" | "close">;
  readonly metadata: Pick<TorrentMetadata, "names" | "isPrivate">;
  readonly node: Pick<NodeContext, "commonTrackers">;
  readonly pieces: Pieces | null;
  /** Bytes verified and stored in this run. */
  readonly downloaded: number;
  /** Whether everything wanted is stored. */
  readonly isSeeding: boolean;
  tracker(url: string): TrackerClient;
  makeRoom(newcomer: Newcomer, links: number): boolean;
  newLink(kind: "offer" | "dial"): LinkId;
  handleMet(link: LinkId): void;
  handleLinkGone(link: LinkId): void;
}

export class Announcing {
  readonly host: Host;
  readonly id: TorrentId;
  readonly ownId: BinaryString;
  /** Addresses by kind, as the record has them. */
  #addresses: TrackerAddresses;
  readonly paths: SignalPaths;
  readonly connectFailures: ConnectFailures;
  readonly introductions: Introductions;
  readonly #redials: Redials;
  readonly #torrent: AnnounceContext;
  #online: boolean;
  /** Bytes sent to peers whose links have ended. */
  #uploadedBefore: number;

  constructor(torrent: AnnounceContext, { trackers, servers, leftOutTrackers }: TrackerAddresses) {
    this.#torrent = torrent;
    this.host = torrent.host;
    this.id = torrent.id;
    this.ownId = torrent.ownId;
    this.#addresses = { trackers, servers, leftOutTrackers };
    this.#online = false;
    this.#uploadedBefore = 0;
    this.paths = new SignalPaths();
    this.connectFailures = new ConnectFailures();
    this.introductions = new Introductions(this);
    this.#redials = new Redials(this.host);
  }

  get trackers(): readonly string[] {
    return this.#addresses.trackers;
  }

  get servers(): readonly string[] {
    return this.#addresses.servers;
  }

  get leftOutTrackers(): readonly string[] {
    return this.#addresses.leftOutTrackers;
  }

  /** The trackers in use. Those of a members-only torrent are its own alone. */
  get #used(): readonly string[] {
    const { trackers, servers } = this.#addresses;
    if (this.#torrent.metadata.isPrivate) return trackers;
    return [...new Set([...this.#torrent.node.commonTrackers, ...servers, ...trackers])];
  }

  /** Adds trackers and announces to them. */
  addTrackers(more: TrackerAddresses): void {
    const { trackers, servers, leftOutTrackers } = this.#addresses;
    this.#addresses = {
      trackers: [...new Set([...trackers, ...more.trackers])],
      servers: [...new Set([...servers, ...more.servers])],
      leftOutTrackers: [...new Set([...leftOutTrackers, ...more.leftOutTrackers])],
    };
    this.announce();
  }

  /**
   * The torrent turned out to be members-only. It leaves the trackers that are not its own, and the peers that it met
   * through others. Its offers are closed, because others may hold them.
   */
  handlePrivate(): void {
    this.host.log("share-members-only", {});
    const { trackers, servers } = this.#addresses;
    for (const url of [...this.#torrent.node.commonTrackers, ...servers])
      if (!trackers.includes(url)) this.#torrent.tracker(url).remove(this);
    const isOwn = (introducer: string) => trackers.includes(introducer);
    this.introductions.dropOffers();
    this.introductions.dropMetThrough(isOwn);
    for (const peer of [...this.#torrent.peers.values()])
      if (!isOwn(peer.introducer)) this.#torrent.links.close(peer, "members-only");
  }

  /** Whether the torrent takes part in its swarm. */
  get online(): boolean {
    return this.#online;
  }

  goOnline(): void {
    this.#online = true;
    this.#redials.reset();
    this.announce();
  }

  /** Announces `stopped`, and closes offers and connections being made. */
  goOffline(): void {
    this.#online = false;
    for (const url of this.#used) this.#torrent.tracker(url).remove(this);
    this.introductions.stop();
  }

  /** Announces every name that is known by now. */
  announce(): void {
    if (!this.#online) return;
    for (const url of this.#used) {
      for (const name of this.#torrent.metadata.names()) {
        this.#torrent.tracker(url).add(bytesToBinaryString(name), this);
      }
    }
  }

  /** A connection being made has failed. `met`: it was one with a known peer, and no offer. */
  handleNotOpened(link: LinkId, reason: LinkEnd, met: boolean): void {
    this.introductions.handleClosed(link);
    this.connectFailures.handleNotOpened(reason, met);
    // The peer may be reached the next time. The next regular announce may be minutes away.
    if (met && reason !== "no-room" && this.wantsLinks(Infinity)) this.#redial();
  }

  /** A link has ended. Other peers may be there to take its place. */
  handleLinkLost(peer: Peer, reason: LinkEnd): void {
    const now = this.host.now();
    this.#uploadedBefore += peer.served.up.total;
    this.connectFailures.handleEnded(reason, now);
    this.paths.delete(peer.link);
    if (peer.isReady && now - peer.openedAt >= LINK_LASTED) this.#redials.reset();
    if (this.#online) this.#redial();
  }

  #redial(): void {
    const at = this.#redials.plan();
    for (const url of this.#used) this.#torrent.tracker(url).redial(this, at);
  }

  /** The torrent lacks something again, and wants more peers than a seed. */
  handleNeedsPeers(): void {
    this.#redials.reset();
    if (this.#online) this.#redial();
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
    return this.#used.map((url) => this.#torrent.tracker(url).snapshot(this, now));
  }

  // --- signals between the ends of a connection ---

  /** The page has a signal for a connection's other end. */
  handleSignal(link: LinkId, signal: string): void {
    const path = this.paths.of(link);
    path?.introducer.sendSignal({ ...path, signal });
  }

  /** An introducer brings a signal from a connection's other end. */
  handleRemoteSignal(
    introducer: Introducer,
    remote: { peerId: BinaryString; offerId: BinaryString; signal: string },
  ): void {
    const link = this.paths.linkOf(introducer, remote);
    if (link !== null) this.host.deliverSignal(link, remote.signal);
  }

  // --- facts that trackers are told ---

  get uploaded(): number {
    let bytes = this.#uploadedBefore;
    for (const peer of this.#torrent.peers.values()) bytes += peer.served.up.total;
    return bytes;
  }

  get downloaded(): number {
    return this.#torrent.downloaded;
  }

  /** Bytes of the whole torrent that are not stored; 1 while its size is unknown. */
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

  // --- requests of introductions, passed on ---

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

  accepts(introducer: Introducer): boolean {
    return !this.#torrent.metadata.isPrivate || this.trackers.includes(introducer.id);
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
}

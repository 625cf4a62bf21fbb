/**
 * A torrent holds its metadata, the wishes of the person, and the parts that do the work. Each part has its rules in
 * its own file, and sees the torrent through a small interface of its own. When something in one part concerns
 * others, the part calls a method here, and the method tells the others. Example: the verifier has stored a piece and
 * calls `handlePieceStored`. That counts the bytes, tells peers `have`, and saves the record if the piece was the
 * last one.
 *
 * Inputs come from the engine (engine.ts). The torrent hands each of them to a part, and `finish` ends the input.
 */

import type { ConnectionKind } from "../connection-table.ts";
import type { HashExchange } from "../content/hash-exchange.ts";
import type { TrackerClient } from "../discovery/tracker-client.ts";
import { bytesToBinaryString } from "../discovery/tracker-messages.ts";
import { type ErrorCode, ShoalError } from "../errors.ts";
import type { HashKind, Host, PieceFailure, TorrentId, TorrentRecord } from "../host.ts";
import type { TakeDigest, TakePiece } from "../host-requests.ts";
import type { LinkEnd, LinkId, LinkInfo } from "../link.ts";
import { encodeChoke, encodeUnchoke } from "../wire/encode.ts";
import type { BlockRange } from "../wire/message.ts";
import { Announcing, type TrackerAddresses } from "./announcing.ts";
import { Blame } from "./download/blame.ts";
import { Downloads } from "./download/downloads.ts";
import { Verifier } from "./download/verifier.ts";
import { endInput } from "./end-input.ts";
import { RateLimit, type RateLimits } from "./flow/rate-limit.ts";
import type { UnstoredBudget } from "./flow/unstored-budget.ts";
import type { Uplink } from "./flow/uplink.ts";
import { HashServer } from "./hashes/hash-server.ts";
import { LayerRequests } from "./hashes/layer-requests.ts";
import { PartExchange } from "./hashes/part-exchange.ts";
import { Lanes } from "./lanes/lanes.ts";
import { handleUnreadable } from "./lost-pieces.ts";
import type { NodeContext } from "./node-context.ts";
import { aboutSubject, metadataSubject } from "./part-subjects.ts";
import { PeerProtocol } from "./peer-protocol.ts";
import type { ComparisonPolicy } from "./peers/comparison-policy.ts";
import type { ConnectionHolder, Newcomer } from "./peers/connection-budget.ts";
import { Links } from "./peers/links.ts";
import type { Peer } from "./peers/peer.ts";
import { tellHave } from "./peers/tell-have.ts";
import type { PartialPiece } from "./pieces/partial-piece.ts";
import type { PieceCache } from "./pieces/piece-cache.ts";
import { PieceReader } from "./pieces/piece-reader.ts";
import type { Pieces } from "./pieces/pieces.ts";
import { TorrentAbout } from "./torrent-about.ts";
import { TorrentMetadata } from "./torrent-metadata.ts";
import { takeRecord } from "./torrent-record.ts";
import { Choker } from "./upload/choker.ts";
import { SuperSeeding } from "./upload/super-seeding.ts";
import { Uploads } from "./upload/uploads.ts";

export class Torrent implements ConnectionHolder {
  readonly id: TorrentId;
  readonly node: NodeContext;
  readonly host: Host;
  readonly cache: PieceCache;
  readonly budget: UnstoredBudget;
  readonly limits: RateLimits;
  readonly nodeLimits: RateLimits;
  readonly uplink: Uplink<Peer>;
  readonly policy: ComparisonPolicy;
  readonly peerId: Uint8Array;
  readonly version: string;
  readonly ownId: string;
  readonly links: Links;
  readonly lanes: Lanes;
  readonly announcing: Announcing;
  readonly reader: PieceReader;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly choker: Choker;
  readonly blame: Blame;
  readonly metadataExchange: PartExchange;
  readonly aboutExchange: PartExchange;
  readonly layerRequests: LayerRequests;
  readonly hashServer: HashServer;
  readonly superSeeding: SuperSeeding;
  readonly protocol: PeerProtocol;
  readonly verifier: Verifier;

  readonly metadata: TorrentMetadata;
  nameHint: string | null;
  title: string | null;
  readonly about: TorrentAbout;
  readonly addedAt: number;
  /** The person asked for the content, or shares it. A pause does not change that. */
  active: boolean;
  /** The person pressed Pause. */
  paused: boolean;
  error: { code: ErrorCode; detail: string } | null;
  /** Bytes verified and stored in this run. */
  downloaded: number;

  /** Throws ShoalError when the record's info dictionary is damaged. */
  constructor(node: NodeContext, record: TorrentRecord, have: "all" | "none" | Uint8Array) {
    this.id = record.id;
    this.node = node;
    this.host = node.host;
    this.cache = node.cache;
    this.budget = node.budget;
    this.nodeLimits = node.limits;
    this.uplink = node.uplink;
    this.policy = node.policy;
    this.peerId = node.peerId;
    this.version = node.version;
    const now = node.host.now();
    this.limits = { up: new RateLimit(now, node.limits.up), down: new RateLimit(now, node.limits.down) };
    this.ownId = bytesToBinaryString(node.peerId);
    this.metadata = new TorrentMetadata(record, have, () => node.host.random());
    this.nameHint = record.nameHint;
    this.title = record.title;
    this.about = new TorrentAbout(this, record);
    this.addedAt = record.addedAt;
    this.active = record.active;
    this.paused = record.paused;
    this.error = null;
    this.downloaded = 0;
    this.links = new Links(this);
    this.lanes = new Lanes(this);
    this.announcing = new Announcing(this, record);
    this.reader = new PieceReader(this);
    this.downloads = new Downloads(this);
    this.uploads = new Uploads(this);
    this.choker = new Choker(this);
    this.blame = new Blame(this);
    this.metadataExchange = new PartExchange(this, metadataSubject(this));
    this.aboutExchange = new PartExchange(this, aboutSubject(this));
    this.layerRequests = new LayerRequests(this);
    this.hashServer = new HashServer(this);
    this.superSeeding = new SuperSeeding(this);
    this.verifier = new Verifier(this);
    this.protocol = new PeerProtocol(this);
    this.layerRequests.begin();
  }

  get pieces(): Pieces | null {
    return this.metadata.pieces;
  }

  get hashExchange(): HashExchange | null {
    return this.metadata.hashExchange;
  }

  get peers(): ReadonlyMap<LinkId, Peer> {
    return this.links.peers;
  }

  // --- requests and events of the parts ---

  get isFetching(): boolean {
    return this.announcing.online && this.active && this.error === null;
  }

  get isSeeding(): boolean {
    return this.pieces?.isSatisfied ?? false;
  }

  /** Whether it has no connection: neither a link nor one being made, nor an offer. */
  get isQuiet(): boolean {
    return this.peers.size === 0 && this.announcing.introductions.size === 0;
  }

  get pieceLength(): number {
    return this.pieces?.info.pieceLength ?? 0;
  }

  newLink(kind: ConnectionKind): LinkId {
    return this.node.connections.add(this, kind);
  }

  handleMet(link: LinkId): void {
    this.node.connections.setKind(link, "dial");
  }

  handleLinkGone(link: LinkId): void {
    this.node.connections.delete(link);
  }

  tracker(url: string): TrackerClient {
    return this.node.tracker(url);
  }

  makeRoom(newcomer: Newcomer, links: number): boolean {
    return this.node.connectionBudget.makeRoom(this, newcomer, links, this.host.now());
  }

  hasRoomForLane(): boolean {
    return this.node.connectionBudget.hasRoomForLane();
  }

  handleTouched(): void {
    this.node.touched.add(this);
  }

  handleSuspected(peer: Peer): void {
    this.downloads.handleSuspected(peer);
  }

  readPiece(piece: number, take: TakePiece): void {
    this.node.requests.read(this.id, piece, take);
  }

  hash(piece: number, kind: HashKind, data: Uint8Array, padding: number, take: TakeDigest): void {
    this.node.requests.hash({ torrent: this.id, piece }, { kind, data, padding }, take);
  }

  handlePeerGone(peer: Peer, reason: LinkEnd): void {
    this.lanes.handlePeerGone(peer);
    this.uplink.handleGone(peer);
    this.downloads.release(peer);
    this.pieces?.removePeer(peer);
    this.metadataExchange.handlePeerGone(peer.link);
    this.aboutExchange.handlePeerGone(peer.link);
    this.layerRequests.handlePeerGone(peer.link);
    this.superSeeding.handlePeerGone(peer);
    this.announcing.handleLinkLost(peer, reason);
  }

  ban(peer: Peer, reason: LinkEnd): void {
    this.links.ban(peer.link, reason);
  }

  banForBadBytes(link: LinkId): void {
    this.pieces?.discardFrom(link);
    this.downloads.handleFreed();
    this.links.ban(link, "bad-piece");
  }

  verify(partial: PartialPiece): void {
    this.verifier.verify(partial);
  }

  handleFreed(): void {
    this.downloads.handleFreed();
  }

  /** A block was handed to a link. */
  handleSent(peer: Peer, { piece, begin, length }: BlockRange): void {
    if (this.superSeeding.isIdle) return;
    if (begin + length >= this.pieces!.map.dataLength(piece)) this.superSeeding.handleSent(peer, piece);
  }

  /** A peer said that it has got a piece. */
  handleHave(peer: Peer, piece: number): void {
    this.pieces!.handleHave(peer, piece);
    if (!this.superSeeding.isIdle) this.superSeeding.handleHave(peer, piece);
  }

  choke(peer: Peer): void {
    peer.send(encodeChoke());
    this.uploads.handleChoked(peer);
    this.superSeeding.handleCannotAsk(peer);
  }

  unchoke(peer: Peer): void {
    peer.send(encodeUnchoke());
    this.superSeeding.handleUnchoked(peer);
  }

  // --- requests of the connection budget ---

  isHungry(): boolean {
    return this.pieces === null || (this.isFetching && !this.isSeeding);
  }

  laneCount(): number {
    return this.lanes.count;
  }

  closeUseless(now: number): boolean {
    return this.links.closeUseless(now);
  }

  leastMoving(now: number): { readonly rate: number; close(): void } | null {
    return this.links.leastMoving(now);
  }

  dropOldestOffer(): boolean {
    return this.announcing.introductions.dropOldestOffer();
  }

  giveUpNewestLane(): boolean {
    return this.lanes.giveUpNewest();
  }

  // --- identity and content ---

  /**
   * Takes an info dictionary. False when its hash is wrong. One that is malformed, although its hash is right, stops
   * the torrent with an error. `own`: the torrent's addresses if it is members-only.
   */
  acceptInfo(bytes: Uint8Array, own: TrackerAddresses = this.announcing): boolean {
    try {
      if (!this.metadata.accept(bytes)) return false;
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error;
      this.fail(error.code, error.detail);
      return true;
    }
    if (this.metadata.isPrivate) this.announcing.handlePrivate(own);
    this.layerRequests.begin();
    this.protocol.handlePiecesKnown();
    this.announcing.announce();
    this.node.handleInfoKnown(this.id);
    this.save();
    return true;
  }

  /** Takes an about. False when the link commits to another. */
  acceptAbout(bytes: Uint8Array): boolean {
    if (!this.about.accept(bytes)) return false;
    this.protocol.handleAboutKnown();
    this.save();
    return true;
  }

  /** Takes what another link or record of the torrent tells of its about. */
  addAbout(record: TorrentRecord): void {
    const { bytes, hash } = this.about;
    this.about.add(record);
    // Peers were asked for the former one, and did right to send it.
    if (this.about.hash !== hash) this.aboutExchange.handleReplaced();
    if (this.about.bytes !== bytes) this.protocol.handleAboutKnown();
  }

  /** Gives the torrent another about (TorrentAbout.replace). */
  replaceAbout(bytes: Uint8Array | null): void {
    this.about.replace(bytes);
    this.aboutExchange.handleReplaced();
    this.protocol.handleAboutKnown();
    this.save();
  }

  save(): void {
    this.host.saveRecord(takeRecord(this));
  }

  // --- commands ---

  /** Joins the swarm or leaves it. */
  setOnline(online: boolean): void {
    if (this.announcing.online === online) return;
    if (online) {
      this.announcing.goOnline();
      return;
    }
    this.announcing.goOffline();
    this.links.closeAll("not-needed");
    this.pieces?.abandonPartials();
  }

  select(wanted: ArrayLike<boolean | number>): void {
    if (this.pieces === null || wanted.length !== this.pieces.info.files.length) return;
    this.pieces.select(Uint8Array.from(wanted, Number), this.peers.values());
    this.downloads.handleFreed();
    this.save();
  }

  /** Stops with an error and leaves the swarm. */
  fail(code: ErrorCode, detail: string): void {
    this.host.log("share-stopped", { error: code });
    this.error = { code, detail };
    this.setOnline(false);
  }

  /**
   * The disk takes no more. Requests stop, and stored pieces are still served. Without any stored piece the torrent
   * leaves the swarm.
   */
  handleDiskFailed({ code, detail }: PieceFailure): void {
    if (this.error !== null) return;
    if (this.pieces!.have.count === 0) {
      this.fail(code, detail);
      return;
    }
    this.host.log("share-stopped", { error: code });
    this.error = { code, detail };
    this.downloads.stop();
    this.pieces!.abandonPartials();
    this.downloads.handleFreed();
  }

  // --- inputs ---

  handleLinkOpened(link: LinkId, info: LinkInfo): void {
    const dial = this.announcing.introductions.takeOpened(link);
    if (dial === null) {
      // No dial has this number: an offer that nobody answered cannot open, and a connection opens once.
      this.handleLinkGone(link);
      this.host.closeLink(link, "not-needed");
      return;
    }
    this.node.connections.setKind(link, "link");
    this.announcing.connectFailures.handleOpened();
    this.protocol.handleOpened(this.links.open(dial, info));
  }

  handleBytes(link: LinkId, bytes: Uint8Array): void {
    const peer = this.links.find(link);
    if (peer !== undefined) this.protocol.handleBytes(peer, bytes);
  }

  handleStored(piece: number, failure: PieceFailure | null): void {
    this.verifier.handleStored(piece, failure);
  }

  handlePieceStored(piece: number): void {
    this.downloaded += this.pieces!.map.dataLength(piece);
    tellHave(this.peers.values(), piece, this.host);
    // The record then holds the Merkle layers that were learned from the pieces.
    if (this.isSeeding) this.save();
  }

  now(): number {
    return this.host.now();
  }

  /** A piece cannot be read, or its bytes are wrong (lost-pieces.ts). */
  handleUnreadable(piece: number, failure: PieceFailure): void {
    handleUnreadable(this, piece, failure);
  }

  handleReadableAgain(piece: number): void {
    tellHave(this.peers.values(), piece, this.host);
  }

  handleLayers(complete: boolean): void {
    if (this.pieces!.info.pieceHashes === null) {
      this.pieces!.reopen();
      this.pieces!.recount(this.peers.values());
      this.downloads.handleFreed();
    }
    if (complete) this.save();
  }

  handleTick(now: number): void {
    for (const peer of this.peers.values()) peer.flush();
    this.announcing.introductions.handleTick(now);
    this.links.handleTick(now);
    for (const peer of this.peers.values()) this.protocol.handleTick(peer, now);
    this.downloads.handleTick(now);
    this.lanes.handleTick(now);
    this.reader.handleTick(now);
    this.uploads.handleTick();
    this.choker.handleTick(now);
    this.superSeeding.handleTick(now);
    this.metadataExchange.handleTick(now);
    this.aboutExchange.handleTick(now);
    this.layerRequests.handleTick(now);
    this.blame.handleTick(now);
  }

  /** Ends an input that touched the torrent (`handleTouched`). */
  finish(): void {
    endInput(this);
  }

  /** The torrent is removed: it leaves the swarm, and no answers of the host come any more. */
  stop(): void {
    this.setOnline(false);
    this.verifier.stop();
    this.node.requests.forget(this.id);
  }
}

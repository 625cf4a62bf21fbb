/**
 * One torrent: what is known of it, what the person wants of it, and the parts that do the work. This class holds
 * them together and says what follows from what; each part's own rules are in its own file.
 */
import type { HashExchange } from "../content/hash-exchange.ts";
import type { PieceLayers } from "../content/torrent-info.ts";
import type { Dial } from "../discovery/introductions.ts";
import { bytesToBinaryString } from "../discovery/tracker-messages.ts";
import { type ErrorCode, ShoalError } from "../errors.ts";
import type {
  HashKind,
  Host,
  LinkEnd,
  LinkId,
  LinkInfo,
  PieceFailure,
  TorrentId,
  TorrentRecord,
} from "../host.ts";
import { encodeChoke, encodeUnchoke } from "../wire/encode.ts";
import type { BlockRange } from "../wire/message.ts";
import { Blame } from "./blame.ts";
import { Choker } from "./choker.ts";
import { Description } from "./description.ts";
import { Downloads } from "./downloads.ts";
import { endInput } from "./end-input.ts";
import { FirstCopy } from "./first-copy.ts";
import { tellHave } from "./haves.ts";
import { Lanes } from "./lanes.ts";
import { LayerExchange } from "./layer-exchange.ts";
import { Links } from "./links.ts";
import { MetadataExchange } from "./metadata-exchange.ts";
import type { NodeContext } from "./node-context.ts";
import type { PartialPiece } from "./partial-piece.ts";
import type { Peer } from "./peer.ts";
import { PeerProtocol } from "./peer-protocol.ts";
import type { PieceCache } from "./piece-cache.ts";
import type { Pieces } from "./pieces.ts";
import { Presence } from "./presence.ts";
import { RateLimit, type RateLimits } from "./rate-limit.ts";
import { takeRecord } from "./torrent-record.ts";
import type { UnstoredBudget } from "./unstored-budget.ts";
import { Uploads } from "./uploads.ts";
import { Verifier } from "./verifier.ts";

export class Torrent {
  readonly id: TorrentId;
  readonly node: NodeContext;
  readonly host: Host;
  readonly cache: PieceCache;
  readonly budget: UnstoredBudget;
  readonly limits: RateLimits;
  readonly ownId: string;
  readonly links: Links;
  readonly lanes: Lanes;
  readonly presence: Presence;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly choker: Choker;
  readonly blame: Blame;
  readonly metadata: MetadataExchange;
  readonly layers: LayerExchange;
  readonly firstCopy: FirstCopy;
  readonly protocol: PeerProtocol;
  readonly #verifier: Verifier;

  readonly description: Description;
  readonly nameHint: string | null;
  readonly addedAt: number;
  /** The person asked for the content (or shares it) and has not paused. */
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
    const now = node.host.now();
    this.limits = { up: new RateLimit(now, node.limits.up), down: new RateLimit(now, node.limits.down) };
    this.ownId = bytesToBinaryString(node.peerId);
    this.description = new Description(record, have, () => node.host.random());
    this.nameHint = record.nameHint;
    this.addedAt = record.addedAt;
    this.active = record.active;
    this.paused = record.paused;
    this.error = null;
    this.downloaded = 0;
    this.links = new Links(this);
    this.lanes = new Lanes(this);
    this.presence = new Presence(this, record.trackers);
    this.downloads = new Downloads(this);
    this.uploads = new Uploads(this);
    this.choker = new Choker(this);
    this.blame = new Blame(this);
    this.metadata = new MetadataExchange(this);
    this.layers = new LayerExchange(this);
    this.firstCopy = new FirstCopy(this);
    this.#verifier = new Verifier(this);
    this.protocol = new PeerProtocol(this);
    this.layers.begin();
  }

  get pieces(): Pieces | null {
    return this.description.pieces;
  }

  get hashExchange(): HashExchange | null {
    return this.description.hashExchange;
  }

  get infoBytes(): Uint8Array | null {
    return this.description.bytes;
  }

  get peers(): ReadonlyMap<LinkId, Peer> {
    return this.links.peers;
  }

  // --- what the parts ask of their torrent ---

  get isFetching(): boolean {
    return this.presence.online && this.active && this.error === null;
  }

  get isSeeding(): boolean {
    return this.pieces?.isSatisfied ?? false;
  }

  get pieceLength(): number {
    return this.pieces?.info.pieceLength ?? 0;
  }

  newLink(): LinkId {
    return this.node.connections.add(this);
  }

  handlePeerGone(peer: Peer, reason: LinkEnd): void {
    this.lanes.handlePeerGone(peer);
    this.node.uplink.handleGone(peer);
    this.downloads.release(peer);
    this.pieces?.removePeer(peer);
    this.metadata.handlePeerGone(peer.link);
    this.layers.handlePeerGone(peer.link);
    this.firstCopy.handlePeerGone(peer);
    this.presence.handleLinkLost(peer, reason);
  }

  drop(peer: Peer, reason: LinkEnd): void {
    this.links.ban(peer.link, reason);
  }

  ban(link: LinkId): void {
    this.pieces?.discardFrom(link);
    this.downloads.handleFreed();
    this.links.ban(link, "bad-piece");
  }

  verify(partial: PartialPiece): void {
    this.#verifier.verify(partial);
  }

  handleFreed(): void {
    this.downloads.handleFreed();
  }

  /** A block was handed to a link. */
  handleSent(peer: Peer, { piece, begin, length }: BlockRange): void {
    if (this.firstCopy.isIdle) return;
    if (begin + length >= this.pieces!.map.dataLength(piece)) this.firstCopy.handleSent(peer, piece);
  }

  /** A peer told that it got a piece. */
  handleHave(peer: Peer, piece: number): void {
    this.pieces!.handleHave(peer, piece);
    if (!this.firstCopy.isIdle) this.firstCopy.handleHave(peer, piece);
  }

  choke(peer: Peer): void {
    peer.send(encodeChoke());
    this.uploads.handleChoked(peer);
    this.firstCopy.handleCannotAsk(peer);
  }

  unchoke(peer: Peer): void {
    peer.send(encodeUnchoke());
    this.firstCopy.handleUnchoked(peer);
  }

  // --- identity and content ---

  /** Takes the info dictionary that a peer sent, if it is the right one. */
  acceptInfo(bytes: Uint8Array): boolean {
    try {
      if (!this.description.accept(bytes)) return false;
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error;
      this.fail(error.code, error.detail);
      return true;
    }
    this.layers.begin();
    this.protocol.handlePiecesKnown();
    this.presence.announce();
    this.save();
    return true;
  }

  save(): void {
    this.host.saveRecord(takeRecord(this));
  }

  // --- commands ---

  /** Takes part in the swarm, or leaves it. */
  setOnline(online: boolean): void {
    if (this.presence.online === online) return;
    if (online) {
      this.presence.goOnline();
      return;
    }
    this.presence.goOffline();
    this.links.closeAll("not-needed");
    this.pieces?.abandonPartials();
  }

  select(wanted: readonly boolean[]): void {
    if (this.pieces === null || wanted.length !== this.pieces.info.files.length) return;
    this.pieces.select(Uint8Array.from(wanted, Number), this.peers.values());
    this.downloads.handleFreed();
    this.save();
  }

  /** Everything is here: the person dropped the very files. */
  becomeSeed(layers: PieceLayers | null, info: Uint8Array): void {
    if (this.pieces === null) this.acceptInfo(info);
    const { pieces } = this;
    if (pieces === null) return;
    for (const [file, layer] of (layers ?? []).entries())
      if (layer !== null) pieces.hashes.acceptLayer(file, layer);
    const fresh = [];
    for (let piece = 0; piece < pieces.info.pieceCount; piece++)
      if (!pieces.have.has(piece)) fresh.push(piece);
    pieces.handleComplete(this.peers.values());
    for (const piece of fresh) tellHave(this.peers.values(), piece, this.host);
    this.error = null;
    this.save();
  }

  /** Stops with an error; what is stored stays. */
  fail(code: ErrorCode, detail: string): void {
    this.host.log("error", "engine", code, { detail, torrent: this.id });
    this.error = { code, detail };
    this.setOnline(false);
  }

  // --- inputs ---

  handleLinkOpened(dial: Dial, info: LinkInfo): void {
    this.presence.reach.handleOpened();
    this.protocol.handleOpened(this.links.open(dial, info));
  }

  handleBytes(link: LinkId, bytes: Uint8Array): void {
    const peer = this.links.find(link);
    if (peer !== undefined) this.protocol.handleBytes(peer, bytes);
    else this.lanes.handleBytes(link, bytes);
  }

  handleHashed(piece: number, kind: HashKind, digest: Uint8Array): void {
    if (this.#verifier.awaits(piece)) this.#verifier.handleHashed(piece, kind, digest);
    else if (kind === "leaves") this.layers.handleLeaves(piece, digest);
  }

  handleStored(piece: number, failure: PieceFailure | null): void {
    this.#verifier.handleStored(piece, failure);
  }

  handleRead(piece: number, data: Uint8Array | null, failure: PieceFailure | null): void {
    const isCut = data !== null && data.length !== this.pieces?.map.dataLength(piece);
    const whole = isCut ? null : data;
    this.layers.handleRead(piece, whole);
    const cut = { code: "storage/failed", detail: `piece ${piece} is cut short` } as const;
    this.uploads.handleRead(piece, whole, isCut ? cut : failure);
  }

  handlePieceStored(piece: number): void {
    this.downloaded += this.pieces!.map.dataLength(piece);
    tellHave(this.peers.values(), piece, this.host);
    // With what the content taught of its layers.
    if (this.isSeeding) this.save();
  }

  /** What was stored cannot be read: its files are no longer had, nor promised, nor fetched back. The rest stays. */
  handleUnreadable(piece: number, failure: PieceFailure): void {
    const { pieces } = this;
    if (pieces === null) return;
    this.cache.forget(this.id);
    this.host.log("error", "storage", failure.code, { detail: failure.detail, torrent: this.id });
    this.error = failure;
    const lost = pieces.loseFilesOf(piece, this.peers.values());
    for (const peer of this.peers.values()) if (peer.isReady) this.protocol.tellLost(peer, lost);
    if (pieces.have.count === 0) this.setOnline(false);
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
    this.presence.introductions.handleTick(now);
    this.links.handleTick(now);
    for (const peer of this.peers.values()) this.protocol.handleTick(peer, now);
    this.downloads.handleTick(now);
    this.lanes.handleTick(now);
    this.uploads.handleTick();
    this.choker.handleTick(now);
    this.firstCopy.handleTick(now);
    this.metadata.handleTick(now);
    this.layers.handleTick(now);
    this.blame.handleTick(now);
  }

  /** To be called when an input has been handled. */
  finish(): void {
    endInput(this);
  }

  /** Nothing is heard of the torrent any more. */
  stop(): void {
    this.setOnline(false);
    this.#verifier.stop();
  }
}

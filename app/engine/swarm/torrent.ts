/**
 * One torrent: what is known of it, what the person wants of it, and the parts that do the work. This class holds
 * them together and says what follows from what; each part's own rules are in its own file.
 */
import { sha1 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { LINKS_WANTED } from "../constants.ts";
import { HashExchange } from "../content/hash-exchange.ts";
import { equalBytes, truncatedV2 } from "../content/info-hash.ts";
import { parseInfo } from "../content/parse-info.ts";
import { PieceHashes } from "../content/piece-hashes.ts";
import { PieceMap } from "../content/piece-map.ts";
import type { PieceLayers } from "../content/torrent-info.ts";
import { type Dial, Introductions } from "../discovery/introductions.ts";
import { bytesToBinaryString } from "../discovery/tracker-messages.ts";
import { type ErrorCode, ShoalError } from "../errors.ts";
import type {
  HashKind,
  Host,
  LinkEnd,
  LinkId,
  LinkInfo,
  StorageFailure,
  TorrentId,
  TorrentRecord,
} from "../host.ts";
import {
  encodeChoke,
  encodeExtended,
  encodeHave,
  encodeInterested,
  encodeNotInterested,
  encodeUnchoke,
} from "../wire/encode.ts";
import { encodeDontHave } from "../wire/lt-donthave.ts";
import { Bitfield } from "./bitfield.ts";
import { Blame } from "./blame.ts";
import { Choker } from "./choker.ts";
import { Downloads } from "./downloads.ts";
import { LayerExchange } from "./layer-exchange.ts";
import { Links } from "./links.ts";
import { MetadataExchange } from "./metadata-exchange.ts";
import type { NodeContext } from "./node-context.ts";
import type { PartialPiece } from "./partial-piece.ts";
import type { Peer } from "./peer.ts";
import { PeerProtocol } from "./peer-protocol.ts";
import type { PieceCache } from "./piece-cache.ts";
import { Pieces } from "./pieces.ts";
import type { UnstoredBudget } from "./unstored-budget.ts";
import { Uploads } from "./uploads.ts";
import { Verifier } from "./verifier.ts";

export class Torrent {
  readonly id: TorrentId;
  readonly node: NodeContext;
  readonly host: Host;
  readonly cache: PieceCache;
  readonly budget: UnstoredBudget;
  readonly ownId: string;
  readonly links: Links;
  readonly introductions: Introductions;
  readonly downloads: Downloads;
  readonly uploads: Uploads;
  readonly choker: Choker;
  readonly blame: Blame;
  readonly metadata: MetadataExchange;
  readonly layers: LayerExchange;
  readonly #verifier: Verifier;
  readonly #protocol: PeerProtocol;

  infoHashV1: Uint8Array | null;
  infoHashV2: Uint8Array | null;
  nameHint: string | null;
  trackers: readonly string[];
  readonly addedAt: number;
  infoBytes: Uint8Array | null;
  pieces: Pieces | null;
  hashExchange: HashExchange | null;
  /** The person asked for the content (or shares it) and has not paused. */
  active: boolean;
  /** The person pressed Pause. */
  paused: boolean;
  /** The torrent takes part in its swarm: announced, linked. Only a paused or failed one does not. */
  online: boolean;
  error: { code: ErrorCode; detail: string } | null;
  /** Bytes verified and stored in this run; bytes sent to peers that have gone. */
  downloaded: number;
  #uploadedBefore: number;

  /** Throws ShoalError when the record's info dictionary is damaged. */
  constructor(node: NodeContext, record: TorrentRecord, have: "all" | "none" | Uint8Array) {
    this.id = record.id;
    this.node = node;
    this.host = node.host;
    this.cache = node.cache;
    this.budget = node.budget;
    this.ownId = bytesToBinaryString(node.peerId);
    this.infoHashV1 = record.infoHashV1;
    this.infoHashV2 = record.infoHashV2;
    this.nameHint = record.nameHint;
    this.trackers = record.trackers;
    this.addedAt = record.addedAt;
    this.infoBytes = null;
    this.pieces = null;
    this.hashExchange = null;
    this.active = record.active;
    this.paused = record.paused;
    this.online = false;
    this.error = null;
    this.downloaded = 0;
    this.#uploadedBefore = 0;
    this.links = new Links(this);
    this.introductions = new Introductions(this);
    this.downloads = new Downloads(this);
    this.uploads = new Uploads(this);
    this.choker = new Choker(this);
    this.blame = new Blame(this);
    this.metadata = new MetadataExchange(this);
    this.layers = new LayerExchange(this);
    this.#verifier = new Verifier(this);
    this.#protocol = new PeerProtocol(this);
    if (record.info !== null) this.#setInfo(record.info, record.pieceLayers, record.wanted, have);
  }

  get peers(): ReadonlyMap<LinkId, Peer> {
    return this.links.peers;
  }

  // --- what the parts ask of their torrent ---

  get isFetching(): boolean {
    return this.online && this.active && this.error === null;
  }

  get isSeeding(): boolean {
    return this.pieces?.isSatisfied ?? false;
  }

  get pieceLength(): number {
    return this.pieces?.info.pieceLength ?? 0;
  }

  get linkCount(): number {
    return this.peers.size;
  }

  get uploaded(): number {
    let bytes = this.#uploadedBefore;
    for (const peer of this.peers.values()) bytes += peer.up.total;
    return bytes;
  }

  /** Bytes of the whole torrent that are missing, for trackers: a positive number while that is unknown. */
  get left(): number {
    if (this.pieces === null) return 1;
    return this.pieces.info.size - this.pieces.storedBytes;
  }

  wantsLinks(others: number): boolean {
    const links = this.peers.size + this.introductions.dialing.length;
    const enough = this.isSeeding ? 1 : LINKS_WANTED;
    return this.online && links < Math.min(others, enough);
  }

  newLink(): LinkId {
    return this.node.newLink(this);
  }

  isLinked(peerId: string): boolean {
    return this.links.isLinked(peerId);
  }

  isBanned(peerId: string): boolean {
    return this.links.isBanned(peerId);
  }

  sendAnswer(
    tracker: string,
    answer: { infoHash: string; peerId: string; offerId: string; sdp: string },
  ): void {
    this.node.tracker(tracker).sendAnswer(answer);
  }

  handleLinkGone(link: LinkId): void {
    this.node.handleLinkGone(link);
  }

  handlePeerGone(peer: Peer): void {
    this.#uploadedBefore += peer.up.total;
    this.downloads.release(peer);
    this.pieces?.removePeer(peer);
    this.metadata.handlePeerGone(peer.link);
    this.layers.handlePeerGone(peer.link);
    if (this.online) for (const url of this.trackers) this.node.tracker(url).hurry(this);
  }

  drop(peer: Peer, reason: LinkEnd): void {
    this.links.ban(peer.link, reason);
  }

  ban(link: LinkId): void {
    this.links.ban(link, "bad-piece");
  }

  verify(partial: PartialPiece): void {
    this.#verifier.verify(partial);
  }

  handleFreed(): void {
    this.downloads.handleFreed();
  }

  choke(peer: Peer): void {
    peer.send(encodeChoke());
    this.uploads.handleChoked(peer);
  }

  unchoke(peer: Peer): void {
    peer.send(encodeUnchoke());
  }

  // --- identity and content ---

  /** The info-hashes under which this torrent is announced: v1, and the v2 one cut to 20 bytes. */
  names(): Uint8Array[] {
    const names = [];
    if (this.infoHashV2 !== null) names.push(truncatedV2(this.infoHashV2));
    if (this.infoHashV1 !== null) names.push(this.infoHashV1);
    return names;
  }

  isNamed(infoHash: Uint8Array): boolean {
    return this.names().some((name) => equalBytes(name, infoHash));
  }

  /** Takes the info dictionary that a peer sent, if it is the right one. */
  acceptInfo(bytes: Uint8Array): boolean {
    const right =
      this.infoHashV2 === null
        ? equalBytes(sha1(bytes), this.infoHashV1!)
        : equalBytes(sha256(bytes), this.infoHashV2);
    if (!right) return false;
    try {
      this.#setInfo(bytes, null, null, "none");
    } catch (error) {
      if (!(error instanceof ShoalError)) throw error;
      this.fail(error.code, error.detail);
      return true;
    }
    this.#protocol.handlePiecesKnown();
    this.node.handleIdentified(this);
    this.save();
    return true;
  }

  #setInfo(
    bytes: Uint8Array,
    layers: PieceLayers | null,
    wanted: Uint8Array | null,
    have: "all" | "none" | Uint8Array,
  ): void {
    const info = parseInfo(bytes);
    const hashes = new PieceHashes(info, layers);
    const stored =
      have === "all"
        ? Bitfield.full(info.pieceCount)
        : have === "none"
          ? new Bitfield(info.pieceCount)
          : new Bitfield(info.pieceCount, have);
    this.infoBytes = bytes;
    this.infoHashV1 = info.infoHashV1;
    this.infoHashV2 = info.infoHashV2;
    this.hashExchange = new HashExchange(hashes);
    this.pieces = new Pieces({
      info,
      map: new PieceMap(info),
      hashes,
      have: stored,
      wanted: wanted?.length === info.files.length ? wanted : null,
      random: () => this.host.random(),
    });
    this.layers.begin();
  }

  record(): TorrentRecord {
    return {
      id: this.id,
      infoHashV1: this.infoHashV1,
      infoHashV2: this.infoHashV2,
      info: this.infoBytes,
      pieceLayers: this.pieces?.hashes.layers() ?? null,
      nameHint: this.nameHint,
      trackers: this.trackers,
      wanted: this.pieces?.wantedFiles ?? null,
      active: this.active,
      paused: this.paused,
      addedAt: this.addedAt,
    };
  }

  save(): void {
    this.host.saveRecord(this.record());
  }

  // --- commands ---

  /** Takes part in the swarm, or leaves it. */
  setOnline(online: boolean): void {
    if (this.online === online) return;
    this.online = online;
    if (online) {
      this.node.join(this);
      return;
    }
    this.node.leave(this);
    this.introductions.stop();
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
    for (const piece of fresh) this.#tellHave(piece);
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
    this.#protocol.handleOpened(this.links.open(dial, info));
  }

  handleBytes(peer: Peer, bytes: Uint8Array): void {
    this.#protocol.handleBytes(peer, bytes);
  }

  handleHashed(piece: number, kind: HashKind, digest: Uint8Array): void {
    if (this.pieces?.received.has(piece)) this.#verifier.handleHashed(piece, kind, digest);
    else if (kind === "leaves") this.layers.handleLeaves(piece, digest);
  }

  handleStored(piece: number, failure: { code: StorageFailure; detail: string } | null): void {
    this.#verifier.handleStored(piece, failure);
  }

  handleRead(
    piece: number,
    data: Uint8Array | null,
    failure: { code: StorageFailure; detail: string } | null,
  ): void {
    this.layers.handleRead(piece, data);
    this.uploads.handleRead(piece, data, failure);
  }

  handlePieceStored(piece: number): void {
    this.downloaded += this.pieces!.map.dataLength(piece);
    this.#tellHave(piece);
  }

  #tellHave(piece: number): void {
    for (const peer of this.peers.values()) if (peer.isReady) peer.send(encodeHave(piece));
  }

  handleStorageFailure(failure: { code: StorageFailure; detail: string }): void {
    this.fail(failure.code, failure.detail);
  }

  /** What was stored cannot be read: it is no longer had, nor promised. */
  handleUnreadable(piece: number, failure: { code: StorageFailure; detail: string }): void {
    const { pieces } = this;
    if (pieces === null) return;
    const files = new Set(pieces.map.ranges(piece).map((range) => range.file));
    const lost = [...files].flatMap((file) => {
      const { first, end } = pieces.map.piecesOf(file);
      return Array.from({ length: end - first }, (_, at) => first + at).filter((each) =>
        pieces.have.has(each),
      );
    });
    this.cache.forget(this.id);
    this.host.log("error", "storage", failure.code, { detail: failure.detail, torrent: this.id });
    // The other files go on being shared; these are neither promised nor fetched back from others.
    this.error = failure;
    pieces.handleLost(lost, this.peers.values());
    pieces.select(
      pieces.wantedFiles.map((wanted, file) => (files.has(file) ? 0 : wanted)),
      this.peers.values(),
    );
    for (const peer of this.peers.values()) {
      if (!peer.isReady || peer.extensionIds.dontHave === 0) continue;
      for (const each of lost) peer.send(encodeExtended(peer.extensionIds.dontHave, encodeDontHave(each)));
    }
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
    this.introductions.handleTick(now);
    this.links.handleTick(now);
    for (const peer of [...this.peers.values()]) this.#protocol.handleTick(peer, now);
    this.downloads.handleTick(now);
    this.choker.handleTick(now);
    this.metadata.handleTick(now);
    this.layers.handleTick(now);
    this.blame.handleTick(now);
  }

  /** Ends an input: interest is told, requests are made, and everything said leaves. */
  finish(): void {
    if (this.downloads.takeFreed()) {
      for (const peer of this.peers.values()) {
        peer.exhausted = false;
        this.links.dirty.add(peer);
      }
    }
    for (const peer of this.links.dirty) {
      if (!peer.isReady) continue;
      const interested = this.isFetching && peer.interesting > 0;
      if (interested !== peer.amInterested) {
        peer.amInterested = interested;
        peer.send(interested ? encodeInterested() : encodeNotInterested());
      }
      this.downloads.fill(peer);
      peer.flush();
    }
    this.links.dirty.clear();
  }

  /** Nothing is heard of the torrent any more. */
  stop(): void {
    this.setOnline(false);
    this.#verifier.stop();
  }
}

/**
 * All torrents of one node: the single entrance to the engine. Inputs come in through `handle…` methods and
 * commands; what follows goes out through the host. It finds the torrent that an input concerns and lets it end the
 * input; whatever a torrent does is its own business.
 */

import { ConnectionTable } from "./connection-table.ts";
import { equalBytes } from "./content/info-hash.ts";
import { TrackerClient } from "./discovery/tracker-client.ts";
import { bytesToBinaryString } from "./discovery/tracker-messages.ts";
import { ShoalError } from "./errors.ts";
import type { ConnectionLimits, Host, PieceFailure, TorrentId, TorrentRecord } from "./host.ts";
import { HostRequests } from "./host-requests.ts";
import type { LinkEnd, LinkId, LinkInfo } from "./link.ts";
import type { TorrentArrays, TorrentFileSnapshot, TorrentSnapshot, TorrentStatus } from "./snapshot.ts";
import { BaseProbes } from "./swarm/base-probes.ts";
import { RateLimit } from "./swarm/flow/rate-limit.ts";
import { UnstoredBudget } from "./swarm/flow/unstored-budget.ts";
import { Uplink } from "./swarm/flow/uplink.ts";
import { NetworkLoss } from "./swarm/network-loss.ts";
import type { NodeContext } from "./swarm/node-context.ts";
import { type ComparisonPolicy, DEFAULT_POLICY } from "./swarm/peers/comparison-policy.ts";
import { ConnectionBudget } from "./swarm/peers/connection-budget.ts";
import { PieceCache } from "./swarm/pieces/piece-cache.ts";
import { Torrent } from "./swarm/torrent.ts";
import { takeRecord } from "./swarm/torrent-record.ts";
import { takeArrays, takeFiles, takeStatus } from "./swarm/torrent-snapshot.ts";

export interface AddTorrent {
  readonly record: TorrentRecord;
  /** Which pieces are stored: all (a seed's own files), none, or a BEP 3 bitfield. */
  readonly have: "all" | "none" | Uint8Array;
}

export class Engine {
  readonly #host: Host;
  readonly #torrents: Map<TorrentId, Torrent>;
  readonly #connections: ConnectionTable<Torrent>;
  readonly #trackers: Map<string, TrackerClient>;
  readonly #baseProbes: BaseProbes;
  readonly #networkLoss: NetworkLoss;
  readonly #node: NodeContext;

  /**
   * `peerId`: 20 bytes, `secret`: 32 random bytes, both new for each run. `version`: shown to other clients.
   * `connections`: how many the host bears; it is never asked for more. `cacheBytes`: of pieces kept in memory for
   * uploads, where the default is too much. `policy`: for comparisons.
   */
  constructor(
    host: Host,
    options: {
      peerId: Uint8Array;
      secret: Uint8Array;
      version: string;
      connections: ConnectionLimits;
      cacheBytes?: number;
      policy?: ComparisonPolicy;
    },
  ) {
    this.#host = host;
    this.#torrents = new Map();
    this.#connections = new ConnectionTable();
    this.#trackers = new Map();
    this.#baseProbes = new BaseProbes();
    this.#networkLoss = new NetworkLoss();
    this.#node = {
      host,
      peerId: options.peerId,
      version: options.version,
      requests: new HostRequests(host),
      cache: new PieceCache({
        capacity: options.cacheBytes,
        isServing: (id, piece) => this.#torrents.get(id)?.uploads.isServing(piece) ?? false,
      }),
      budget: new UnstoredBudget(() => this.#handleFreed()),
      policy: options.policy ?? DEFAULT_POLICY,
      touched: new Set(),
      limits: { up: new RateLimit(host.now(), null), down: new RateLimit(host.now(), null) },
      uplink: new Uplink(host.now()),
      connections: this.#connections,
      connectionBudget: new ConnectionBudget(options.connections, this.#connections),
      tracker: (url) => {
        let tracker = this.#trackers.get(url);
        if (tracker === undefined) {
          tracker = new TrackerClient(host, url, bytesToBinaryString(options.peerId), options.secret);
          this.#trackers.set(url, tracker);
        }
        return tracker;
      },
    };
  }

  // --- commands ---

  /**
   * Adds a torrent, or finds the one that is already here: that one uses the new trackers and web seeds too, takes a
   * description that it lacks, and becomes a seed when everything is said to be had. It goes online at once. Throws
   * ShoalError when its info dictionary is damaged.
   */
  addTorrent({ record, have }: AddTorrent): TorrentId {
    const id = this.find(record);
    if (id !== null) {
      const known = this.#get(id);
      known.metadata.hints.add(record);
      known.announcing.addTrackers(record.trackers);
      if (record.info !== null && have === "all") known.becomeSeed(record.pieceLayers, record.info);
      else if (record.info !== null && known.pieces === null) known.acceptInfo(record.info);
      if (record.active && !known.active) this.setActive(id, true);
      known.save();
      this.#end();
      return id;
    }
    const torrent = new Torrent(this.#node, record, have);
    this.#torrents.set(torrent.id, torrent);
    torrent.save();
    torrent.setOnline(!torrent.paused);
    this.#end();
    return torrent.id;
  }

  /**
   * The torrent that is already here under the record's id, or under any of its info-hashes; null when there is none.
   * Only public shares are found by their hashes: a private one must not be joined with a public one of the same files.
   */
  find(record: Pick<TorrentRecord, "id" | "rendezvous" | "infoHashV1" | "infoHashV2">): TorrentId | null {
    if (this.#torrents.has(record.id)) return record.id;
    if (record.rendezvous !== null) return null;
    const { infoHashV1, infoHashV2 } = record;
    const same = (a: Uint8Array | null, b: Uint8Array | null) => a !== null && b !== null && equalBytes(a, b);
    for (const { id, metadata } of this.#torrents.values()) {
      if (metadata.rendezvous !== null) continue;
      if (same(metadata.infoHashV1, infoHashV1) || same(metadata.infoHashV2, infoHashV2)) return id;
    }
    return null;
  }

  /** The info-hashes of a share that had only a rendezvous have become known: its description can be fetched. */
  learnHashes(id: TorrentId, infoHashV1: Uint8Array | null, infoHashV2: Uint8Array | null): void {
    const torrent = this.#get(id);
    if (!torrent.metadata.learnHashes(infoHashV1, infoHashV2)) return;
    torrent.metadataExchange.advance();
    torrent.save();
    this.#end();
  }

  /** Starts or goes on (also after an error), or pauses: a paused torrent leaves its swarm. */
  setActive(id: TorrentId, active: boolean): void {
    const torrent = this.#get(id);
    torrent.active ||= active;
    torrent.paused = !active;
    if (active) torrent.error = null;
    torrent.setOnline(active);
    torrent.handleFreed();
    torrent.save();
    this.#end();
  }

  /** Which files to download, one flag a file in the torrent's order. */
  select(id: TorrentId, wanted: readonly boolean[]): void {
    const torrent = this.#get(id);
    torrent.select(wanted);
    this.#end();
  }

  /** Forgets a torrent; with `data`, what is stored of it as well. */
  removeTorrent(id: TorrentId, data: boolean): void {
    const torrent = this.#get(id);
    torrent.stop();
    this.#torrents.delete(id);
    this.#node.touched.delete(torrent);
    this.#node.cache.forget(id);
    this.#host.deleteTorrent(id, data);
    this.#end();
  }

  /**
   * Bytes `start` up to, not including, `end` of a file are needed in `milliseconds`: asked for before all else for as
   * long as the file is selected. Replaces earlier deadlines of these bytes, and of what shares a piece with them.
   * Throws RangeError where there are no such bytes, also while it is not known yet which files there are.
   */
  setDeadline(id: TorrentId, file: number, start: number, end: number, milliseconds: number): void {
    const torrent = this.#get(id);
    const { pieces } = torrent;
    if (pieces === null) throw new RangeError(`no file ${file} yet`);
    const { first, end: last } = pieces.map.fileRangeToPieces(file, start, end);
    for (let piece = first; piece < last; piece++) {
      if (pieces.isMissing(piece)) pieces.deadlines.set(piece, this.#host.now() + milliseconds);
    }
    torrent.handleFreed();
    this.#end();
  }

  /** Nobody waits for a range any more, nor for what shares a piece with it; null: for none, as after a seek. */
  dropDeadlines(id: TorrentId, range: { file: number; start: number; end: number } | null = null): void {
    const { pieces } = this.#get(id);
    if (range === null) pieces?.deadlines.clear();
    else pieces?.deadlines.dropSpan(pieces.map.fileRangeToPieces(range.file, range.start, range.end));
  }

  /** Bytes a second up and down, null for no limit: of one torrent, or of all together. */
  setLimits(limits: { up: number | null; down: number | null }, id: TorrentId | null = null): void {
    const { up, down } = id === null ? this.#node.limits : this.#get(id).limits;
    up.setRate(limits.up, this.#host.now());
    down.setRate(limits.down, this.#host.now());
  }

  /** Says goodbye to trackers and peers. */
  stop(): void {
    for (const torrent of this.#torrents.values()) torrent.setOnline(false);
    this.#end();
  }

  // --- questions ---

  torrents(): readonly TorrentId[] {
    return [...this.#torrents.keys()];
  }

  snapshot(id: TorrentId): TorrentSnapshot {
    return { ...this.status(id), ...this.arrays(id) };
  }

  status(id: TorrentId): TorrentStatus {
    return takeStatus(this.#get(id), this.#host.now());
  }

  arrays(id: TorrentId): TorrentArrays {
    return takeArrays(this.#get(id));
  }

  files(id: TorrentId): readonly TorrentFileSnapshot[] {
    return takeFiles(this.#get(id));
  }

  record(id: TorrentId): TorrentRecord {
    return takeRecord(this.#get(id));
  }

  /** The torrent itself, for tests and simulations that check its invariants; nothing else may look inside. */
  inspect(id: TorrentId): Torrent {
    return this.#get(id);
  }

  /** There is memory again for what waits for the disk, which all torrents share. */
  #handleFreed(): void {
    for (const torrent of this.#torrents.values()) torrent.handleFreed();
  }

  /**
   * What ends every input. An input names one torrent, and may touch others: torrents share connections, the uplink,
   * limits and the memory for what waits for the disk.
   */
  #end(): void {
    const { touched } = this.#node;
    for (const torrent of touched) {
      touched.delete(torrent);
      torrent.finish();
    }
  }

  #get(id: TorrentId): Torrent {
    const torrent = this.#torrents.get(id);
    if (torrent === undefined) throw new ShoalError("share/unknown");
    return torrent;
  }

  // --- inputs: connections ---

  handleOffer(link: LinkId, sdp: string): void {
    const connection = this.#connections.find(link);
    if (connection === undefined) return;
    const { kind, holder: torrent } = connection;
    if (kind === "lane") torrent.lanes.handleOffer(link, sdp);
    else torrent.announcing.introductions.handleOffer(link, sdp);
    this.#tickTrackers();
    this.#end();
  }

  handleAnswer(link: LinkId, sdp: string): void {
    const connection = this.#connections.find(link);
    if (connection === undefined) return;
    const { kind, holder: torrent } = connection;
    if (kind === "lane") torrent.lanes.handleAnswer(link, sdp);
    else torrent.announcing.introductions.handleAnswer(link, sdp);
    this.#end();
  }

  /** The window has something to tell a connection's other end; the other's host is told by `deliverSignal`. */
  handleSignal(link: LinkId, signal: string): void {
    const connection = this.#connections.find(link);
    if (connection === undefined) return;
    const { kind, holder: torrent } = connection;
    if (kind === "lane") torrent.lanes.handleSignal(link, signal);
    else torrent.announcing.handleSignal(link, signal);
    this.#end();
  }

  handleLinkOpened(link: LinkId, info: LinkInfo): void {
    const connection = this.#connections.find(link);
    if (connection === undefined) {
      this.#host.closeLink(link, "not-needed");
      return;
    }
    const { kind, holder: torrent } = connection;
    if (kind === "lane") torrent.lanes.handleOpened(link, info);
    else torrent.handleLinkOpened(link, info);
    this.#end();
  }

  handleBytes(link: LinkId, bytes: Uint8Array): void {
    const connection = this.#connections.find(link);
    if (connection === undefined) return;
    const { kind, holder: torrent } = connection;
    if (kind === "lane") torrent.lanes.handleBytes(link, bytes);
    else torrent.handleBytes(link, bytes);
    this.#end();
  }

  handleDrained(link: LinkId): void {
    const connection = this.#connections.find(link);
    if (connection === undefined) return;
    const { kind, holder: torrent } = connection;
    const peer = kind === "lane" ? torrent.lanes.peerOf(link) : torrent.links.find(link);
    if (peer === undefined) return;
    torrent.uploads.pump(peer);
    peer.flush();
    this.#end();
  }

  handleLinkClosed(link: LinkId, reason: LinkEnd): void {
    const connection = this.#connections.find(link);
    if (connection === undefined) return;
    const { kind, holder: torrent } = connection;
    this.#host.log("link-ended", { link, reason });
    switch (kind) {
      case "offer":
      case "dial":
        torrent.announcing.handleNotOpened(link, reason, kind === "dial");
        this.#connections.delete(link);
        break;
      case "lane":
        torrent.lanes.handleClosed(link);
        break;
      case "link":
        torrent.links.handleClosed(link, reason);
    }
    this.#end();
  }

  // --- inputs: trackers ---

  handleTrackerOpened(url: string): void {
    this.#trackers.get(url)?.handleOpened();
    this.#end();
  }

  handleTrackerMessage(url: string, text: string): void {
    this.#trackers.get(url)?.handleMessage(text);
    this.#end();
  }

  handleTrackerClosed(url: string): void {
    this.#trackers.get(url)?.handleClosed();
    this.#end();
  }

  /** The device is on another network, or back on one. */
  handleNetworkChanged(): void {
    for (const torrent of this.#torrents.values())
      if (torrent.announcing.online) torrent.announcing.handleNetworkChanged();
    for (const tracker of this.#trackers.values()) tracker.handleNetworkChanged();
    this.#end();
  }

  #tickTrackers(): void {
    for (const tracker of this.#trackers.values()) tracker.handleTick(this.#host.now());
  }

  // --- inputs: hashes and storage ---

  /** Answers `Host.hash`. */
  handleHashed(request: number, digest: Uint8Array): void {
    this.#node.requests.handleHashed(request, digest);
    this.#end();
  }

  /** Answers `Host.read`: the bytes, or null and why there are none. */
  handleRead(request: number, data: Uint8Array | null, failure: PieceFailure | null): void {
    this.#node.requests.handleRead(request, data, failure);
    this.#end();
  }

  /** Answers `Host.store`. */
  handleStored(id: TorrentId, piece: number, failure: PieceFailure | null): void {
    this.#torrents.get(id)?.handleStored(piece, failure);
    this.#end();
  }

  /** To be called about ten times a second: time-outs, rounds of choking, announces. */
  handleTick(): void {
    const now = this.#host.now();
    // Another one first each time, so that a limit that all share is not used up by the same.
    const torrents = [...this.#torrents.values()].filter((torrent) => torrent.announcing.online);
    this.#node.uplink.handleTick(now);
    this.#baseProbes.handleTick(torrents, now);
    const first = Math.floor(this.#host.random() * torrents.length);
    for (const torrent of [...torrents.slice(first), ...torrents.slice(0, first)]) {
      torrent.handleTick(now);
      this.#end();
    }
    if (this.#networkLoss.begins(torrents, now)) this.handleNetworkChanged();
    this.#tickTrackers();
    this.#end();
  }
}

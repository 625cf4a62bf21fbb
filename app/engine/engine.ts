/**
 * All torrents of one node: the single entrance to the engine. Inputs come in through `handle…` methods and
 * commands; what follows goes out through the host. It finds the torrent that an input concerns and lets it end the
 * input; whatever a torrent does is its own business.
 */
import { isSameTorrent } from "./content/info-hash.ts";
import { TrackerClient } from "./discovery/tracker-client.ts";
import { bytesToBinaryString } from "./discovery/tracker-messages.ts";
import { ShoalError } from "./errors.ts";
import type {
  ConnectionLimits,
  HashKind,
  Host,
  LinkEnd,
  LinkId,
  LinkInfo,
  StorageFailure,
  TorrentId,
  TorrentRecord,
} from "./host.ts";
import type { TorrentArrays, TorrentFileSnapshot, TorrentSnapshot, TorrentStatus } from "./snapshot.ts";
import { ConnectionBudget } from "./swarm/connection-budget.ts";
import { Drains } from "./swarm/drains.ts";
import type { NodeContext } from "./swarm/node-context.ts";
import { PieceCache } from "./swarm/piece-cache.ts";
import { DEFAULT_POLICY, type Policy } from "./swarm/policy.ts";
import { RateLimit } from "./swarm/rate-limit.ts";
import { Silence } from "./swarm/silence.ts";
import { Torrent } from "./swarm/torrent.ts";
import { takeRecord } from "./swarm/torrent-record.ts";
import { takeArrays, takeFiles, takeStatus } from "./swarm/torrent-snapshot.ts";
import { UnstoredBudget } from "./swarm/unstored-budget.ts";
import { Uplink } from "./swarm/uplink.ts";

export interface AddTorrent {
  readonly record: TorrentRecord;
  /** Which pieces are stored: all (a seed's own files), none, or a BEP 3 bitfield. */
  readonly have: "all" | "none" | Uint8Array;
}

type Failure = { readonly code: StorageFailure; readonly detail: string };

export class Engine {
  readonly #host: Host;
  readonly #torrents: Map<TorrentId, Torrent>;
  readonly #connections: ConnectionBudget<Torrent>;
  readonly #trackers: Map<string, TrackerClient>;
  readonly #drains: Drains;
  readonly #silence: Silence;
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
      policy?: Policy;
    },
  ) {
    this.#host = host;
    this.#torrents = new Map();
    this.#connections = new ConnectionBudget(options.connections);
    this.#trackers = new Map();
    this.#drains = new Drains();
    this.#silence = new Silence();
    this.#node = {
      host,
      peerId: options.peerId,
      version: options.version,
      cache: new PieceCache({
        capacity: options.cacheBytes,
        isServing: (id, piece) => this.#torrents.get(id)?.uploads.isServing(piece) ?? false,
      }),
      budget: new UnstoredBudget(),
      policy: options.policy ?? DEFAULT_POLICY,
      limits: { up: new RateLimit(host.now(), null), down: new RateLimit(host.now(), null) },
      uplink: new Uplink(host.now()),
      connections: this.#connections,
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
   * Adds a torrent, or finds the one that is already here under any of its info-hashes; that one becomes a seed when
   * everything is said to be had, and uses the new trackers too. It goes online at once. Throws ShoalError when its info dictionary is damaged.
   */
  addTorrent(add: AddTorrent): TorrentId {
    const known = this.#find(add.record);
    if (known !== undefined) {
      if (add.have === "all" && add.record.info !== null)
        known.becomeSeed(add.record.pieceLayers, add.record.info);
      known.presence.addTrackers(add.record.trackers);
      if (add.record.active && !known.active) this.setActive(known.id, true);
      known.finish();
      return known.id;
    }
    const torrent = new Torrent(this.#node, add.record, add.have);
    this.#torrents.set(torrent.id, torrent);
    torrent.save();
    torrent.setOnline(!torrent.paused);
    torrent.finish();
    return torrent.id;
  }

  #find(record: TorrentRecord): Torrent | undefined {
    return [...this.#torrents.values()].find(({ description }) => isSameTorrent(description, record));
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
    torrent.finish();
  }

  /** Which files to download, one flag a file in the torrent's order. */
  select(id: TorrentId, wanted: readonly boolean[]): void {
    const torrent = this.#get(id);
    torrent.select(wanted);
    torrent.finish();
  }

  /** Forgets a torrent; with `data`, what is stored of it as well. */
  removeTorrent(id: TorrentId, data: boolean): void {
    const torrent = this.#get(id);
    torrent.stop();
    this.#torrents.delete(id);
    this.#node.cache.forget(id);
    this.#host.deleteTorrent(id, data);
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
    torrent.finish();
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

  #get(id: TorrentId): Torrent {
    const torrent = this.#torrents.get(id);
    if (torrent === undefined) throw new ShoalError("share/unknown");
    return torrent;
  }

  // --- inputs: connections ---

  handleOffer(link: LinkId, sdp: string): void {
    const torrent = this.#connections.holderOf(link);
    if (torrent === undefined) return;
    if (torrent.lanes.handleOffer(link, sdp)) torrent.finish();
    else torrent.presence.introductions.handleOffer(link, sdp);
    this.#tickTrackers();
  }

  handleAnswer(link: LinkId, sdp: string): void {
    const torrent = this.#connections.holderOf(link);
    if (torrent === undefined) return;
    if (torrent.lanes.handleAnswer(link, sdp)) torrent.finish();
    else torrent.presence.introductions.handleAnswer(link, sdp);
  }

  /** The window has something to tell a connection's other end; the other's host is told by `deliverSignal`. */
  handleSignal(link: LinkId, signal: string): void {
    const torrent = this.#connections.holderOf(link);
    if (torrent?.lanes.handleSignal(link, signal)) torrent.finish();
    else torrent?.presence.handleSignal(link, signal);
  }

  handleLinkOpened(link: LinkId, info: LinkInfo): void {
    const torrent = this.#connections.holderOf(link);
    if (torrent?.lanes.handleOpened(link, info)) {
      torrent.finish();
      return;
    }
    const dial = torrent?.presence.introductions.takeOpened(link) ?? null;
    if (torrent === undefined || dial === null || dial.peerId === "") {
      this.#connections.delete(link);
      this.#host.closeLink(link, "not-needed");
      return;
    }
    torrent.handleLinkOpened(dial, info);
    torrent.finish();
  }

  handleBytes(link: LinkId, bytes: Uint8Array): void {
    const torrent = this.#connections.holderOf(link);
    if (torrent === undefined) return;
    torrent.handleBytes(link, bytes);
    torrent.finish();
  }

  handleDrained(link: LinkId): void {
    const torrent = this.#connections.holderOf(link);
    const peer = torrent?.links.find(link) ?? torrent?.lanes.peerOf(link);
    if (torrent === undefined || peer === undefined) return;
    torrent.uploads.pump(peer);
    peer.flush();
  }

  handleLinkClosed(link: LinkId, reason: LinkEnd): void {
    const torrent = this.#connections.holderOf(link);
    if (torrent === undefined) return;
    this.#host.log("info", "connection", "link ended", { link, reason });
    if (torrent.presence.handleNotOpened(link, reason)) this.#connections.delete(link);
    else if (!torrent.lanes.handleClosed(link)) torrent.links.handleClosed(link, reason);
    torrent.finish();
  }

  // --- inputs: trackers ---

  handleTrackerOpened(url: string): void {
    this.#trackers.get(url)?.handleOpened();
  }

  handleTrackerMessage(url: string, text: string): void {
    this.#trackers.get(url)?.handleMessage(text);
  }

  handleTrackerClosed(url: string): void {
    this.#trackers.get(url)?.handleClosed();
  }

  /** The device is on another network, or back on one. */
  handleNetworkChanged(): void {
    for (const tracker of this.#trackers.values()) tracker.handleNetworkChanged();
  }

  #tickTrackers(): void {
    for (const tracker of this.#trackers.values()) tracker.handleTick(this.#host.now());
  }

  // --- inputs: hashes and storage ---

  handleHashed(id: TorrentId, piece: number, kind: HashKind, digest: Uint8Array): void {
    this.#input(id, (torrent) => torrent.handleHashed(piece, kind, digest));
  }

  handleStored(id: TorrentId, piece: number, failure: Failure | null): void {
    this.#input(id, (torrent) => torrent.handleStored(piece, failure));
  }

  handleRead(id: TorrentId, piece: number, data: Uint8Array | null, failure: Failure | null): void {
    this.#input(id, (torrent) => torrent.handleRead(piece, data, failure));
  }

  #input(id: TorrentId, handle: (torrent: Torrent) => void): void {
    const torrent = this.#torrents.get(id);
    if (torrent === undefined) return;
    handle(torrent);
    torrent.finish();
  }

  /** To be called about ten times a second: time-outs, rounds of choking, announces. */
  handleTick(): void {
    const now = this.#host.now();
    // Another one first each time, so that a limit that all share is not used up by the same.
    const torrents = [...this.#torrents.values()].filter((torrent) => torrent.presence.online);
    this.#node.uplink.handleTick(now);
    this.#drains.handleTick(torrents, now);
    const first = Math.floor(this.#host.random() * torrents.length);
    for (const torrent of [...torrents.slice(first), ...torrents.slice(0, first)]) {
      torrent.handleTick(now);
      torrent.finish();
    }
    if (this.#silence.begins(torrents, now)) this.handleNetworkChanged();
    this.#tickTrackers();
  }
}

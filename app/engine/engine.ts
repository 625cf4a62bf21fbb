/**
 * The engine runs all torrents of one node, and is their only entrance. Every call that can change something is an
 * input: a command of the person, or a `handle…` call of the host. An input takes three steps:
 *
 * 1. The engine finds what the input concerns: a torrent by its id, a connection by its number, a tracker by its URL.
 * 2. That torrent or tracker handles the input, and marks each torrent that has something to send as touched.
 * 3. `#end` lets each touched torrent send its messages and requests (end-input.ts).
 *
 * Everything that follows from an input goes out through the host. The engine keeps the torrents, the connections,
 * the trackers and all that torrents share. torrent.ts does the work of one torrent.
 */

import { ConnectionTable } from "./connection-table.ts";
import type { About } from "./content/about.ts";
import type { PieceHashes } from "./content/piece-hashes.ts";
import type { TorrentInfo } from "./content/torrent-info.ts";
import { TrackerClient } from "./discovery/tracker-client.ts";
import { bytesToBinaryString } from "./discovery/tracker-messages.ts";
import { ShoalError } from "./errors.ts";
import type { ConnectionLimits, Host, PieceFailure, TorrentId, TorrentRecord } from "./host.ts";
import { HostRequests } from "./host-requests.ts";
import type { LinkEnd, LinkId, LinkInfo } from "./link.ts";
import type {
  PieceStatus,
  TorrentArrays,
  TorrentContent,
  TorrentFileSnapshot,
  TorrentSnapshot,
  TorrentStatus,
} from "./snapshot.ts";
import { BaseProbes } from "./swarm/base-probes.ts";
import { RateLimit } from "./swarm/flow/rate-limit.ts";
import { UnstoredBudget } from "./swarm/flow/unstored-budget.ts";
import { Uplink } from "./swarm/flow/uplink.ts";
import { becomeSeed, takeFoundFiles } from "./swarm/found-files.ts";
import { checkAgain } from "./swarm/lost-pieces.ts";
import { NetworkLoss } from "./swarm/network-loss.ts";
import type { NodeContext } from "./swarm/node-context.ts";
import { type ComparisonPolicy, DEFAULT_POLICY } from "./swarm/peers/comparison-policy.ts";
import { ConnectionBudget } from "./swarm/peers/connection-budget.ts";
import { PieceCache } from "./swarm/pieces/piece-cache.ts";
import { Torrent } from "./swarm/torrent.ts";
import { type Naming, takeNaming, takeRecord } from "./swarm/torrent-record.ts";
import { takeArrays, takeContent, takeFile, takePiece, takeStatus } from "./swarm/torrent-snapshot.ts";
import { findSame, findTwin } from "./swarm/twin.ts";

export interface AddTorrent {
  readonly record: TorrentRecord;
  /** The stored pieces: all (a seed's own files), none, or those of a BEP 3 bitfield. */
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
   * `peerId`: 20 bytes, new for each run. `secret`: 32 random bytes, new for each run; the keys for trackers are made
   * from it. `version`: shown to other clients. `connections`: how many the host bears; it is never asked for more.
   * `cacheBytes`: bytes of pieces kept in memory for uploads, where the default is too much. `policy`: how to play a
   * swarm, for simulations that compare. `commonTrackers`: those that every torrent uses beside its own, unless it is
   * members-only; none unless given.
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
      commonTrackers?: readonly string[];
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
      commonTrackers: options.commonTrackers ?? [],
      handleInfoKnown: (id) => this.#joinTwin(id),
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
   * Adds a torrent, which goes online at once unless it is paused. If the torrent is already here, it takes from the
   * record what it lacks: trackers, web seeds, selected files and the info dictionary. It starts if the record is
   * active, and becomes a seed if the record has an info dictionary and `have` is "all". A members-only torrent takes
   * trackers only from a record with its info dictionary, so from a .torrent file: anybody could make a link that names
   * another tracker. But one that has no tracker takes a link's. Throws ShoalError when the info dictionary of a new
   * torrent is damaged.
   */
  addTorrent({ record, have }: AddTorrent): TorrentId {
    const id = this.find(record);
    if (id !== null) {
      const known = this.#get(id);
      this.#learn(known, record);
      if (record.info !== null && have === "all") becomeSeed(known, record.pieceLayers, record.info);
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
   * The torrent with the record's id, or with any of its info-hashes; null when there is none. Only public shares are
   * found by their info-hashes, because a private share must not be joined with a public share of the same files.
   */
  find(record: Pick<TorrentRecord, "id" | "rendezvous" | "infoHashV1" | "infoHashV2">): TorrentId | null {
    if (this.#torrents.has(record.id)) return record.id;
    return findSame(this.#torrents.values(), record)?.id ?? null;
  }

  /** A torrent knows all its info-hashes now. It takes over what its twin knows and wishes, and the twin goes. */
  #joinTwin(id: TorrentId): void {
    const torrent = this.#get(id);
    const twin = findTwin(this.#torrents.values(), torrent);
    if (twin === undefined) return;
    this.#learn(torrent, takeRecord(twin));
    this.#remove(twin, false);
    if (twin.active) this.#start(torrent, true);
  }

  /** A torrent takes from another record of it what it lacks, but for the info dictionary. */
  #learn(torrent: Torrent, record: TorrentRecord): void {
    const { metadata, announcing } = torrent;
    torrent.nameHint ??= record.nameHint;
    metadata.hints.add(record);
    if (!metadata.isPrivate || record.info !== null || announcing.trackers.length === 0)
      announcing.addTrackers(record);
    metadata.learnEncoding(record.encoding);
    torrent.addAbout(record);
  }

  /** Gives info-hashes to a share that had only a rendezvous. Its info dictionary can then be fetched from peers. */
  learnHashes(id: TorrentId, infoHashV1: Uint8Array | null, infoHashV2: Uint8Array | null): void {
    const torrent = this.#get(id);
    if (!torrent.metadata.learnHashes(infoHashV1, infoHashV2)) return;
    torrent.metadataExchange.advance();
    torrent.save();
    this.#end();
  }

  /** Starts, resumes (also after an error) or pauses a torrent. A paused torrent leaves its swarm. */
  setActive(id: TorrentId, active: boolean): void {
    this.#start(this.#get(id), active);
    this.#end();
  }

  #start(torrent: Torrent, active: boolean): void {
    torrent.active ||= active;
    torrent.paused = !active;
    if (active) torrent.error = null;
    torrent.setOnline(active);
    torrent.handleFreed();
    torrent.save();
  }

  /**
   * Selects the files to download: one flag for each file, in the torrent's order. Does nothing while the info
   * dictionary is unknown.
   */
  select(id: TorrentId, wanted: ArrayLike<boolean | number>): void {
    const torrent = this.#get(id);
    torrent.select(wanted);
    this.#end();
  }

  /**
   * Files of a torrent, by their indices, can be read by the host now, because the person gave them again. Their pieces
   * count as stored, and the files as wanted. Does nothing while the info dictionary is unknown.
   */
  handleFilesFound(id: TorrentId, files: Iterable<number>): void {
    takeFoundFiles(this.#get(id), new Set(files));
    this.#end();
  }

  /** Gives a torrent a name for people (`TorrentRecord.title`); null for none. */
  rename(id: TorrentId, title: string | null): void {
    const torrent = this.#get(id);
    torrent.title = title;
    torrent.save();
  }

  /**
   * Gives a torrent of this device's own files another about (content/about.ts); null for none. Links that were passed
   * on before commit to the former one.
   */
  setAbout(id: TorrentId, about: Uint8Array | null): void {
    this.#get(id).replaceAbout(about);
    this.#end();
  }

  /** Forgets a torrent. `data`: its stored pieces are deleted, too. */
  removeTorrent(id: TorrentId, data: boolean): void {
    this.#remove(this.#get(id), data);
    this.#end();
  }

  #remove(torrent: Torrent, data: boolean): void {
    const { id } = torrent;
    torrent.stop();
    this.#torrents.delete(id);
    this.#node.touched.delete(torrent);
    this.#node.cache.forget(id);
    this.#host.deleteTorrent(id, data);
  }

  /**
   * Sets a deadline for bytes `start` up to, not including, `end` of a file: they are needed in `milliseconds`. Their
   * missing pieces are requested before all others while the file is selected. The deadline replaces earlier ones of
   * the same pieces. Throws RangeError when the file has no such bytes, or while the info dictionary is unknown.
   */
  setDeadline(id: TorrentId, file: number, start: number, end: number, milliseconds: number): void {
    const torrent = this.#get(id);
    if (torrent.pieces === null) throw new RangeError(`no file ${file} yet`);
    torrent.pieces.setDeadline(file, start, end, this.#host.now() + milliseconds);
    torrent.handleFreed();
    this.#end();
  }

  /** Drops the deadlines of all pieces that hold bytes of a range; null: of all pieces, as after a seek. */
  dropDeadlines(id: TorrentId, range: { file: number; start: number; end: number } | null = null): void {
    const { pieces } = this.#get(id);
    if (range === null) pieces?.deadlines.clear();
    else pieces?.deadlines.dropSpan(pieces.map.fileRangeToPieces(range.file, range.start, range.end));
  }

  /**
   * Sets the rate limits of one torrent, or with null those of all torrents together. `up`, `down`: bytes a second;
   * null for no limit.
   */
  setLimits(limits: { up: number | null; down: number | null }, id: TorrentId | null = null): void {
    const { up, down } = id === null ? this.#node.limits : this.#get(id).limits;
    up.setRate(limits.up, this.#host.now());
    down.setRate(limits.down, this.#host.now());
  }

  /** Takes all torrents out of their swarms: trackers are told `stopped`, and all connections are closed. */
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

  content(id: TorrentId): TorrentContent {
    return takeContent(this.#get(id));
  }

  /** The files from place `from` up to, not including, place `to`. */
  files(id: TorrentId, from = 0, to = Number.POSITIVE_INFINITY): readonly TorrentFileSnapshot[] {
    const content = this.content(id);
    return content.files.slice(from, to).map((_, at) => takeFile(content, from + at)!);
  }

  /** One file by its place in the torrent; undefined where there is none. */
  file(id: TorrentId, file: number): TorrentFileSnapshot | undefined {
    return takeFile(this.content(id), file);
  }

  /** The sender's about; null where it is unknown. */
  about(id: TorrentId): About | null {
    return this.#get(id).about.content;
  }

  /** The info dictionary; null while it is unknown. */
  info(id: TorrentId): TorrentInfo | null {
    return this.#get(id).pieces?.info ?? null;
  }

  /** One piece; its place need not be known before the info dictionary is. */
  piece(id: TorrentId, piece: number): PieceStatus {
    return takePiece(this.#get(id), piece);
  }

  /** The hashes of a torrent's pieces, to be read only; null while the info dictionary is unknown. */
  hashes(id: TorrentId): PieceHashes | null {
    return this.#get(id).pieces?.hashes ?? null;
  }

  /** Whether a file is to be downloaded. */
  isWanted(id: TorrentId, file: number): boolean {
    return this.#get(id).pieces?.wantedFiles[file] === 1;
  }

  record(id: TorrentId): TorrentRecord {
    return takeRecord(this.#get(id));
  }

  /** The fields of the record by which others find the torrent. */
  naming(id: TorrentId): Naming {
    return takeNaming(this.#get(id));
  }

  /** The torrent itself, for tests and simulations that check its invariants; nothing else may look inside. */
  inspect(id: TorrentId): Torrent {
    return this.#get(id);
  }

  /** The unstored budget is open again. All torrents share it, so any of them may send requests now. */
  #handleFreed(): void {
    for (const torrent of this.#torrents.values()) torrent.handleFreed();
  }

  /**
   * Ends an input. The input may have touched several torrents, because torrents share connections, the uplink,
   * limits and the unstored budget.
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

  /** The page has a signal for a connection's other end. The host there gets it through `deliverSignal`. */
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

  /**
   * Answers `Host.read`: with the bytes, or with null and the reason. `isChecked`: the bytes were compared with their
   * hash.
   */
  handleRead(
    request: number,
    data: Uint8Array | null,
    failure: PieceFailure | null,
    isChecked = false,
  ): void {
    this.#node.requests.handleRead(request, data, failure, isChecked);
    this.#end();
  }

  /** The host read a stored piece for others than the engine, and its bytes are right. */
  handleChecked(id: TorrentId, piece: number): void {
    const pieces = this.#torrents.get(id)?.pieces;
    if (pieces?.have.has(piece)) pieces.checked.add(piece);
  }

  /** Has stored pieces read and checked, whatever was found before. Those that are wrong or gone are fetched again. */
  checkAgain(id: TorrentId, pieces: Iterable<number>): void {
    const torrent = this.#torrents.get(id);
    if (torrent !== undefined) checkAgain(torrent, pieces);
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
    // A random torrent goes first: otherwise, the same one would use up a limit that all share every time.
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

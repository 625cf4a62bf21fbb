/**
 * A host in virtual time, with its engine: real hashes, a disk, and whatever network it is given. Every answer comes as a
 * later input, as the engine's rules demand. Keeps what the engine asked for that goes nowhere.
 */
import { createHash } from "node:crypto";
import { Engine } from "../../app/engine/engine.ts";
import type { HashKind, Host, TorrentId, TorrentRecord } from "../../app/engine/host.ts";
import type { LinkEnd, LinkId, OtherEnd } from "../../app/engine/link.ts";
import { type LogCode, type LogData, type LogEntry, logEntry } from "../../app/engine/log.ts";
import { CONNECTION_LIMITS } from "../../app/page/constants.ts";
import { BULK_MESSAGE_LENGTH, TICK_INTERVAL } from "../../app/worker/constants.ts";
import { leavesOf } from "./torrents.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { type PiecesInMemory, VirtualDisk } from "./virtual-disk.ts";
import type { TrackerInputs } from "./virtual-tracker.ts";

/** Bytes a second that are hashed, and milliseconds that a digest takes to come back. */
const HASH_RATE = 200_000_000;
const HASH_DELAY = 1;

/** How a host reaches others. What comes of it is told to the host, later, as `NetworkInputs`. */
export interface HostNetwork {
  createOffer(link: LinkId): void;
  createAnswer(link: LinkId, sdp: string): void;
  acceptAnswer(link: LinkId, sdp: string): void;
  /** Sends one message: `bytes`, and behind them `block`, where there is one, which is only read. */
  send(link: LinkId, bytes: Uint8Array, block: Uint8Array | null): void;
  buffered(link: LinkId): number;
  closeLink(link: LinkId, reason: LinkEnd): void;
  openTracker(url: string): void;
  sendTracker(url: string, text: string): void;
  closeTracker(url: string): void;
}

/** The inputs of a host from its network. */
export interface NetworkInputs extends TrackerInputs {
  handleOffer(link: LinkId, sdp: string): void;
  handleAnswer(link: LinkId, sdp: string): void;
  handleLinkOpened(link: LinkId): void;
  handleBytes(link: LinkId, bytes: Uint8Array): void;
  handleDrained(link: LinkId): void;
  handleLinkClosed(link: LinkId, reason: LinkEnd): void;
}

/** The watcher of a host. */
export interface HostWatcher {
  /** The engine has taken an input to its end. */
  handleInput(): void;
  /** The engine closes a link. */
  handleLinkEnd(link: LinkId, reason: LinkEnd): void;
}

/** The bytes that go out instead of what an engine sends on a link; null: none. */
export type Tampering = (link: LinkId, bytes: Uint8Array) => Uint8Array | null;

/** Computes a digest of data that belongs to a piece (Host.hash). */
export type Digest = (piece: number, kind: HashKind, data: Uint8Array, padding: number) => Uint8Array;

/** Where a host differs from others. */
export interface HostOptions {
  readonly disk?: VirtualDisk;
  readonly digest?: Digest;
  readonly watcher?: HostWatcher;
  /** It has too little memory for a log. */
  readonly keepsNoLog?: true;
}

type EngineOptions = ConstructorParameters<typeof Engine>[1];

export class VirtualHost implements Host, NetworkInputs {
  readonly clock: VirtualClock;
  readonly disk: VirtualDisk;
  readonly records: Map<TorrentId, TorrentRecord>;
  readonly logged: LogEntry[];
  /** Signals delivered, "link: text". */
  readonly signals: string[];
  /** Links for which another path was to be looked for. */
  readonly mended: LinkId[];
  /** A quiet one at first. */
  network: HostNetwork;
  /** Changes what is sent; for faults. */
  tampering: Tampering | null;
  readonly #random: () => number;
  readonly #digest: Digest;
  readonly #watcher: HostWatcher | null;
  readonly #keepsLog: boolean;
  #engine: Engine | null;
  #stopped: boolean;

  constructor(
    clock: VirtualClock,
    random: () => number,
    { disk, digest, watcher, keepsNoLog }: HostOptions = {},
  ) {
    this.clock = clock;
    this.disk = disk ?? new VirtualDisk(clock);
    this.records = new Map();
    this.logged = [];
    this.signals = [];
    this.mended = [];
    this.network = quietNetwork();
    this.tampering = null;
    this.#random = random;
    this.#digest = digest ?? realDigest;
    this.#watcher = watcher ?? null;
    this.#keepsLog = keepsNoLog === undefined;
    this.#engine = null;
    this.#stopped = false;
  }

  get engine(): Engine {
    if (this.#engine === null) throw new Error("the host has no engine yet");
    return this.#engine;
  }

  /** Makes the host's engine, which plays as a person's does on a computer unless told otherwise. */
  makeEngine(peerId: Uint8Array, options: Partial<EngineOptions> = {}): Engine {
    const { desktop: connections } = CONNECTION_LIMITS;
    this.#engine = new Engine(this, { peerId, secret: peerId, version: "1", connections, ...options });
    return this.#engine;
  }

  /** The stored pieces of a torrent. */
  piecesOf(torrent: TorrentId): PiecesInMemory {
    return this.disk.piecesOf(torrent);
  }

  // --- what the engine takes ---

  /** Has the engine tick every `interval` milliseconds, from `first` milliseconds from now on. */
  tick(interval = TICK_INTERVAL, first = 0): void {
    this.clock.after(first, () => {
      if (this.#stopped) return;
      this.input((engine) => engine.handleTick());
      this.tick(interval, interval);
    });
  }

  /** Takes no input any more, from one moment to the next. */
  stop(): void {
    this.#stopped = true;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Has the engine take an input, unless the host has stopped. */
  input(take: (engine: Engine) => void): void {
    if (this.#stopped) return;
    take(this.engine);
    this.#watcher?.handleInput();
  }

  handleOffer(link: LinkId, sdp: string): void {
    this.input((engine) => engine.handleOffer(link, sdp));
  }

  handleAnswer(link: LinkId, sdp: string): void {
    this.input((engine) => engine.handleAnswer(link, sdp));
  }

  /** `maxMessageLength`: bytes; as between Shoal peers when left out. */
  handleLinkOpened(link: LinkId, maxMessageLength = BULK_MESSAGE_LENGTH): void {
    this.input((engine) => engine.handleLinkOpened(link, { maxMessageLength, fingerprints: null }));
  }

  /** The commonest input by far. */
  handleBytes(link: LinkId, bytes: Uint8Array): void {
    if (this.#stopped) return;
    this.engine.handleBytes(link, bytes);
    this.#watcher?.handleInput();
  }

  handleDrained(link: LinkId): void {
    this.input((engine) => engine.handleDrained(link));
  }

  handleLinkClosed(link: LinkId, reason: LinkEnd): void {
    this.input((engine) => engine.handleLinkClosed(link, reason));
  }

  handleTrackerOpened(url: string): void {
    this.input((engine) => engine.handleTrackerOpened(url));
  }

  handleTrackerMessage(url: string, text: string): void {
    this.input((engine) => engine.handleTrackerMessage(url, text));
  }

  handleTrackerClosed(url: string): void {
    this.input((engine) => engine.handleTrackerClosed(url));
  }

  // --- what the engine asks for ---

  now(): number {
    return this.clock.now;
  }

  random(): number {
    return this.#random();
  }

  createOffer(link: LinkId, _trickle: boolean, _torrent: TorrentId): void {
    this.network.createOffer(link);
  }

  createAnswer(link: LinkId, sdp: string, _other: OtherEnd, _torrent: TorrentId): void {
    this.network.createAnswer(link, sdp);
  }

  acceptAnswer(link: LinkId, sdp: string, _other: OtherEnd): void {
    this.network.acceptAnswer(link, sdp);
  }

  deliverSignal(link: LinkId, signal: string): void {
    this.signals.push(`${link}: ${signal}`);
  }

  mendLink(link: LinkId): void {
    this.mended.push(link);
  }

  send(link: LinkId, bytes: Uint8Array): void {
    const sent = this.tampering === null ? bytes : this.tampering(link, bytes);
    if (sent !== null && sent.length > 0) this.network.send(link, sent, null);
  }

  sendBlock(link: LinkId, header: Uint8Array, block: Uint8Array): void {
    if (this.tampering === null) this.network.send(link, header, block);
    else this.send(link, new Uint8Array(Buffer.concat([header, block])));
  }

  buffered(link: LinkId): number {
    return this.network.buffered(link);
  }

  closeLink(link: LinkId, reason: LinkEnd): void {
    this.#watcher?.handleLinkEnd(link, reason);
    this.network.closeLink(link, reason);
  }

  openTracker(url: string): void {
    this.network.openTracker(url);
  }

  sendTracker(url: string, text: string): void {
    this.network.sendTracker(url, text);
  }

  closeTracker(url: string): void {
    this.network.closeTracker(url);
  }

  hash(
    request: number,
    _torrent: TorrentId,
    piece: number,
    kind: HashKind,
    data: Uint8Array,
    padding: number,
  ): void {
    const digest = this.#digest(piece, kind, data, padding);
    this.clock.after(HASH_DELAY + (data.length * 1000) / HASH_RATE, () =>
      this.input((engine) => engine.handleHashed(request, digest)),
    );
  }

  store(torrent: TorrentId, piece: number, data: Uint8Array): void {
    this.disk.store(torrent, piece, data, (failure) =>
      this.input((engine) => engine.handleStored(torrent, piece, failure)),
    );
  }

  read(request: number, torrent: TorrentId, piece: number): void {
    this.disk.read(torrent, piece, (data, failure) =>
      this.input((engine) => engine.handleRead(request, data, failure)),
    );
  }

  deletePiece(torrent: TorrentId, piece: number): void {
    this.disk.deletePiece(torrent, piece);
  }

  saveRecord(record: TorrentRecord): void {
    this.records.set(record.id, record);
  }

  deleteTorrent(torrent: TorrentId, data: boolean): void {
    this.records.delete(torrent);
    if (data) this.disk.delete(torrent);
  }

  log<Code extends LogCode>(code: Code, data: LogData[Code]): void {
    if (this.#keepsLog) this.logged.push(logEntry(code, data, this.now(), null));
  }
}

/** A network that carries nothing, and whose trackers never answer. */
export function quietNetwork(): HostNetwork {
  const nothing = () => {};
  return {
    createOffer: nothing,
    createAnswer: nothing,
    acceptAnswer: nothing,
    send: nothing,
    buffered: () => 0,
    closeLink: nothing,
    openTracker: nothing,
    sendTracker: nothing,
    closeTracker: nothing,
  };
}

const realDigest: Digest = (_piece, kind, data, padding) =>
  kind === "leaves"
    ? leavesOf(data)
    : new Uint8Array(createHash("sha1").update(data).update(new Uint8Array(padding)).digest());

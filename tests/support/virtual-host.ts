/**
 * A host in virtual time: real hashes, a disk in memory, and links and trackers as the world around it has them.
 * Every answer comes as a later input, as the engine's rules demand.
 */
import { createHash } from "node:crypto";
import type { Engine } from "../../app/engine/engine.ts";
import type { HashKind, Host, PieceFailure, TorrentId, TorrentRecord } from "../../app/engine/host.ts";
import type { LinkEnd, LinkId, OtherEnd } from "../../app/engine/link.ts";
import { type LogCode, type LogData, type LogEntry, logEntry } from "../../app/engine/log.ts";
import { leavesOf } from "./torrents.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** What carries links and trackers. */
export interface World {
  createOffer(host: VirtualHost, link: LinkId): void;
  createAnswer(host: VirtualHost, link: LinkId, sdp: string): void;
  acceptAnswer(host: VirtualHost, link: LinkId, sdp: string): void;
  send(host: VirtualHost, link: LinkId, bytes: Uint8Array): void;
  buffered(host: VirtualHost, link: LinkId): number;
  closeLink(host: VirtualHost, link: LinkId, reason: LinkEnd): void;
  openTracker(host: VirtualHost, url: string): void;
  sendTracker(host: VirtualHost, url: string, text: string): void;
  closeTracker(host: VirtualHost, url: string): void;
}

/** Milliseconds that a digest, and the disk, take. */
const HASH_TIME = 1;
const DISK_TIME = 2;

export class VirtualHost implements Host {
  readonly clock: VirtualClock;
  readonly #world: World;
  readonly #random: () => number;
  /** Stored pieces by torrent. */
  readonly disk: Map<TorrentId, Map<number, Uint8Array>>;
  readonly records: Map<TorrentId, TorrentRecord>;
  readonly logged: LogEntry[];
  /** Pieces read from the disk, in order. */
  readonly reads: number[];
  /** Signals delivered, "link: text". */
  readonly signals: string[];
  /** Links for which another path was to be looked for. */
  readonly mended: LinkId[];
  /** What the disk answers instead of storing; null: it works. */
  storeFailure: PieceFailure | null;
  /** Pieces that can no longer be read, as those of a file that is gone. */
  readonly unreadable: Set<number>;
  /** Milliseconds that storing takes. */
  storeTime: number;
  #engine: Engine | null;

  constructor(clock: VirtualClock, world: World, random: () => number) {
    this.clock = clock;
    this.#world = world;
    this.#random = random;
    this.disk = new Map();
    this.records = new Map();
    this.logged = [];
    this.reads = [];
    this.signals = [];
    this.mended = [];
    this.storeFailure = null;
    this.unreadable = new Set();
    this.storeTime = DISK_TIME;
    this.#engine = null;
  }

  get engine(): Engine {
    if (this.#engine === null) throw new Error("the host has no engine yet");
    return this.#engine;
  }

  set engine(engine: Engine) {
    this.#engine = engine;
  }

  /** The stored pieces of a torrent. */
  piecesOf(torrent: TorrentId): Map<number, Uint8Array> {
    let pieces = this.disk.get(torrent);
    if (pieces === undefined) {
      pieces = new Map();
      this.disk.set(torrent, pieces);
    }
    return pieces;
  }

  now(): number {
    return this.clock.now;
  }

  random(): number {
    return this.#random();
  }

  createOffer(link: LinkId): void {
    this.#world.createOffer(this, link);
  }

  createAnswer(link: LinkId, sdp: string, _other: OtherEnd): void {
    this.#world.createAnswer(this, link, sdp);
  }

  acceptAnswer(link: LinkId, sdp: string, _other: OtherEnd): void {
    this.#world.acceptAnswer(this, link, sdp);
  }

  deliverSignal(link: LinkId, signal: string): void {
    this.signals.push(`${link}: ${signal}`);
  }

  mendLink(link: LinkId): void {
    this.mended.push(link);
  }

  send(link: LinkId, bytes: Uint8Array): void {
    this.#world.send(this, link, bytes);
  }

  sendBlock(link: LinkId, header: Uint8Array, block: Uint8Array): void {
    this.send(link, new Uint8Array(Buffer.concat([header, block])));
  }

  buffered(link: LinkId): number {
    return this.#world.buffered(this, link);
  }

  closeLink(link: LinkId, reason: LinkEnd): void {
    this.#world.closeLink(this, link, reason);
  }

  openTracker(url: string): void {
    this.#world.openTracker(this, url);
  }

  sendTracker(url: string, text: string): void {
    this.#world.sendTracker(this, url, text);
  }

  closeTracker(url: string): void {
    this.#world.closeTracker(this, url);
  }

  hash(
    request: number,
    _torrent: TorrentId,
    _piece: number,
    kind: HashKind,
    data: Uint8Array,
    padding: number,
  ): void {
    const digest =
      kind === "leaves"
        ? leavesOf(data)
        : new Uint8Array(createHash("sha1").update(data).update(new Uint8Array(padding)).digest());
    this.clock.after(HASH_TIME, () => this.engine.handleHashed(request, digest));
  }

  store(torrent: TorrentId, piece: number, data: Uint8Array): void {
    const failure = this.storeFailure;
    if (failure === null) this.piecesOf(torrent).set(piece, data.slice());
    this.clock.after(this.storeTime, () => this.engine.handleStored(torrent, piece, failure));
  }

  read(request: number, torrent: TorrentId, piece: number): void {
    this.reads.push(piece);
    const data = this.unreadable.has(piece) ? undefined : this.piecesOf(torrent).get(piece);
    const failure: PieceFailure | null = data === undefined ? { code: "source/gone", detail: "file" } : null;
    this.clock.after(DISK_TIME, () => this.engine.handleRead(request, data?.slice() ?? null, failure));
  }

  saveRecord(record: TorrentRecord): void {
    this.records.set(record.id, record);
  }

  deleteTorrent(torrent: TorrentId, data: boolean): void {
    this.records.delete(torrent);
    if (data) this.disk.delete(torrent);
  }

  log<Code extends LogCode>(code: Code, data: LogData[Code]): void {
    this.logged.push(logEntry(code, data, this.now(), null));
  }
}

/**
 * One simulated host: the real engine, and a Host for it whose network, disk, hashing and clock are virtual. Keeps
 * what is stored, when each share of it was, and compares every stored piece with the truth.
 */
import { Engine } from "../../app/engine/engine.ts";
import type { HashKind, Host, PieceFailure, TorrentId } from "../../app/engine/host.ts";
import type { LinkEnd, LinkId } from "../../app/engine/link.ts";
import type { ComparisonPolicy } from "../../app/engine/swarm/peers/comparison-policy.ts";
import { CONNECTION_LIMITS } from "../../app/page/constants.ts";
import type { Random } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { TrackerSocket } from "../support/virtual-tracker.ts";
import type { Attachment, Line, LinkInputs } from "./attachment.ts";
import { CACHE_BYTES, DISK_DELAY, HASH_DELAY, HASH_RATE, MESSAGE_LENGTH } from "./constants.ts";
import type { Content } from "./content.ts";
import type { Network } from "./network.ts";
import { type Packet, TRACKER_NUMBER } from "./packet.ts";
import type { Disk, Group } from "./scenarios.ts";
import { type Tampering, tamperingOf } from "./tampering.ts";
import { wordOf, wordPacket } from "./tracker.ts";

/** What nodes share, and who watches them. */
export interface NodeWorld {
  readonly network: Network;
  readonly content: Content;
  /** Milliseconds between ticks. */
  readonly tickInterval: number;
  handleStored(node: SimulatedNode, piece: number): void;
  /** A piece failed its check; `senders`: hosts that sent what is wrong with it. */
  handleBadPiece(node: SimulatedNode, senders: readonly number[]): void;
  handleLinkEnd(node: SimulatedNode, link: LinkId, reason: LinkEnd): void;
  /** The engine has taken an input to its end. */
  handleInput(node: SimulatedNode): void;
}

export interface NodeOptions {
  readonly number: number;
  /** Milliseconds since the start of the run. */
  readonly joinsAt: number;
  readonly group: Group;
  readonly have: "all" | "none";
  readonly knows: "torrent" | "link";
  readonly random: Random;
  readonly policy?: ComparisonPolicy;
}

/** A disk of a group that says nothing of it: no limit. */
const DISK: Disk = { rate: 100_000_000, room: Number.POSITIVE_INFINITY };

const TRACKER = "wss://tracker";

export class SimulatedNode implements Host, LinkInputs {
  readonly number: number;
  readonly group: Group;
  readonly line: Line;
  readonly engine: Engine;
  readonly peerId: Uint8Array;
  /** Its clock, and all that it plans. */
  readonly clock: VirtualClock;
  readonly attachment: Attachment;
  readonly joinedAt: number;
  /** Infinity while present. */
  leftAt: number;
  /** One byte a piece, 1 when stored. */
  readonly stored: Uint8Array;
  storedCount: number;
  /** When each hundredth of the content was stored; milliseconds, Infinity until then. */
  readonly milestones: Float64Array;
  corruptStored: number;
  /** Hash over everything that happened here so far. */
  trace: number;
  readonly #tracker: TrackerSocket;
  readonly #tampering: Tampering | null;
  readonly #disk: Disk;
  readonly #world: NodeWorld;
  readonly #options: NodeOptions;
  #torrent: TorrentId;
  #diskFreeAt: number;
  #diskUsed: number;

  constructor(world: NodeWorld, options: NodeOptions) {
    const { number, random } = options;
    const { pieceCount } = world.content.info;
    this.#world = world;
    this.#options = options;
    this.number = number;
    this.clock = new VirtualClock(options.joinsAt);
    this.trace = number;
    this.group = options.group;
    this.line = options.group.line;
    this.joinedAt = options.joinsAt;
    this.leftAt = Number.POSITIVE_INFINITY;
    this.stored = new Uint8Array(pieceCount).fill(options.have === "all" ? 1 : 0);
    this.storedCount = options.have === "all" ? pieceCount : 0;
    this.milestones = new Float64Array(101).fill(options.have === "all" ? 0 : Number.POSITIVE_INFINITY);
    this.corruptStored = 0;
    this.#tampering = tamperingOf(options.group.behaviour ?? "honest", pieceCount, random.child(1));
    this.#disk = options.group.disk ?? DISK;
    this.#torrent = "";
    this.#diskFreeAt = 0;
    this.#diskUsed = 0;
    this.peerId = Uint8Array.from("-SH0100-xxxxxxxxxxxx", (character, at) =>
      at < 8 ? character.charCodeAt(0) : Math.floor(random.next() * 256),
    );
    const { clock, line } = this;
    this.attachment = world.network.attach(number, line, this, clock, random.child(2));
    this.#tracker = new TrackerSocket(clock, { url: TRACKER, delay: line.delay }, this, (word, time) =>
      world.network.deliver(wordPacket(word, number, TRACKER_NUMBER, time)),
    );
    this.engine = new Engine(this, {
      peerId: this.peerId,
      secret: this.peerId,
      version: "simulated",
      connections: CONNECTION_LIMITS.desktop,
      cacheBytes: CACHE_BYTES,
      ...(options.policy === undefined ? {} : { policy: options.policy }),
    });
  }

  get torrent(): TorrentId {
    return this.#torrent;
  }

  get present(): boolean {
    return this.leftAt === Number.POSITIVE_INFINITY;
  }

  get isComplete(): boolean {
    return this.storedCount === this.stored.length;
  }

  /** When everything was stored, milliseconds; Infinity until then. */
  get completedAt(): number {
    return this.milestones[100]!;
  }

  // --- what happens to a host ---

  start(): void {
    const { content, tickInterval } = this.#world;
    const { clock } = this;
    const record = content.record(this.#options.knows, [TRACKER]);
    clock.at(this.joinedAt, () => {
      this.#input(() => {
        this.#torrent = this.engine.addTorrent({ record, have: this.#options.have });
      });
    });
    const tick = () => {
      if (!this.present) return;
      this.#input(() => this.engine.handleTick());
      clock.after(tickInterval, tick);
    };
    clock.after(this.#options.random.next() * tickInterval, tick);
  }

  /** Says goodbye. */
  leave(): void {
    if (!this.present) return;
    this.#input(() => this.engine.stop());
    this.leftAt = this.now();
  }

  /** Goes without a word; the tracker finds its socket broken. */
  vanish(): void {
    if (!this.present) return;
    this.leftAt = this.now();
    this.attachment.vanish();
    this.#tracker.close();
  }

  #input(input: () => void): void {
    if (!this.present) return;
    input();
    this.#handled();
  }

  #handled(): void {
    this.#mix(Math.floor(this.clock.now * 1000));
    this.#world.handleInput(this);
  }

  #mix(value: number): void {
    const mixed = Math.imul(this.trace ^ value, 0x85ebca6b);
    this.trace = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  }

  // --- the engine's clock and dice ---

  now(): number {
    return this.clock.now;
  }

  random(): number {
    return this.#options.random.next();
  }

  // --- connections ---

  createOffer(link: LinkId): void {
    this.attachment.createOffer(link);
  }

  createAnswer(link: LinkId, sdp: string): void {
    this.attachment.createAnswer(link, sdp);
  }

  acceptAnswer(link: LinkId, sdp: string): void {
    this.attachment.acceptAnswer(link, sdp);
  }

  deliverSignal(): void {}

  mendLink(): void {}

  send(link: LinkId, bytes: Uint8Array): void {
    const sent = this.#tampering === null ? bytes : this.#tampering(link, bytes);
    if (sent !== null && sent.length > 0) this.attachment.send(link, sent);
  }

  /** A block that nobody tampers with is not copied: thousands of hosts send the same few bytes. */
  sendBlock(link: LinkId, header: Uint8Array, block: Uint8Array): void {
    if (this.#tampering === null) this.attachment.send(link, header, block);
    else this.send(link, new Uint8Array(Buffer.concat([header, block])));
  }

  buffered(link: LinkId): number {
    return this.attachment.buffered(link);
  }

  closeLink(link: LinkId, reason: LinkEnd): void {
    this.#world.handleLinkEnd(this, link, reason);
    this.attachment.close(link);
  }

  handleOffer(link: LinkId, sdp: string): void {
    this.#input(() => this.engine.handleOffer(link, sdp));
  }

  handleAnswer(link: LinkId, sdp: string): void {
    this.#input(() => this.engine.handleAnswer(link, sdp));
  }

  handleLinkOpened(link: LinkId): void {
    this.#input(() => this.engine.handleLinkOpened(link, { maxMessageLength: MESSAGE_LENGTH }));
  }

  handleBytes(link: LinkId, bytes: Uint8Array): void {
    if (!this.present) return;
    this.engine.handleBytes(link, bytes);
    this.#handled();
  }

  handleDrained(link: LinkId): void {
    this.#input(() => this.engine.handleDrained(link));
  }

  handleLinkClosed(link: LinkId, reason: LinkEnd): void {
    this.#input(() => this.engine.handleLinkClosed(link, reason));
  }

  // --- the tracker ---

  openTracker(): void {
    this.#tracker.open();
  }

  sendTracker(_url: string, text: string): void {
    this.#tracker.send(text);
  }

  closeTracker(): void {
    this.#tracker.close();
  }

  handleTracker(packet: Packet): void {
    this.#tracker.hear(wordOf(packet));
  }

  handleTrackerOpened(url: string): void {
    this.#input(() => this.engine.handleTrackerOpened(url));
  }

  handleTrackerMessage(url: string, text: string): void {
    this.#input(() => this.engine.handleTrackerMessage(url, text));
  }

  handleTrackerClosed(url: string): void {
    this.#input(() => this.engine.handleTrackerClosed(url));
  }

  // --- hashes and storage ---

  hash(
    request: number,
    _torrent: TorrentId,
    piece: number,
    kind: HashKind,
    data: Uint8Array,
    padding: number,
  ): void {
    const { content } = this.#world;
    const digest = content.digest(piece, kind, data, padding);
    if (!content.isTrue(piece, data)) this.#world.handleBadPiece(this, this.#culpritsOf(piece, data));
    this.clock.after(HASH_DELAY + (data.length * 1000) / HASH_RATE, () => {
      this.#input(() => this.engine.handleHashed(request, digest));
    });
  }

  #culpritsOf(piece: number, data: Uint8Array): number[] {
    const partial = this.engine.inspect(this.#torrent).pieces?.received.get(piece);
    const bad = this.#world.content.badBlocks(piece, data);
    const links = new Set(bad.map((block) => partial?.senderOf(block) ?? null));
    return [...links].flatMap((link) => (link === null ? [] : [this.attachment.remoteOf(link)]));
  }

  store(torrent: TorrentId, piece: number, data: Uint8Array): void {
    const { content } = this.#world;
    const full = this.#diskUsed + data.length > this.#disk.room * content.info.size;
    if (!full) this.#diskUsed += data.length;
    this.#useDisk(data.length, () => {
      if (full) {
        const failure: PieceFailure = { code: "storage/full", detail: "" };
        this.#input(() => this.engine.handleStored(torrent, piece, failure));
        return;
      }
      if (!content.isTrue(piece, data)) this.corruptStored++;
      this.#keep(piece);
      this.#input(() => this.engine.handleStored(torrent, piece, null));
    });
  }

  #keep(piece: number): void {
    if (this.stored[piece] === 1) return;
    this.stored[piece] = 1;
    const before = Math.floor((this.storedCount * 100) / this.stored.length);
    this.storedCount++;
    const after = Math.floor((this.storedCount * 100) / this.stored.length);
    this.milestones.fill(this.now(), before + 1, after + 1);
    this.#mix(piece);
    this.#world.handleStored(this, piece);
  }

  read(request: number, _torrent: TorrentId, piece: number): void {
    const data = this.#world.content.piece(piece);
    this.#useDisk(data.length, () => this.#input(() => this.engine.handleRead(request, data, null)));
  }

  #useDisk(bytes: number, done: () => void): void {
    const { clock } = this;
    this.#diskFreeAt = Math.max(clock.now, this.#diskFreeAt) + (bytes * 1000) / this.#disk.rate;
    clock.at(this.#diskFreeAt + DISK_DELAY, done);
  }

  saveRecord(): void {}

  deleteTorrent(): void {}

  log(): void {}
}

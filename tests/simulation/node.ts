/**
 * One simulated host: a virtual host in the network of packets, whose disk keeps only which pieces are stored, as
 * thousands share the same few. Keeps when each share of the content was, and compares every stored piece with the truth.
 */
import type { Engine } from "../../app/engine/engine.ts";
import type { HashKind, TorrentId } from "../../app/engine/host.ts";
import type { LinkEnd, LinkId } from "../../app/engine/link.ts";
import type { ComparisonPolicy } from "../../app/engine/swarm/peers/comparison-policy.ts";
import type { Random } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { type PieceShelf, VirtualDisk } from "../support/virtual-disk.ts";
import { type HostWatcher, VirtualHost } from "../support/virtual-host.ts";
import type { Attachment, Line } from "./attachment.ts";
import { CACHE_BYTES } from "./constants.ts";
import type { Content } from "./content.ts";
import { KeptPieces } from "./kept-pieces.ts";
import type { Network } from "./network.ts";
import type { Group } from "./scenarios.ts";
import { tamperingOf } from "./tampering.ts";

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
  /** What it has of what the sender tells: nothing, the link's commitment, or all of it. */
  readonly told: "nothing" | "hash" | "about";
  readonly random: Random;
  readonly policy?: ComparisonPolicy;
}

const TRACKER = "wss://tracker";

export class SimulatedNode implements HostWatcher {
  readonly number: number;
  readonly group: Group;
  readonly line: Line;
  readonly host: VirtualHost;
  readonly engine: Engine;
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
  /** Blocks sent that are not parts of the true pieces. */
  wrongSent: number;
  /** Pieces that its storage lost. Others may not have heard of it. */
  readonly lost: Set<number>;
  /** The pieces that it kept of an earlier run; null when it comes for the first time. */
  readonly kept: KeptPieces | null;
  /** Hash over everything that happened here so far. */
  trace: number;
  readonly #world: NodeWorld;
  readonly #options: NodeOptions;
  #torrent: TorrentId;

  constructor(world: NodeWorld, options: NodeOptions) {
    const { number, random, group, policy } = options;
    const { pieceCount } = world.content.info;
    this.#world = world;
    this.#options = options;
    this.number = number;
    this.clock = new VirtualClock(options.joinsAt);
    this.trace = number;
    this.group = group;
    this.line = group.line;
    this.joinedAt = options.joinsAt;
    this.leftAt = Number.POSITIVE_INFINITY;
    this.stored = new Uint8Array(pieceCount).fill(options.have === "all" ? 1 : 0);
    this.storedCount = options.have === "all" ? pieceCount : 0;
    this.milestones = new Float64Array(101).fill(options.have === "all" ? 0 : Number.POSITIVE_INFINITY);
    this.corruptStored = 0;
    this.wrongSent = 0;
    this.lost = new Set();
    this.kept = group.kept === undefined ? null : new KeptPieces(world.content, group.kept, random.child(3));
    for (const piece of this.kept?.pieces ?? []) this.stored[piece] = 1;
    this.storedCount += this.kept?.pieces.length ?? 0;
    const before = Math.floor((this.storedCount * 100) / pieceCount);
    if (this.kept !== null) this.milestones.fill(options.joinsAt, 0, before + 1);
    this.#torrent = "";
    this.host = this.#makeHost();
    this.host.tampering = tamperingOf(group.behaviour ?? "honest", pieceCount, random.child(1));
    const peerId = Uint8Array.from("-SH0100-xxxxxxxxxxxx", (character, at) =>
      at < 8 ? character.charCodeAt(0) : Math.floor(random.next() * 256),
    );
    this.attachment = world.network.attach(number, this.line, this.host, this.clock, random.child(2));
    this.host.network = this.attachment;
    this.engine = this.host.makeEngine(peerId, {
      version: "simulated",
      cacheBytes: CACHE_BYTES,
      ...(policy === undefined ? {} : { policy }),
    });
  }

  #makeHost(): VirtualHost {
    const { group, random } = this.#options;
    const { content } = this.#world;
    const shelf: PieceShelf = {
      get: (piece) => (this.kept === null ? content.piece(piece) : this.kept.read(piece)),
      set: (piece, data) => this.#keep(piece, data),
      delete: (piece) => this.#lose(piece),
    };
    const { rate, room = Number.POSITIVE_INFINITY } = group.disk ?? {};
    const disk = new VirtualDisk(this.clock, {
      shelf,
      room: room * content.info.size,
      ...(rate === undefined ? {} : { rate }),
    });
    return new VirtualHost(this.clock, () => random.next(), {
      disk,
      digest: (piece, kind, data, padding) => this.#digest(piece, kind, data, padding),
      watcher: this,
      keepsNoLog: true,
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
    const { knows, told, random } = this.#options;
    const have = this.kept?.bits ?? this.#options.have;
    const record = content.record(knows, [TRACKER], told);
    this.clock.at(this.joinedAt, () =>
      this.host.input((engine) => {
        this.#torrent = engine.addTorrent({ record, have });
      }),
    );
    this.host.tick(tickInterval, random.next() * tickInterval);
  }

  /** Says goodbye. */
  leave(): void {
    if (!this.present) return;
    this.host.input((engine) => engine.stop());
    this.#go();
  }

  /** Goes without a word; the tracker finds its socket broken. */
  vanish(): void {
    if (!this.present) return;
    this.#go();
    this.attachment.vanish();
  }

  #go(): void {
    this.leftAt = this.clock.now;
    this.host.stop();
  }

  // --- what its host tells ---

  handleInput(): void {
    this.#mix(Math.floor(this.clock.now * 1000));
    this.#world.handleInput(this);
  }

  handleBlock(header: Uint8Array, block: Uint8Array): void {
    const fields = new DataView(header.buffer, header.byteOffset);
    if (!this.#world.content.isTruePart(fields.getUint32(5), fields.getUint32(9), block)) this.wrongSent++;
  }

  handleLinkEnd(link: LinkId, reason: LinkEnd): void {
    this.#world.handleLinkEnd(this, link, reason);
  }

  #mix(value: number): void {
    const mixed = Math.imul(this.trace ^ value, 0x85ebca6b);
    this.trace = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  }

  #digest(piece: number, kind: HashKind, data: Uint8Array, padding: number): Uint8Array {
    const { content } = this.#world;
    if (!content.isTrue(piece, data)) this.#world.handleBadPiece(this, this.#culpritsOf(piece, data));
    return content.digest(piece, kind, data, padding);
  }

  #culpritsOf(piece: number, data: Uint8Array): number[] {
    const partial = this.engine.inspect(this.#torrent).pieces?.received.get(piece);
    const bad = this.#world.content.badBlocks(piece, data);
    const links = new Set(bad.map((block) => partial?.senderOf(block) ?? null));
    return [...links].flatMap((link) => (link === null ? [] : [this.attachment.remoteOf(link)]));
  }

  #lose(piece: number): void {
    if (this.stored[piece] === 0) return;
    this.stored[piece] = 0;
    this.lost.add(piece);
    this.storedCount--;
    this.#mix(~piece);
  }

  #keep(piece: number, data: Uint8Array): void {
    if (!this.#world.content.isTrue(piece, data)) this.corruptStored++;
    this.kept?.mend(piece);
    if (this.stored[piece] === 1) return;
    this.stored[piece] = 1;
    const before = Math.floor((this.storedCount * 100) / this.stored.length);
    this.storedCount++;
    const after = Math.floor((this.storedCount * 100) / this.stored.length);
    // A piece that was lost and comes again counts once.
    for (let mark = before + 1; mark <= after; mark++)
      this.milestones[mark] = Math.min(this.milestones[mark]!, this.clock.now);
    this.#mix(piece);
    this.#world.handleStored(this, piece);
  }
}

/**
 * One engine with one torrent on a stage, and strangers who speak to it by hand. What it says to each is drawn in
 * words ("request 2.0-3": blocks 0 to 3 of piece 2), so that tests read like conversations.
 */
import { bytesToBinaryString } from "../../../app/engine/discovery/tracker-messages.ts";
import type { Engine } from "../../../app/engine/engine.ts";
import type { TorrentId, TorrentRecord } from "../../../app/engine/host.ts";
import type { LinkEnd, LinkId } from "../../../app/engine/link.ts";
import { type ComparisonPolicy, DEFAULT_POLICY } from "../../../app/engine/swarm/peers/comparison-policy.ts";
import {
  encodeBitfield,
  encodeExtended,
  encodeHaveAll,
  encodeHaveNone,
  encodePiece,
  encodeUnchoke,
} from "../../../app/engine/wire/encode.ts";
import { type AboutOffer, encodeExtensionHandshake } from "../../../app/engine/wire/extended.ts";
import { encodeHandshake, type HandshakeExtensions } from "../../../app/engine/wire/handshake.ts";
import type { Message } from "../../../app/engine/wire/message.ts";
import { MessageReader } from "../../../app/engine/wire/message-reader.ts";
import { seededRandom } from "../../support/random.ts";
import type { SampleContent } from "../../support/sample-content.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";
import { type HostNetwork, quietNetwork, VirtualHost } from "../../support/virtual-host.ts";
import {
  draw,
  drawRange,
  THEIR_ABOUT,
  THEIR_DONT_HAVE,
  THEIR_RECEIVED,
  THEIR_UT_METADATA,
} from "./drawing.ts";

/** As after some blocks have come: pieces of four blocks are asked for in one go. */
const ROOMY: ComparisonPolicy = { ...DEFAULT_POLICY, firstWindow: 131_072 };

export const TRACKER = "wss://tracker.example/";
export const BLOCK = 16_384;

/** The number under which the engine wants to be told which blocks came. */
export const OUR_RECEIVED = 5;
/** The number under which the engine wants to be told that a peer lost a piece. */
export const OUR_DONT_HAVE = 2;

/** A peer id of 20 characters; they sort as the names do. */
export function idOf(name: string): string {
  return `-XX0000-${name}`.padEnd(20, "_");
}

/** "x.x." to a bitfield. */
export function bitsOf(picture: string): Uint8Array {
  const bits = new Uint8Array(Math.ceil(picture.length / 8));
  for (const [piece, mark] of [...picture].entries()) {
    if (mark === "x") bits[piece >> 3]! |= 0x80 >> (piece & 7);
  }
  return bits;
}

/** The inverse. */
export function pictureOf(bits: Uint8Array, length: number): string {
  return Array.from({ length }, (_, piece) => (bits[piece >> 3]! & (0x80 >> (piece & 7)) ? "x" : ".")).join(
    "",
  );
}

export interface StageOptions {
  /** What is stored: "all", or a picture. */
  readonly have?: "all" | string;
  readonly knows?: "torrent" | "link";
  readonly record?: Partial<TorrentRecord>;
  readonly seed?: number;
  readonly policy?: ComparisonPolicy;
  /** Enough is asked of each peer at once for pictures of whole pieces. */
  readonly roomy?: true;
}

export interface StrangerOptions {
  /** What it has: a picture, "all", or "silent": it does not say. */
  readonly has?: "all" | "none" | "silent" | string;
  readonly extensions?: Partial<HandshakeExtensions>;
  /** The info-hash that it names; the torrent's first when left out. */
  readonly infoHash?: Uint8Array;
  /** Announced in its extension handshake. */
  readonly metadataSize?: number;
  /** The about that it says it has. It then speaks sh_about. */
  readonly about?: AboutOffer;
  readonly maxBlock?: number;
  readonly reqq?: number;
  /** It wants to know which of its blocks came. */
  readonly hearsReceived?: true;
  readonly unchokes?: boolean;
  /** It has brought a good piece before: it is not on probation, as newcomers are. */
  readonly proven?: true;
  /** Who it is told to be by the tracker, where that differs from what it says itself. */
  readonly introducedAs?: string;
}

export class Stage {
  readonly content: SampleContent;
  readonly clock: VirtualClock;
  readonly host: VirtualHost;
  readonly engine: Engine;
  readonly id: TorrentId;
  readonly strangers: Map<LinkId, Stranger>;
  /** Links that the engine asked to be made, and has not closed. */
  readonly dialing: Set<LinkId>;
  /** What was sent to the tracker. */
  readonly announced: Record<string, unknown>[];
  #answering: LinkId;

  constructor(content: SampleContent, options: StageOptions = {}) {
    this.content = content;
    this.clock = new VirtualClock();
    this.strangers = new Map();
    this.dialing = new Set();
    this.announced = [];
    this.#answering = 0;
    this.host = new VirtualHost(this.clock, seededRandom(options.seed ?? 1));
    this.host.network = this.#network();
    const peerId = Uint8Array.from(idOf("M"), (each) => each.charCodeAt(0));
    const { roomy, policy = roomy ? ROOMY : DEFAULT_POLICY } = options;
    this.engine = this.host.makeEngine(peerId, { policy });
    const { have = "" } = options;
    const { pieceCount } = content.info;
    const record = content.record(options.knows ?? "torrent", { trackers: [TRACKER], ...options.record });
    for (let piece = 0; piece < pieceCount; piece++) {
      if (have === "all" || have[piece] === "x")
        this.host.piecesOf(record.id).set(piece, content.piece(piece));
    }
    this.id = this.engine.addTorrent({
      record,
      have: have === "all" ? "all" : bitsOf(have.padEnd(pieceCount, ".")),
    });
    this.host.tick();
    this.clock.run(0);
  }

  #network(): HostNetwork {
    return {
      ...quietNetwork(),
      createOffer: (link) => this.dialing.add(link),
      createAnswer: (link) => {
        this.dialing.add(link);
        this.#answering = link;
      },
      send: (link, bytes, block) => {
        const stranger = this.strangers.get(link)!;
        stranger.hear(block === null ? bytes : Buffer.concat([bytes, block]));
      },
      buffered: (link) => this.strangers.get(link)?.buffered ?? 0,
      closeLink: (link, reason) => {
        this.dialing.delete(link);
        const stranger = this.strangers.get(link);
        if (stranger !== undefined) stranger.closed = reason;
      },
      openTracker: (url) => this.clock.after(0, () => this.host.handleTrackerOpened(url)),
      sendTracker: (_, text) => this.announced.push(JSON.parse(text)),
    };
  }

  /** Lets time pass. */
  run(milliseconds: number): void {
    this.clock.run(milliseconds);
  }

  snapshot() {
    return this.engine.snapshot(this.id);
  }

  /** Which pieces are stored, as a picture. */
  get have(): string {
    return pictureOf(this.snapshot().have, this.content.info.pieceCount);
  }

  /** A link that a stranger offered and we answered is open; nothing is said yet. */
  open(name: string, options: StrangerOptions = {}): Stranger {
    const infoHash = bytesToBinaryString(this.#infoHash(options));
    this.engine.handleTrackerMessage(
      TRACKER,
      JSON.stringify({
        action: "announce",
        info_hash: infoHash,
        peer_id: idOf(options.introducedAs ?? name),
        offer_id: idOf("offer"),
        offer: { type: "offer", sdp: "sdp" },
      }),
    );
    return this.#opened(name, this.#answering, options);
  }

  #infoHash(options: StrangerOptions): Uint8Array {
    const { infoHashV1, infoHashV2 } = this.content.info;
    return options.infoHash ?? infoHashV2?.subarray(0, 20) ?? infoHashV1!;
  }

  #opened(name: string, link: LinkId, options: StrangerOptions): Stranger {
    if (!this.dialing.delete(link)) throw new Error(`${name} is not let in`);
    const stranger = new Stranger(this, name, link, this.#infoHash(options), options);
    this.strangers.set(link, stranger);
    this.host.handleAnswer(link, "sdp");
    this.host.handleLinkOpened(link);
    return stranger;
  }

  /** As `open`, and the stranger has said the usual: handshakes, extensions, what it has. */
  meet(name: string, options: StrangerOptions = {}): Stranger {
    const stranger = this.open(name, options);
    stranger.greet();
    return stranger;
  }
}

export class Stranger {
  readonly name: string;
  readonly link: LinkId;
  closed: LinkEnd | null;
  /** Bytes that the link has not sent yet, as the engine is told. */
  buffered: number;
  readonly #stage: Stage;
  readonly #infoHash: Uint8Array;
  readonly #options: StrangerOptions;
  readonly #reader: MessageReader;
  #heard: Message[];

  constructor(stage: Stage, name: string, link: LinkId, infoHash: Uint8Array, options: StrangerOptions) {
    this.name = name;
    this.link = link;
    this.closed = null;
    this.buffered = 0;
    this.#stage = stage;
    this.#infoHash = infoHash;
    this.#options = options;
    this.#reader = new MessageReader({ maxMessage: 300_000, maxBitfield: 10_000 });
    this.#heard = [];
  }

  hear(bytes: Uint8Array): void {
    if (this.closed !== null) throw new Error(`${this.name} is spoken to after its link was closed`);
    this.#reader.push(bytes.slice());
    for (let message = this.#reader.next(); message !== null; message = this.#reader.next())
      this.#heard.push(message);
  }

  say(...messages: Uint8Array[]): void {
    for (const message of messages)
      if (this.closed === null) this.#stage.engine.handleBytes(this.link, message);
  }

  sayHandshake(): void {
    const extensions = { extended: true, fast: true, v2: true, dht: false, ...this.#options.extensions };
    const peerId = Uint8Array.from(idOf(this.name), (each) => each.charCodeAt(0));
    this.say(encodeHandshake({ infoHash: this.#infoHash, peerId, extensions }));
  }

  greet(): void {
    const { has = "all", extensions, metadataSize = null, maxBlock = null, reqq = null } = this.#options;
    const { about = null } = this.#options;
    this.sayHandshake();
    const peer = this.#stage.engine.inspect(this.#stage.id).peers.get(this.link);
    if (peer !== undefined && this.#options.proven) peer.trial.proven = true;
    const m = {
      ut_metadata: THEIR_UT_METADATA,
      lt_donthave: THEIR_DONT_HAVE,
      ...(this.#options.hearsReceived && { sh_received: THEIR_RECEIVED }),
      ...(about !== null && { sh_about: THEIR_ABOUT }),
    };
    if (extensions?.extended !== false) {
      const said = { m, metadataSize, reqq, v: this.name, uploadOnly: false, maxBlock, about };
      this.say(encodeExtended(0, encodeExtensionHandshake(said)));
    }
    if (has === "all" && extensions?.fast !== false) this.say(encodeHaveAll());
    else if (has === "none") this.say(encodeHaveNone());
    else if (has === "all") this.say(encodeBitfield(bitsOf("x".repeat(this.#stage.content.info.pieceCount))));
    else if (has !== "silent") this.say(encodeBitfield(bitsOf(has)));
    if (this.#options.unchokes ?? true) this.say(encodeUnchoke());
  }

  /** Messages heard since last asked. */
  takeMessages(): Message[] {
    return this.#heard.splice(0);
  }

  /** The same drawn, without the greeting. */
  heard(): string[] {
    const greeting = /^(handshake|extensions|bitfield|have-all|have-none|interested|unchoke)/;
    return this.takeMessages()
      .map(draw)
      .filter((line) => !greeting.test(line));
  }

  /** Everything heard, drawn. */
  heardAll(): string[] {
    return this.takeMessages().map(draw);
  }

  /** Sends blocks of a piece, each in a message of its own, `damaged` ones with a flipped byte. */
  sendBlocks(piece: number, first: number, count: number, damaged: readonly number[] = []): void {
    const data = this.#stage.content.piece(piece);
    for (let block = first; block < first + count; block++) {
      const bytes = data.slice(block * BLOCK, (block + 1) * BLOCK);
      if (damaged.includes(block)) bytes[0]! ^= 0xff;
      this.say(encodePiece(piece, block * BLOCK, bytes));
    }
  }

  /** Answers every request heard since last asked; tells which. */
  serve(damaged: (piece: number, block: number) => boolean = () => false): string[] {
    const lines: string[] = [];
    for (const message of this.takeMessages()) {
      if (message.type !== "request") continue;
      lines.push(drawRange(message));
      const { piece, begin, length } = message;
      const bytes = this.#stage.content.piece(piece).slice(begin, begin + length);
      if (damaged(piece, begin / BLOCK)) bytes[0]! ^= 0xff;
      this.say(encodePiece(piece, begin, bytes));
    }
    return lines;
  }

  /** The connection breaks. */
  leave(): void {
    this.closed = "remote-closed";
    this.#stage.engine.handleLinkClosed(this.link, "remote-closed");
  }
}

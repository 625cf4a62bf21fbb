/**
 * Several engines in one virtual world: links with a delay and a rate, and one tracker, which is the server's own
 * swarm state. Deterministic: the same seed gives the same run.
 */
import { Engine } from "../../app/engine/engine.ts";
import type { ConnectionLimits, TorrentId } from "../../app/engine/host.ts";
import type { LinkEnd, LinkId } from "../../app/engine/link.ts";
import { CONNECTION_LIMITS } from "../../app/page/constants.ts";
import { defaultLimits } from "../../signaling/constants.ts";
import { parseClientMessage } from "../../signaling/protocol.ts";
import { type Outcome, SwarmState } from "../../signaling/swarm-state.ts";
import { seededRandom } from "./random.ts";
import type { SampleContent } from "./sample-content.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { VirtualHost, type World } from "./virtual-host.ts";

export const TRACKER = "wss://tracker.example/";

/** Bytes queued at which a link counts as drained. */
const LOW_WATER = 16_384;

/** What lies between the nodes. */
export interface Lines {
  /** Milliseconds one way. */
  readonly delay: number;
  /** Bytes a millisecond that one connection carries each way. */
  readonly rate: number;
  /** Bytes a millisecond that one node sends, over all its connections. */
  readonly uplink: number;
}

const near: Lines = { delay: 5, rate: 20_000, uplink: Infinity };

/** One end of a connection. */
interface End {
  readonly host: VirtualHost;
  readonly link: LinkId;
  other: End | null;
  open: boolean;
  closed: boolean;
  buffered: number;
  /** Bytes buffered at which the engine hears that some have left: the worker's rule. */
  low: number;
  /** When the line is free again. */
  freeAt: number;
}

export class VirtualNode {
  readonly name: string;
  readonly host: VirtualHost;
  readonly engine: Engine;

  constructor(name: string, host: VirtualHost, engine: Engine) {
    this.name = name;
    this.host = host;
    this.engine = engine;
  }

  /** Adds a sample, wholly stored ("all"), from a link, or with its description only. */
  add(content: SampleContent, start: "seed" | "link" | "torrent"): TorrentId {
    const record = content.record(start === "link" ? "link" : "torrent", { trackers: [TRACKER] });
    if (start === "seed") {
      for (let piece = 0; piece < content.info.pieceCount; piece++)
        this.host.piecesOf(record.id).set(piece, content.piece(piece));
    }
    return this.engine.addTorrent({ record, have: start === "seed" ? "all" : "none" });
  }

  /** Whether everything is stored, byte for byte. */
  has(content: SampleContent, id: TorrentId): boolean {
    if (!this.engine.snapshot(id).complete) return false;
    const stored = this.host.piecesOf(id);
    for (let piece = 0; piece < content.info.pieceCount; piece++) {
      const bytes = stored.get(piece);
      if (bytes === undefined || Buffer.compare(bytes, content.piece(piece)) !== 0) return false;
    }
    return true;
  }
}

export class VirtualNetwork implements World {
  readonly clock: VirtualClock;
  readonly nodes: VirtualNode[];
  /** Changes bytes on their way; for faults. */
  tamper: ((from: VirtualHost, bytes: Uint8Array) => Uint8Array) | null;
  /** Whether the tracker can be reached. */
  trackerUp: boolean;
  readonly #random: () => number;
  readonly #lines: Lines;
  /** When each node's uplink is free again. */
  readonly #uplinks: Map<VirtualHost, number>;
  readonly #ends: Map<VirtualHost, Map<LinkId, End>>;
  readonly #swarms: SwarmState<VirtualHost>;
  readonly #sockets: Set<VirtualHost>;
  /** Stopped without a word: nothing leaves them, and nothing is read. */
  readonly #silent: Set<VirtualHost>;

  constructor(seed = 1, lines: Partial<Lines> = {}) {
    this.clock = new VirtualClock();
    this.nodes = [];
    this.tamper = null;
    this.trackerUp = true;
    this.#random = seededRandom(seed);
    this.#lines = { ...near, ...lines };
    this.#uplinks = new Map();
    this.#ends = new Map();
    this.#sockets = new Set();
    this.#silent = new Set();
    this.#swarms = new SwarmState({
      limits: defaultLimits,
      random: this.#random,
      acceptsOffers: (host) => this.#sockets.has(host),
    });
  }

  add(name: string, connections: ConnectionLimits = CONNECTION_LIMITS.desktop): VirtualNode {
    const random = seededRandom(Math.floor(this.#random() * 2 ** 31));
    const host = new VirtualHost(this.clock, this, random);
    const peerId = Uint8Array.from(`-SH0100-${name}`.padEnd(20, "_"), (each) => each.charCodeAt(0));
    const engine = new Engine(host, { peerId, secret: peerId, version: "1", connections });
    host.engine = engine;
    this.#ends.set(host, new Map());
    const node = new VirtualNode(name, host, engine);
    this.nodes.push(node);
    const tick = () => {
      if (!this.#silent.has(host)) engine.handleTick();
      this.clock.after(100, tick);
    };
    tick();
    return node;
  }

  drive(until: () => boolean, limit: number, why: string): void {
    this.clock.drive(until, limit, why);
  }

  /** Links of a host that are neither closed nor given up. */
  linksOf(node: VirtualNode): number {
    return [...this.#ends.get(node.host)!.values()].filter((end) => !end.closed).length;
  }

  /** Nothing that is sent on a connection leaves any more. */
  stall(node: VirtualNode, link: LinkId): void {
    this.#ends.get(node.host)!.get(link)!.freeAt = Infinity;
  }

  /** A connection breaks, at both its ends. */
  breakLink(node: VirtualNode, link: LinkId): void {
    const end = this.#ends.get(node.host)!.get(link)!;
    for (const each of [end, end.other!]) this.#break(each, "remote-closed");
  }

  /** Links that are open, of all nodes. */
  get openLinks(): number {
    return this.nodes.reduce(
      (sum, { host }) => sum + [...this.#ends.get(host)!.values()].filter((end) => end.open).length,
      0,
    );
  }

  #end(host: VirtualHost, link: LinkId): End {
    const ends = this.#ends.get(host)!;
    let end = ends.get(link);
    if (end === undefined) {
      end = { host, link, other: null, open: false, closed: false, buffered: 0, low: 0, freeAt: 0 };
      ends.set(link, end);
    }
    return end;
  }

  createOffer(host: VirtualHost, link: LinkId): void {
    this.#end(host, link);
    const node = this.nodes.findIndex((each) => each.host === host);
    this.clock.after(this.#lines.delay, () => {
      if (!this.#end(host, link).closed) host.engine.handleOffer(link, `${node}/${link}`);
    });
  }

  createAnswer(host: VirtualHost, link: LinkId, sdp: string): void {
    const end = this.#end(host, link);
    const [node, theirs] = sdp.split("/").map(Number);
    const other = this.#end(this.nodes[node!]!.host, theirs!);
    this.clock.after(this.#lines.delay, () => {
      if (end.closed) return;
      // Whoever offered knows this end by the answer that it gets.
      host.engine.handleAnswer(link, `${this.nodes.findIndex((each) => each.host === host)}/${link}`);
    });
    // Nobody accepts the answer: the attempt is given up.
    this.clock.after(15_000, () => {
      if (end.closed || end.open) return;
      end.closed = true;
      host.engine.handleLinkClosed(link, "connect-timeout");
    });
    end.other = other;
  }

  acceptAnswer(host: VirtualHost, link: LinkId, sdp: string): void {
    const end = this.#end(host, link);
    const [node, theirs] = sdp.split("/").map(Number);
    const other = this.#end(this.nodes[node!]!.host, theirs!);
    end.other = other;
    this.clock.after(4 * this.#lines.delay, () => {
      if (end.closed || other.closed) {
        for (const each of [end, other]) this.#break(each, "connect-failed");
        return;
      }
      for (const each of [end, other]) {
        each.open = true;
        each.host.engine.handleLinkOpened(each.link, { maxMessageLength: 262_144 });
      }
    });
  }

  #break(end: End, reason: LinkEnd): void {
    if (end.closed || this.#silent.has(end.host)) return;
    end.closed = true;
    end.open = false;
    end.host.engine.handleLinkClosed(end.link, reason);
  }

  send(host: VirtualHost, link: LinkId, bytes: Uint8Array): void {
    const end = this.#end(host, link);
    if (!end.open) throw new Error(`link ${link} is not open and is sent on`);
    const copy = this.tamper?.(host, bytes) ?? bytes.slice();
    end.buffered += bytes.length;
    end.low = Math.max(LOW_WATER, end.buffered / 2);
    if (end.freeAt === Infinity) return;
    const { delay, rate, uplink } = this.#lines;
    end.freeAt = Math.max(end.freeAt, this.clock.now) + bytes.length / rate;
    const sentAt = Math.max(end.freeAt, (this.#uplinks.get(host) ?? 0) + bytes.length / uplink);
    this.#uplinks.set(host, sentAt);
    this.clock.after(end.freeAt - this.clock.now, () => {
      const before = end.buffered;
      end.buffered -= bytes.length;
      if (end.open && before > end.low && end.buffered <= end.low) host.engine.handleDrained(link);
    });
    this.clock.after(sentAt - this.clock.now + delay, () => {
      const other = end.other!;
      if (this.#silent.has(host) || this.#silent.has(other.host)) return;
      if (other.open) other.host.engine.handleBytes(other.link, copy);
    });
  }

  buffered(host: VirtualHost, link: LinkId): number {
    return this.#end(host, link).buffered;
  }

  closeLink(host: VirtualHost, link: LinkId): void {
    const end = this.#end(host, link);
    const wasOpen = end.open;
    end.closed = true;
    end.open = false;
    const { other } = end;
    const left = end.freeAt === Infinity ? 0 : Math.max(0, end.freeAt - this.clock.now);
    if (wasOpen && other !== null)
      this.clock.after(left + this.#lines.delay, () => this.#break(other, "remote-closed"));
  }

  openTracker(host: VirtualHost, url: string): void {
    this.clock.after(this.#lines.delay, () => {
      if (!this.trackerUp) {
        host.engine.handleTrackerClosed(url);
        return;
      }
      this.#sockets.add(host);
      host.engine.handleTrackerOpened(url);
    });
  }

  sendTracker(host: VirtualHost, _url: string, text: string): void {
    this.clock.after(this.#lines.delay, () => {
      const message = parseClientMessage(text, defaultLimits);
      if (message.kind === "announce")
        this.#deliver(this.#swarms.handleAnnounce(host, message, this.clock.now));
      else if (message.kind === "answer")
        this.#deliver(this.#swarms.handleAnswer(host, message, this.clock.now));
      else if (message.kind === "signal")
        this.#deliver(this.#swarms.handleSignal(host, message, this.clock.now));
      else throw new Error(`the tracker was sent ${text.slice(0, 200)}`);
    });
  }

  #deliver(outcome: Outcome<VirtualHost>): void {
    for (const { to, message } of outcome.deliveries) {
      this.clock.after(this.#lines.delay, () => {
        if (this.#sockets.has(to) && !this.#silent.has(to))
          to.engine.handleTrackerMessage(TRACKER, JSON.stringify(message));
      });
    }
  }

  closeTracker(host: VirtualHost): void {
    this.clock.after(this.#lines.delay, () => {
      this.#sockets.delete(host);
      this.#swarms.handleLeave(host, this.clock.now);
    });
  }

  /** The tracker goes down with all its sockets, or comes back. */
  setTracker(up: boolean): void {
    this.trackerUp = up;
    if (up) return;
    for (const host of [...this.#sockets]) {
      this.#sockets.delete(host);
      this.#swarms.handleLeave(host, this.clock.now);
      host.engine.handleTrackerClosed(TRACKER);
    }
  }

  /** A node stops from one moment to the next; its links and its socket stay open for all that others know. */
  silence(node: VirtualNode): void {
    this.#silent.add(node.host);
  }

  /** Peers in the tracker's swarms. */
  get announced(): number {
    return this.#swarms.connectionCount;
  }
}

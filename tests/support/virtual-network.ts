/**
 * Several nodes in one virtual world: connections with a delay and a rate, and trackers. Deterministic: the same seed
 * gives the same run.
 */
import type { Engine } from "../../app/engine/engine.ts";
import type { ConnectionLimits, TorrentId } from "../../app/engine/host.ts";
import type { LinkId } from "../../app/engine/link.ts";
import { CONNECTION_LIMITS } from "../../app/page/constants.ts";
import { Random } from "./random.ts";
import type { SampleContent } from "./sample-content.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { VirtualHost } from "./virtual-host.ts";
import { type Lines, Port, type PortNetwork } from "./virtual-port.ts";
import { VirtualTracker } from "./virtual-tracker.ts";

export const TRACKER = "wss://tracker.example/";

const near: Lines = { delay: 5, rate: 20_000, uplink: Infinity };

export class VirtualNode {
  readonly name: string;
  readonly port: Port;
  readonly host: VirtualHost;
  readonly engine: Engine;

  constructor(name: string, port: Port, host: VirtualHost, engine: Engine) {
    this.name = name;
    this.port = port;
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

export class VirtualNetwork implements PortNetwork {
  readonly clock: VirtualClock;
  readonly lines: Lines;
  readonly nodes: VirtualNode[];
  readonly #random: Random;
  readonly #trackers: Map<string, VirtualTracker>;
  readonly #ports: Port[];
  #trackersUp: boolean;

  constructor(seed = 1, lines: Partial<Lines> = {}) {
    this.clock = new VirtualClock();
    this.lines = { ...near, ...lines };
    this.nodes = [];
    this.#random = new Random(seed);
    this.#trackers = new Map();
    this.#ports = [];
    this.#trackersUp = true;
  }

  /** `commonTrackers`: as the engine takes them. */
  add(
    name: string,
    connections: ConnectionLimits = CONNECTION_LIMITS.desktop,
    commonTrackers: readonly string[] = [],
  ): VirtualNode {
    const number = this.nodes.length;
    const random = this.#random.child(number);
    const host = new VirtualHost(this.clock, () => random.next());
    const port = new Port(this, number, host);
    host.network = port;
    this.#ports.push(port);
    const peerId = Uint8Array.from(`-SH0100-${name}`.padEnd(20, "_"), (each) => each.charCodeAt(0));
    const node = new VirtualNode(name, port, host, host.makeEngine(peerId, { connections, commonTrackers }));
    this.nodes.push(node);
    host.tick();
    return node;
  }

  drive(until: () => boolean, limit: number, why: string): void {
    this.clock.drive(until, limit, why);
  }

  port(node: number): Port {
    return this.#ports[node]!;
  }

  // --- connections ---

  /** Links of a host that are neither closed nor given up. */
  linksOf(node: VirtualNode): number {
    return node.port.ends.length;
  }

  /** Links that are open, of all nodes. */
  get openLinks(): number {
    return this.#ports.flatMap(({ ends }) => ends).filter(({ state }) => state === "open").length;
  }

  /** Nothing that is sent on a connection leaves any more. */
  stall(node: VirtualNode, link: LinkId): void {
    node.port.end(link).freeAt = Infinity;
  }

  /** A connection breaks, at both its ends. */
  breakLink(node: VirtualNode, link: LinkId): void {
    const end = node.port.end(link);
    for (const each of [end, end.other!]) each.fail("remote-closed");
  }

  /** A node stops from one moment to the next; its links and its socket stay open for all that others know. */
  silence(node: VirtualNode): void {
    node.port.isSilent = true;
    node.host.stop();
  }

  // --- trackers ---

  tracker(url: string): VirtualTracker {
    let tracker = this.#trackers.get(url);
    if (tracker === undefined) {
      tracker = new VirtualTracker(
        this.clock,
        () => this.#random.next(),
        (host, word, time) => this.clock.at(time, () => this.port(host).hear(url, word)),
      );
      tracker.setUp(this.#trackersUp);
      this.#trackers.set(url, tracker);
    }
    return tracker;
  }

  /** All trackers go down with all their sockets, or come back. */
  setTrackers(up: boolean): void {
    this.#trackersUp = up;
    for (const tracker of this.#trackers.values()) tracker.setUp(up);
  }

  /** Peers in the tracker's swarms. */
  get announced(): number {
    return this.tracker(TRACKER).announced;
  }
}

/**
 * One run of a scenario: builds the hosts, lets virtual time pass until everyone who should be complete is, and
 * keeps what the figures are made of (figures.ts). The same scenario, options and seed give the same run, event for
 * event; `trace` is a hash over all of them.
 */
import type { LinkEnd, LinkId } from "../../app/engine/host.ts";
import type { Policy } from "../../app/engine/swarm/policy.ts";
import { Content } from "./content.ts";
import { EventQueue } from "./event-queue.ts";
import { kumarRossBound } from "./figures.ts";
import { Network } from "./network.ts";
import { type NodeWorld, SimulatedNode } from "./node.ts";
import { Random } from "./random.ts";
import type { Group, Scenario } from "./scenarios.ts";
import type { Behaviour } from "./tampering.ts";
import { SimulatedTracker } from "./tracker.ts";

export interface RunOptions {
  readonly seed: number;
  /** Besides the first seed. */
  readonly peers: number;
  readonly pieces: number;
  /** Bytes. */
  readonly pieceLength: number;
  /** How honest engines play; as people's do when left out. */
  readonly policy?: Policy;
}

/** Ends of links that say that the other did wrong. */
const PUNISHMENTS: ReadonlySet<LinkEnd> = new Set(["bad-piece", "unrequested-data", "protocol-error"]);

/** What one corrupter did to one victim. */
export interface Harm {
  /** Pieces that failed and that it had a part in, until the victim banned it. */
  badPieces: number;
  banned: boolean;
}

/** Milliseconds over which peers come when they all come at once. */
const JOIN_WITHIN = 1_000;

/** Milliseconds between a peer's last piece and its leave, so that it can tell its tracker. */
const LAST_WORDS = 500;

/** Bounds after which a run is given up, and milliseconds besides. */
const PATIENCE_BOUNDS = 20;
const PATIENCE = 600_000;

export class Simulation implements NodeWorld {
  readonly scenario: Scenario;
  readonly options: RunOptions;
  readonly events: EventQueue;
  readonly network: Network;
  readonly tracker: SimulatedTracker;
  readonly content: Content;
  readonly tickInterval: number;
  readonly nodes: SimulatedNode[];
  readonly firstSeed: SimulatedNode;
  /** Peers that should become complete. */
  readonly expected: SimulatedNode[];
  /** Milliseconds that the run takes at least. */
  readonly bound: number;
  /** Called after each input of each node; throws when something is wrong. */
  check: ((node: SimulatedNode) => void) | null;
  /** Bytes that the first seed had sent when the others together had a whole copy; null until then. */
  seedSentToSecondCopy: number | null;
  /** Times that an honest peer punished another: closed its link for bad, unrequested or malformed bytes. */
  honestPunished: number;
  /** Pieces that failed a hash check. */
  badPieces: number;
  /** What each corrupter cost each honest victim, by host numbers. */
  readonly harm: Map<string, Harm>;
  /** Why links were closed, by the engines. */
  readonly linkEnds: Map<LinkEnd, number>;
  #trace: number;
  readonly #random: Random;
  readonly #copied: Uint8Array;
  #copiedCount: number;
  #unfinished: number;

  constructor(scenario: Scenario, options: RunOptions) {
    this.scenario = scenario;
    this.options = options;
    this.#random = new Random(options.seed);
    this.events = new EventQueue();
    this.network = new Network(this.events, this.#random.child(1));
    this.tracker = new SimulatedTracker(this.events, this.#random.child(2));
    this.content = new Content(options.pieces, options.pieceLength, this.#random.child(3));
    this.tickInterval = options.peers > 300 ? 500 : 100;
    this.nodes = [];
    this.check = null;
    this.seedSentToSecondCopy = null;
    this.honestPunished = 0;
    this.badPieces = 0;
    this.harm = new Map();
    this.linkEnds = new Map();
    this.#trace = options.seed | 0;
    this.#copied = new Uint8Array(options.pieces);
    this.#copiedCount = 0;
    this.#unfinished = 0;
    this.expected = [];
    this.firstSeed = this.#add({ name: "seed", share: 0, line: scenario.seed }, "all");
    const groups = this.#draw(scenario.groups, options.peers);
    this.bound = kumarRossBound(
      this.content.info.size,
      scenario.seed.up,
      groups.map(({ line, disk, behaviour }) => ({
        up: gives(behaviour) ? line.up : 0,
        down: Math.min(line.down, disk?.rate ?? line.down),
      })),
    );
    this.#planJoins(groups);
    this.#planEvents();
  }

  /** Hash over all events so far. */
  get trace(): string {
    return (this.#trace >>> 0).toString(16).padStart(8, "0");
  }

  #add(group: Group, have: "all" | "none"): SimulatedNode {
    const node = new SimulatedNode(this, {
      group,
      have,
      knows: have === "all" ? "torrent" : (this.scenario.knows ?? "torrent"),
      random: this.#random.child(1000 + this.nodes.length),
      ...(this.options.policy === undefined ? {} : { policy: this.options.policy }),
    });
    this.nodes.push(node);
    node.start();
    return node;
  }

  #planJoins(groups: readonly Group[]): void {
    const { scenario, options, bound } = this;
    const over = scenario.joinOver === undefined ? JOIN_WITHIN : scenario.joinOver * bound;
    for (const [at, group] of groups.entries()) {
      if (group.incomplete === undefined) this.#unfinished++;
      this.events.at((over * at) / options.peers, () => this.#join(group));
    }
  }

  #join(group: Group): void {
    const node = this.#add(group, "none");
    if (group.incomplete === undefined) this.expected.push(node);
    if (group.stays === undefined) return;
    const random = this.#random.child(5 + this.nodes.length);
    const [least, most] = group.stays;
    const vanishes = random.next() < 0.5;
    this.events.after(random.between(least, most) * this.bound, () => {
      if (vanishes) node.vanish();
      else node.leave();
      this.#join(group);
    });
  }

  #planEvents(): void {
    const { scenario, bound, events } = this;
    if (scenario.partition !== undefined) {
      const [from, until] = scenario.partition;
      events.at(from * bound, () => this.network.split((host) => host % 2));
      events.at(until * bound, () => this.network.heal());
    }
    if (scenario.trackerDiesAt !== undefined)
      events.at(scenario.trackerDiesAt * bound, () => this.tracker.die());
  }

  /** Each peer's group: as many of each as its share says, in random order. */
  #draw(groups: readonly Group[], count: number): Group[] {
    const random = this.#random.child(4);
    const drawn: Group[] = [];
    let upTo = 0;
    for (const group of groups) {
      upTo += group.share;
      while (drawn.length < Math.round(upTo * count)) drawn.push(group);
    }
    for (let at = drawn.length - 1; at > 0; at--) {
      const other = Math.floor(random.next() * (at + 1));
      [drawn[at], drawn[other]] = [drawn[other]!, drawn[at]!];
    }
    return drawn;
  }

  /** Lets time pass until everyone who should be complete is, or hope is lost. */
  run(): void {
    const latest = PATIENCE_BOUNDS * this.bound + PATIENCE;
    while (this.#unfinished > 0 && this.events.now < latest && this.events.step());
  }

  // --- what nodes tell ---

  handleStored(node: SimulatedNode, piece: number): void {
    this.#mix(node.attachment.number, piece);
    if (this.#copied[piece] === 0) {
      this.#copied[piece] = 1;
      this.#copiedCount++;
      if (this.#copiedCount === this.#copied.length) this.#handleSecondCopy();
    }
    if (!node.isComplete || node.group.incomplete !== undefined) return;
    this.#unfinished--;
    if (this.scenario.leaveWhenComplete) this.events.after(LAST_WORDS, () => node.leave());
  }

  #handleSecondCopy(): void {
    this.seedSentToSecondCopy = this.firstSeed.attachment.sent;
    if (this.scenario.seedLeaves) this.events.after(0, () => this.firstSeed.leave());
  }

  handleBadPiece(victim: SimulatedNode, senders: readonly number[]): void {
    this.badPieces++;
    if (victim.group.behaviour !== undefined) return;
    for (const sender of new Set(senders)) {
      if (!isCorrupt(this.nodes[sender]!.group.behaviour)) continue;
      const pair = pairOf(victim, sender);
      const harm = this.harm.get(pair) ?? { badPieces: 0, banned: false };
      if (!harm.banned) harm.badPieces++;
      this.harm.set(pair, harm);
    }
  }

  handleLinkEnd(node: SimulatedNode, link: LinkId, reason: LinkEnd): void {
    this.linkEnds.set(reason, (this.linkEnds.get(reason) ?? 0) + 1);
    const remote = this.nodes[node.attachment.remoteOf(link)];
    if (PUNISHMENTS.has(reason) && isPlain(node) && remote !== undefined && isPlain(remote))
      this.honestPunished++;
    if (reason !== "bad-piece") return;
    const harm = this.harm.get(pairOf(node, node.attachment.remoteOf(link)));
    if (harm !== undefined) harm.banned = true;
  }

  handleInput(node: SimulatedNode): void {
    this.#mix(node.attachment.number, Math.floor(this.events.now * 1000));
    this.check?.(node);
  }

  #mix(a: number, b: number): void {
    this.#trace = Math.imul(this.#trace ^ a, 0x85ebca6b);
    this.#trace = Math.imul(this.#trace ^ (this.#trace >>> 13) ^ b, 0xc2b2ae35);
  }
}

function isPlain(node: SimulatedNode): boolean {
  return gives(node.group.behaviour);
}

function pairOf(victim: SimulatedNode, sender: number): string {
  return `${victim.attachment.number}<${sender}`;
}

/** Whether others can count on the peer's uplink. */
function gives(behaviour: Behaviour = "honest"): boolean {
  return behaviour === "honest" || behaviour === "small-blocks";
}

function isCorrupt(behaviour: Behaviour | undefined): boolean {
  return behaviour === "corrupt" || behaviour === "forge";
}

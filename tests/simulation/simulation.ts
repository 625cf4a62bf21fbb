/**
 * One run of a scenario, or the part of it whose hosts one thread runs: builds the hosts, lets virtual time pass until
 * everyone who should be complete is, and keeps what the figures are made of. The same scenario, options and seed give
 * the same run, event for event, in however many parts.
 */
import type { LinkEnd, LinkId } from "../../app/engine/link.ts";
import { Random } from "../support/random.ts";
import { TRACKER_DELAY } from "../support/virtual-tracker.ts";
import { Content } from "./content.ts";
import { happensAt } from "./downlink.ts";
import { kumarRossBound } from "./figures.ts";
import { ALONE, type Meeting, type News, type Place } from "./meeting.ts";
import { Network } from "./network.ts";
import { type NodeWorld, SimulatedNode } from "./node.ts";
import { type Packet, TRACKER_NUMBER } from "./packet.ts";
import { drawGroups, Roster } from "./roster.ts";
import type { RunOptions } from "./run-options.ts";
import { type Harm, merge, type PartReport, type RunReport, reportOf } from "./run-report.ts";
import type { Group, Scenario } from "./scenarios.ts";
import type { Behaviour } from "./tampering.ts";
import { SimulatedTracker } from "./tracker.ts";

/** Ends of links that say that the other did wrong. */
const PUNISHMENTS: ReadonlySet<LinkEnd> = new Set(["bad-piece", "unrequested-data", "protocol-error"]);

/** Milliseconds between a peer's last piece and its leave, so that it can tell its tracker. */
const LAST_WORDS = 500;

/** Bounds after which a run is given up, and milliseconds besides. */
const PATIENCE_BOUNDS = 20;
const PATIENCE = 600_000;

export class Simulation implements NodeWorld {
  readonly scenario: Scenario;
  readonly options: RunOptions;
  readonly network: Network;
  readonly content: Content;
  readonly tickInterval: number;
  /** By number: those of this part. */
  readonly nodes: SimulatedNode[];
  /** Milliseconds that the run takes at least. */
  readonly bound: number;
  /** Called after each input of each node; throws when something is wrong. */
  check: ((node: SimulatedNode) => void) | null;
  honestPunished: number;
  badPieces: number;
  /** What each corrupter cost each honest victim, by host numbers. */
  readonly harm: Map<string, Harm>;
  readonly #linkEnds: Map<LinkEnd, number>;
  readonly #place: Place;
  readonly #meeting: Meeting | null;
  readonly #roster: Roster;
  readonly #random: Random;
  /** What goes to other parts after this window, and when the first of it comes. */
  readonly #away: Packet[][];
  #awayNext: number;
  /** Pieces stored by a host of this part; by any. */
  readonly #storedHere: Uint8Array;
  readonly #storedAnywhere: Set<number>;
  #news: { stored: number[]; completed: number };
  /** The hosts but the first seed together have everything. */
  #hasSecondCopy: boolean;
  #seedSentToSecondCopy: number | null;
  #unfinished: number;
  /** Hosts that were complete once. A host may find later that its storage lost something. */
  readonly #completed: Set<SimulatedNode>;
  /** When something happens next anywhere. */
  #next: number;

  constructor(scenario: Scenario, options: RunOptions, place: Place = ALONE) {
    this.scenario = scenario;
    this.options = options;
    this.#place = place;
    this.#random = new Random(options.seed);
    this.content = new Content(options.pieces, options.pieceLength, this.#random.child(3));
    this.#meeting = place.meeting?.(this.content) ?? null;
    this.tickInterval = options.peers > 300 ? 500 : 100;
    this.nodes = [];
    this.check = null;
    this.honestPunished = 0;
    this.badPieces = 0;
    this.harm = new Map();
    this.#linkEnds = new Map();
    this.#away = Array.from({ length: place.parts }, () => []);
    this.#awayNext = Number.POSITIVE_INFINITY;
    this.#storedHere = new Uint8Array(options.pieces);
    this.#storedAnywhere = new Set();
    this.#news = { stored: [], completed: 0 };
    this.#hasSecondCopy = false;
    this.#seedSentToSecondCopy = null;
    this.#next = 0;
    this.#completed = new Set();
    const groups = drawGroups(scenario.groups, options.peers, this.#random.child(4));
    this.#unfinished = groups.filter(({ incomplete }) => incomplete === undefined).length;
    this.bound = boundOf(scenario, groups, this.content.info.size);
    this.#roster = new Roster(scenario, groups, this.bound, this.#random.child(5));
    this.network = this.#makeNetwork();
    if (place.part === 0) this.#addTracker();
    this.#add(0, "all", 0);
  }

  #makeNetwork(): Network {
    const { scenario, bound } = this;
    const [from = 0, until = 0] = scenario.partition ?? [];
    const cut = { from: from * bound, until: until * bound, side: (host: number) => host % 2 };
    const delay = Math.min(
      ...[scenario.seed, ...scenario.groups.map(({ line }) => line)].map((line) => line.delay),
    );
    const sendAway = (packet: Packet) => {
      this.#away[this.#partOf(packet.to)]!.push(packet);
      this.#awayNext = Math.min(this.#awayNext, happensAt(packet));
    };
    return new Network(
      delay + Math.min(delay, TRACKER_DELAY),
      scenario.partition === undefined ? null : cut,
      sendAway,
    );
  }

  #addTracker(): void {
    const { network, scenario, bound } = this;
    const tracker = new SimulatedTracker(network, this.#random.child(2));
    network.add(TRACKER_NUMBER, tracker);
    if (scenario.trackerDiesAt !== undefined)
      tracker.clock.at(scenario.trackerDiesAt * bound, () => tracker.die());
  }

  #partOf(host: number): number {
    return host === TRACKER_NUMBER ? 0 : host % this.#place.parts;
  }

  #add(number: number, have: "all" | "none", joinsAt: number): SimulatedNode | null {
    if (this.#partOf(number) !== this.#place.part) return null;
    const { policy } = this.options;
    const node = new SimulatedNode(this, {
      number,
      joinsAt,
      group: this.#roster.groupOf(number)!,
      have,
      knows: have === "all" ? "torrent" : (this.scenario.knows ?? "torrent"),
      told: this.scenario.tells ? (have === "all" ? "about" : "hash") : "nothing",
      random: this.#random.child(1000 + number),
      ...(policy === undefined ? {} : { policy }),
    });
    this.nodes[number] = node;
    node.start();
    return node;
  }

  #join(): void {
    const { number, at, leavesAt, vanishes } = this.#roster.take();
    const node = this.#add(number, "none", at);
    if (node === null || leavesAt === Number.POSITIVE_INFINITY) return;
    node.clock.at(leavesAt, () => (vanishes ? node.vanish() : node.leave()));
  }

  /** Those of this part that should become complete. */
  get expected(): SimulatedNode[] {
    return this.nodes.filter(({ number, group }) => number > 0 && group.incomplete === undefined);
  }

  /** Lets time pass until everyone who should be complete is, or hope is lost. */
  run(): void {
    const latest = PATIENCE_BOUNDS * this.bound + PATIENCE;
    while (this.#unfinished > 0 && this.network.now < latest && this.step());
  }

  /** One window, from the next event on. False when nothing will happen any more. */
  step(): boolean {
    const { network } = this;
    const start = Math.max(network.now, this.#next);
    if (start === Number.POSITIVE_INFINITY) return false;
    const end = start + network.lookahead;
    while (this.#roster.next < end) this.#join();
    network.run(end);
    this.#meet();
    return true;
  }

  /** Tells the others what happened here; then all know the same. */
  #meet(): void {
    const { network } = this;
    const news: News = { ...this.#news, next: Math.min(network.next, this.#awayNext) };
    this.#news = { stored: [], completed: 0 };
    this.#awayNext = Number.POSITIVE_INFINITY;
    const all = [news];
    if (this.#meeting !== null) {
      all.push(...this.#meeting.swap(this.#away, news, (packet) => network.deliver(packet)));
      for (const packets of this.#away) packets.length = 0;
    }
    this.#next = this.#roster.next;
    for (const { stored, completed, next } of all) {
      for (const piece of stored) this.#storedAnywhere.add(piece);
      this.#unfinished -= completed;
      this.#next = Math.min(this.#next, next);
    }
    if (this.#storedAnywhere.size === this.options.pieces && !this.#hasSecondCopy) this.#handleSecondCopy();
  }

  #handleSecondCopy(): void {
    this.#hasSecondCopy = true;
    const seed = this.nodes[0];
    if (seed !== undefined) this.#seedSentToSecondCopy = seed.attachment.sent;
    if (!this.scenario.seedLeaves) return;
    seed?.clock.after(0, () => seed.leave());
    this.#next = this.network.now;
  }

  // --- what nodes tell ---

  handleStored(node: SimulatedNode, piece: number): void {
    if (this.#storedHere[piece] === 0) {
      this.#storedHere[piece] = 1;
      this.#news.stored.push(piece);
    }
    if (!node.isComplete || node.group.incomplete !== undefined || this.#completed.has(node)) return;
    this.#completed.add(node);
    this.#news.completed++;
    if (this.scenario.leaveWhenComplete) node.clock.after(LAST_WORDS, () => node.leave());
  }

  handleBadPiece(victim: SimulatedNode, senders: readonly number[]): void {
    this.badPieces++;
    if (victim.group.behaviour !== undefined) return;
    for (const sender of new Set(senders)) {
      if (!isCorrupt(this.#roster.groupOf(sender)?.behaviour)) continue;
      const pair = pairOf(victim, sender);
      const harm = this.harm.get(pair) ?? { badPieces: 0, banned: false };
      if (!harm.banned) harm.badPieces++;
      this.harm.set(pair, harm);
    }
  }

  handleLinkEnd(node: SimulatedNode, link: LinkId, reason: LinkEnd): void {
    this.#linkEnds.set(reason, (this.#linkEnds.get(reason) ?? 0) + 1);
    const number = node.attachment.remoteOf(link);
    const remote = this.#roster.groupOf(number);
    if (
      PUNISHMENTS.has(reason) &&
      remote !== undefined &&
      gives(node.group.behaviour) &&
      gives(remote.behaviour)
    )
      this.honestPunished++;
    if (reason !== "bad-piece") return;
    const harm = this.harm.get(pairOf(node, number));
    if (harm !== undefined) harm.banned = true;
  }

  handleInput(node: SimulatedNode): void {
    this.check?.(node);
  }

  // --- what came of it ---

  partReport(): PartReport {
    return {
      hosts: this.nodes.filter(Boolean).map(reportOf),
      events: this.network.done,
      badPieces: this.badPieces,
      honestPunished: this.honestPunished,
      harms: [...this.harm.values()],
      linkEnds: [...this.#linkEnds],
      seedSentToSecondCopy: this.#seedSentToSecondCopy,
    };
  }

  /** Of the whole run; `others`: what the other parts reported. */
  report(others: readonly PartReport[] = []): RunReport {
    const { scenario, options, bound, content, network } = this;
    const run = { scenario, options, bound, size: content.info.size, end: network.now };
    return merge([this.partReport(), ...others], run);
  }
}

function boundOf(scenario: Scenario, groups: readonly Group[], size: number): number {
  const lines = groups.map(({ line, disk, behaviour }) => ({
    up: gives(behaviour) ? line.up : 0,
    down: Math.min(line.down, disk?.rate ?? line.down),
  }));
  return kumarRossBound(size, scenario.seed.up, lines);
}

function pairOf(victim: SimulatedNode, sender: number): string {
  return `${victim.number}<${sender}`;
}

/** Whether others can count on the peer's uplink. */
function gives(behaviour: Behaviour = "honest"): boolean {
  return behaviour === "honest" || behaviour === "small-blocks";
}

function isCorrupt(behaviour: Behaviour | undefined): boolean {
  return behaviour === "corrupt" || behaviour === "turncoat" || behaviour === "forge";
}

/** What is simulated: each scenario is a few lines of data. Rates are those of lines that people have. */
import type { Line } from "./attachment.ts";
import type { Keeping } from "./kept-pieces.ts";
import type { Behaviour } from "./tampering.ts";

/** A host's disk. */
export interface Disk {
  /** Bytes a second, read or written. */
  readonly rate: number;
  /** Share of the content that it holds. */
  readonly room: number;
}

export interface Group {
  readonly name: string;
  /** Part of all peers, the seed apart. */
  readonly share: number;
  readonly line: Line;
  readonly disk?: Disk;
  readonly behaviour?: Behaviour;
  /** The pieces that its peers have from an earlier run. */
  readonly kept?: Keeping;
  /** Its peers cannot or need not become complete. */
  readonly incomplete?: true;
  /** Its peers leave after a time between these, in parts of the bound, and a new one comes in the place of each. */
  readonly stays?: readonly [number, number];
}

/** Times are in parts of the run's bound (figures.ts), so that a scenario means the same for any size. */
export interface Scenario {
  readonly name: string;
  readonly sentence: string;
  readonly seed: Line;
  readonly groups: readonly Group[];
  /** What peers start from; the whole description when left out. */
  readonly knows?: "torrent" | "link";
  /** The sender tells something beside the info dictionary, and the link commits to it. */
  readonly tells?: true;
  /** Time over which peers join, one after the other; all within a second when left out. */
  readonly joinOver?: number;
  /** The first seed goes as soon as the others together have a copy. */
  readonly seedLeaves?: true;
  /** Peers go as soon as they are complete. */
  readonly leaveWhenComplete?: true;
  /** When every second host is cut off from the others, and until when. */
  readonly partition?: readonly [number, number];
  readonly trackerDiesAt?: number;
  /** Most, or least, that each figure may be. */
  readonly targets?: Readonly<Record<string, Target>>;
}

export interface Target {
  readonly most?: number;
  readonly least?: number;
}

/** Bytes a second. */
const MBIT = 125_000;

/** Mbit/s up and down; 40 ms round trip between two such hosts unless told otherwise. */
function line(up: number, down: number, delay = 10, loss = 0): Line {
  return { up: up * MBIT, down: down * MBIT, delay, loss };
}

/** A common line. */
const HOME = line(5, 50);

/** A line on which windows grow until large blocks are asked for. */
const FIBRE = line(200, 500);

/** Nobody stores anything corrupt, and no honest peer is taken for a bad one, whatever others do. */
const SOUND: Readonly<Record<string, Target>> = { corruptStored: { most: 0 }, honestPunished: { most: 0 } };

const FRUGAL: Readonly<Record<string, Target>> = {
  ...SOUND,
  seedSentToSecondCopy: { most: 1.1 },
  duplicateShare: { most: 0.01 },
};

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "equal",
    sentence: "Everyone has the same line and comes within a second; one seed.",
    seed: HOME,
    groups: [{ name: "peer", share: 1, line: HOME }],
    targets: { lastPeerToBound: { most: 1.15 }, ...FRUGAL },
  },
  {
    name: "mixed",
    sentence: "Uplinks of 1, 2, 5 and 20 mbit/s, downlinks and distances to match; one fast seed.",
    seed: line(20, 100),
    groups: [
      { name: "slow", share: 0.25, line: line(1, 16, 20) },
      { name: "plain", share: 0.25, line: line(2, 25, 15) },
      { name: "home", share: 0.25, line: HOME },
      { name: "fast", share: 0.25, line: line(20, 100, 5) },
    ],
    targets: { lastPeerToBound: { most: 1.3 }, ...FRUGAL },
  },
  {
    name: "flash-crowd",
    sentence: "Everyone opens the link within a second and knows nothing but the link.",
    seed: HOME,
    groups: [{ name: "peer", share: 1, line: HOME }],
    knows: "link",
    targets: FRUGAL,
  },
  {
    name: "steady-arrivals",
    sentence: "Peers come one by one for two bounds and go as soon as they have everything.",
    seed: HOME,
    groups: [{ name: "peer", share: 1, line: HOME }],
    joinOver: 2,
    leaveWhenComplete: true,
    targets: SOUND,
  },
  {
    name: "seed-leaves",
    sentence: "The seed goes as soon as the others together have one copy.",
    seed: HOME,
    groups: [{ name: "peer", share: 1, line: HOME }],
    seedLeaves: true,
    targets: FRUGAL,
  },
  {
    name: "hostile",
    sentence: "Half of the peers corrupt, forge, stall, lie about what they have, flood or send garbage.",
    seed: HOME,
    groups: [
      { name: "honest", share: 0.5, line: HOME },
      { name: "corrupter", share: 0.1, line: HOME, behaviour: "corrupt", incomplete: true },
      { name: "forger", share: 0.1, line: HOME, behaviour: "forge", incomplete: true },
      { name: "staller", share: 0.1, line: HOME, behaviour: "stall", incomplete: true },
      { name: "liar", share: 0.1, line: HOME, behaviour: "lie", incomplete: true },
      { name: "flooder", share: 0.05, line: HOME, behaviour: "flood", incomplete: true },
      { name: "babbler", share: 0.05, line: HOME, behaviour: "babble", incomplete: true },
    ],
    targets: { ...SOUND, mostBadPiecesOfOne: { most: 1 }, neverBanned: { most: 0 } },
  },
  {
    name: "senders-note",
    sentence:
      "The sender has a note for all and goes early; four in ten change it on its way, or withhold it.",
    seed: HOME,
    groups: [
      { name: "honest", share: 0.6, line: HOME },
      { name: "misquoter", share: 0.2, line: HOME, behaviour: "misquote", incomplete: true },
      { name: "withholder", share: 0.2, line: HOME, behaviour: "withhold", incomplete: true },
    ],
    knows: "link",
    tells: true,
    seedLeaves: true,
    targets: SOUND,
  },
  {
    name: "turncoats",
    sentence: "Three in ten send what they should until they are trusted, and corrupt blocks from then on.",
    seed: HOME,
    groups: [
      { name: "honest", share: 0.7, line: HOME },
      { name: "turncoat", share: 0.3, line: HOME, behaviour: "turncoat", incomplete: true },
    ],
    // Several of its pieces may be whole by the time that the leaf hashes of the first have come.
    targets: { ...SOUND, mostBadPiecesOfOne: { most: 3 }, neverBanned: { most: 0 } },
  },
  {
    name: "free-riders",
    sentence:
      "Three in ten never unchoke anyone; the others go when complete, so that nobody serves free riders later.",
    seed: line(10, 50),
    groups: [
      { name: "contributor", share: 0.7, line: line(2, 50) },
      { name: "free rider", share: 0.3, line: line(2, 50), behaviour: "free-rider" },
    ],
    leaveWhenComplete: true,
    targets: { ...SOUND, freeRiderSlowdown: { least: 2 } },
  },
  {
    name: "partition",
    sentence: "Every second host is cut off from the rest for half the bound, the seed on one side.",
    seed: HOME,
    groups: [{ name: "peer", share: 1, line: HOME }],
    partition: [0.2, 0.7],
    targets: SOUND,
  },
  {
    name: "tracker-dead",
    sentence: "The tracker dies after three tenths of the bound and never comes back.",
    seed: HOME,
    groups: [{ name: "peer", share: 1, line: HOME }],
    trackerDiesAt: 0.3,
    targets: SOUND,
  },
  {
    name: "slow-disk",
    sentence: "A third of the peers have disks slower than their share of the swarm.",
    seed: HOME,
    groups: [
      { name: "peer", share: 0.67, line: HOME },
      { name: "slow disk", share: 0.33, line: HOME, disk: { rate: 400_000, room: 1 } },
    ],
    targets: SOUND,
  },
  {
    name: "full-disk",
    sentence: "One in five has room for half of the content only.",
    seed: HOME,
    groups: [
      { name: "peer", share: 0.8, line: HOME },
      { name: "full disk", share: 0.2, line: HOME, disk: { rate: 100_000_000, room: 0.5 }, incomplete: true },
    ],
    targets: SOUND,
  },
  {
    name: "rotten",
    sentence:
      "Half of the peers come back with most of the content, a tenth of it damaged or lost in their storage.",
    seed: HOME,
    groups: [
      { name: "newcomer", share: 0.5, line: HOME },
      { name: "returning", share: 0.5, line: HOME, kept: { share: 0.7, rotten: 0.1 } },
    ],
    targets: SOUND,
  },
  {
    name: "churn",
    sentence: "Three in ten stay for a part of the bound only, half of them vanish, and others come instead.",
    seed: HOME,
    groups: [
      { name: "peer", share: 0.7, line: HOME },
      { name: "passer-by", share: 0.3, line: HOME, stays: [0.1, 0.5], incomplete: true },
    ],
    targets: SOUND,
  },
  {
    name: "mixed-block-size",
    sentence:
      "Half of the peers know only blocks of 16 KiB; lines fast enough that the others ask for larger ones.",
    seed: FIBRE,
    groups: [
      { name: "peer", share: 0.5, line: FIBRE },
      { name: "other client", share: 0.5, line: FIBRE, behaviour: "small-blocks" },
    ],
    targets: FRUGAL,
  },
  {
    name: "lossy",
    sentence: "Four in ten are far away and lose one packet in two hundred.",
    seed: HOME,
    groups: [
      { name: "peer", share: 0.6, line: HOME },
      { name: "far", share: 0.4, line: line(5, 50, 60, 0.005) },
    ],
    targets: SOUND,
  },
];

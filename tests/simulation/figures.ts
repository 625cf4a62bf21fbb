/** What a run is judged by: made once, when it is over. */
import type { SimulatedNode } from "./node.ts";
import type { Simulation } from "./simulation.ts";

export interface Figures {
  readonly scenario: string;
  readonly seed: number;
  readonly peers: number;
  readonly pieces: number;
  readonly pieceLength: number;
  /** Peers that were to be complete, and those that are. */
  readonly expected: number;
  readonly completed: number;
  /** Milliseconds: Kumar and Ross' bound, and when the last peer was complete. */
  readonly bound: number;
  readonly lastPeer: number;
  /** Where peers come late, over when the last comer could be complete at the earliest, if that is more. */
  readonly lastPeerToBound: number;
  readonly p50ToBound: number;
  readonly p95ToBound: number;
  readonly uplinkUse: number;
  readonly seedSentToSecondCopy: number | null;
  readonly duplicateShare: number;
  readonly jainIndex: number;
  readonly freeRiderSlowdown: number | null;
  readonly lastPercentShare: number;
  readonly corruptStored: number;
  /** Pieces that failed a hash check, the most that one corrupter cost one honest victim, and those never banned. */
  readonly badPieces: number;
  readonly mostBadPiecesOfOne: number;
  readonly neverBanned: number;
  /** Times that an honest peer punished another. */
  readonly honestPunished: number;
  readonly linkEnds: Readonly<Record<string, number>>;
  readonly linksPerPeer: number;
  readonly wallSeconds: number;
  /** Of the process, while the run took: what a machine that does other things as well would have needed. */
  readonly cpuSeconds: number;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly trace: string;
}

/**
 * Least time in which N peers can all have the file: Kumar and Ross, "Peer-assisted file distribution: the minimum
 * distribution time" (HOTWEB 2006): T ≥ max(F/u_s, F/d_min, N·F/(u_s + Σ u_i)). Milliseconds.
 */
export function kumarRossBound(
  bytes: number,
  seedUp: number,
  peers: readonly { readonly up: number; readonly down: number }[],
): number {
  const slowest = peers.reduce((least, { down }) => Math.min(least, down), Number.POSITIVE_INFINITY);
  const all = peers.reduce((sum, { up }) => sum + up, seedUp);
  return 1000 * Math.max(bytes / seedUp, bytes / slowest, (peers.length * bytes) / all);
}

/** Jain, Chiu and Hawe's fairness index: 1 when all are equal, 1/n when one has everything. */
export function jainIndex(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0);
  const squares = values.reduce((total, value) => total + value * value, 0);
  return squares === 0 ? 1 : (sum * sum) / (values.length * squares);
}

/** The value below which a share of the sorted values lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function figuresOf(
  simulation: Simulation,
  { wallSeconds, cpuSeconds }: { wallSeconds: number; cpuSeconds: number },
): Figures {
  const { scenario, options, bound, nodes, firstSeed, events } = simulation;
  const expected = simulation.expected;
  const size = simulation.content.info.size;
  const harms = [...simulation.harm.values()];
  const end = events.now;
  const lastPeer = expected.reduce((last, node) => Math.max(last, node.completedAt), 0);
  const times = expected.map((node) => node.completedAt - node.joinedAt).sort((a, b) => a - b);
  const until = Number.isFinite(lastPeer) ? lastPeer : end;
  const snapshots = nodes.map((node) => node.engine.snapshot(node.torrent));
  const received = snapshots.reduce((sum, each) => sum + each.downloaded, 0);
  const wasted = snapshots.reduce((sum, each) => sum + each.wasted, 0);
  const sent = nodes.reduce((sum, node) => sum + node.attachment.sent, 0);
  const capacity = nodes.reduce(
    (sum, node) => sum + (node.line.up * Math.max(0, Math.min(until, node.leftAt) - node.joinedAt)) / 1000,
    0,
  );
  return {
    scenario: scenario.name,
    seed: options.seed,
    peers: options.peers,
    pieces: options.pieces,
    pieceLength: options.pieceLength,
    expected: expected.length,
    completed: expected.filter((node) => node.isComplete).length,
    bound,
    lastPeer,
    lastPeerToBound: lastPeer / Math.max(bound, ...expected.map((node) => earliest(node, size))),
    p50ToBound: percentile(times, 0.5) / bound,
    p95ToBound: percentile(times, 0.95) / bound,
    uplinkUse: sent / capacity,
    seedSentToSecondCopy:
      simulation.seedSentToSecondCopy === null ? null : simulation.seedSentToSecondCopy / size,
    duplicateShare: wasted / Math.max(1, wasted + received),
    jainIndex: jainOf(expected.filter((node) => node !== firstSeed)),
    freeRiderSlowdown: freeRiderSlowdown(expected, end),
    lastPercentShare: lastPercentShare(expected),
    corruptStored: nodes.reduce((sum, node) => sum + node.corruptStored, 0),
    badPieces: simulation.badPieces,
    mostBadPiecesOfOne: harms.reduce((most, { badPieces }) => Math.max(most, badPieces), 0),
    neverBanned: harms.filter(({ banned }) => !banned).length,
    honestPunished: simulation.honestPunished,
    linkEnds: Object.fromEntries(simulation.linkEnds),
    linksPerPeer: snapshots.reduce((sum, { peers }) => sum + peers.length, 0) / nodes.length,
    wallSeconds,
    cpuSeconds,
    events: events.done,
    eventsPerSecond: events.done / wallSeconds,
    trace: simulation.trace,
  };
}

/** Fairness of what each got for what it gave: bytes down over bytes up, those who gave next to nothing at 100. */
function jainOf(nodes: readonly SimulatedNode[]): number {
  return jainIndex(
    nodes.map((node) => {
      const { downloaded, uploaded } = node.engine.snapshot(node.torrent);
      return downloaded / Math.max(uploaded, downloaded / 100, 1);
    }),
  );
}

/** Share of a download's time that its last hundredth took, on average. */
function lastPercentShare(nodes: readonly SimulatedNode[]): number {
  const shares = nodes
    .filter((node) => node.isComplete)
    .map((node) => (node.completedAt - node.milestones[99]!) / (node.completedAt - node.joinedAt));
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
}

/** How much longer free riders took than contributors, on average; null without free riders. */
function freeRiderSlowdown(nodes: readonly SimulatedNode[], end: number): number | null {
  const mean = (riding: boolean) => {
    const times = nodes
      .filter((node) => (node.group.behaviour === "free-rider") === riding)
      .map((node) => Math.min(end, node.completedAt) - node.joinedAt);
    return times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length;
  };
  const [riders, others] = [mean(true), mean(false)];
  return riders === null || others === null ? null : riders / others;
}

/** When a peer could be complete if its own line were the only limit, milliseconds. */
function earliest(node: SimulatedNode, size: number): number {
  return node.joinedAt + (size * 1000) / node.line.down;
}

/** What a run is judged by: made once, when it is over. */
import type { HostReport, RunReport } from "./run-report.ts";

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
  run: RunReport,
  { wallSeconds, cpuSeconds }: { wallSeconds: number; cpuSeconds: number },
): Figures {
  const { scenario, options, bound, size, hosts, harms, end } = run;
  const expected = hosts.filter((host) => host.expected);
  const lastPeer = expected.reduce((last, host) => Math.max(last, completedAt(host)), 0);
  const times = expected.map((host) => completedAt(host) - host.joinedAt).sort((a, b) => a - b);
  const until = Number.isFinite(lastPeer) ? lastPeer : end;
  const received = hosts.reduce((sum, host) => sum + host.downloaded, 0);
  const wasted = hosts.reduce((sum, host) => sum + host.wasted, 0);
  const sent = hosts.reduce((sum, host) => sum + host.sent, 0);
  const capacity = hosts.reduce(
    (sum, { group, joinedAt, leftAt }) =>
      sum + (group.line.up * Math.max(0, Math.min(until, leftAt) - joinedAt)) / 1000,
    0,
  );
  return {
    scenario: scenario.name,
    seed: options.seed,
    peers: options.peers,
    pieces: options.pieces,
    pieceLength: options.pieceLength,
    expected: expected.length,
    completed: expected.filter((host) => host.isComplete).length,
    bound,
    lastPeer,
    lastPeerToBound: lastPeer / Math.max(bound, ...expected.map((host) => earliest(host, size))),
    p50ToBound: percentile(times, 0.5) / bound,
    p95ToBound: percentile(times, 0.95) / bound,
    uplinkUse: sent / capacity,
    seedSentToSecondCopy: run.seedSentToSecondCopy === null ? null : run.seedSentToSecondCopy / size,
    duplicateShare: wasted / Math.max(1, wasted + received),
    jainIndex: jainOf(expected),
    freeRiderSlowdown: freeRiderSlowdown(expected, end),
    lastPercentShare: lastPercentShare(expected),
    corruptStored: hosts.reduce((sum, host) => sum + host.corruptStored, 0),
    badPieces: run.badPieces,
    mostBadPiecesOfOne: harms.reduce((most, { badPieces }) => Math.max(most, badPieces), 0),
    neverBanned: harms.filter(({ banned }) => !banned).length,
    honestPunished: run.honestPunished,
    linkEnds: Object.fromEntries(run.linkEnds),
    linksPerPeer: hosts.reduce((sum, { links }) => sum + links, 0) / hosts.length,
    wallSeconds,
    cpuSeconds,
    events: run.events,
    eventsPerSecond: run.events / wallSeconds,
    trace: run.trace,
  };
}

/** When everything was stored; Infinity when it was not. */
export function completedAt({ milestones }: HostReport): number {
  return milestones[100]!;
}

/** Fairness of what each got for what it gave: bytes down over bytes up, those who gave next to nothing at 100. */
function jainOf(hosts: readonly HostReport[]): number {
  return jainIndex(
    hosts.map(({ downloaded, uploaded }) => downloaded / Math.max(uploaded, downloaded / 100, 1)),
  );
}

/** Share of a download's time that its last hundredth took, on average. */
function lastPercentShare(hosts: readonly HostReport[]): number {
  const shares = hosts
    .filter((host) => host.isComplete)
    .map((host) => (completedAt(host) - host.milestones[99]!) / (completedAt(host) - host.joinedAt));
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
}

/** How much longer free riders took than contributors, on average; null without free riders. */
function freeRiderSlowdown(hosts: readonly HostReport[], end: number): number | null {
  const mean = (riding: boolean) => {
    const times = hosts
      .filter((host) => (host.group.behaviour === "free-rider") === riding)
      .map((host) => Math.min(end, completedAt(host)) - host.joinedAt);
    return times.length === 0 ? null : times.reduce((sum, time) => sum + time, 0) / times.length;
  };
  const [riders, others] = [mean(true), mean(false)];
  return riders === null || others === null ? null : riders / others;
}

/** When a peer could be complete if its own line were the only limit, milliseconds. */
function earliest({ joinedAt, group }: HostReport, size: number): number {
  return joinedAt + (size * 1000) / group.line.down;
}

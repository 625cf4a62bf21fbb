/** What is kept of a run: plain data, so that threads can tell each other. Figures (figures.ts) are made of it. */
import type { LinkEnd } from "../../app/engine/link.ts";
import type { SimulatedNode } from "./node.ts";
import type { RunOptions } from "./run-options.ts";
import type { Group, Scenario } from "./scenarios.ts";

export interface HostReport {
  readonly number: number;
  readonly group: Group;
  /** It is to become complete. */
  readonly expected: boolean;
  readonly isComplete: boolean;
  /** Milliseconds; Infinity while present. */
  readonly joinedAt: number;
  readonly leftAt: number;
  /** When each hundredth of the content was stored; milliseconds, Infinity for what was not. */
  readonly milestones: Float64Array;
  readonly corruptStored: number;
  /** Bytes that left its line, of all kinds. */
  readonly sent: number;
  /** Payload: verified, sent, and received in vain. */
  readonly downloaded: number;
  readonly uploaded: number;
  readonly wasted: number;
  readonly links: number;
  /** Hash over everything that happened to it. */
  readonly trace: number;
}

/** What one corrupter did to one victim. */
export interface Harm {
  /** Pieces that failed and that it had a part in, until the victim banned it. */
  badPieces: number;
  banned: boolean;
}

/** What the hosts of one thread came to. */
export interface PartReport {
  readonly hosts: readonly HostReport[];
  readonly events: number;
  /** Pieces that failed a hash check. */
  readonly badPieces: number;
  /** Times that an honest peer punished another: closed its link for bad, unrequested or malformed bytes. */
  readonly honestPunished: number;
  readonly harms: readonly Harm[];
  /** Why links were closed, by the engines. */
  readonly linkEnds: readonly (readonly [LinkEnd, number])[];
  /** Bytes that the first seed had sent when the others together had a whole copy; null elsewhere and until then. */
  readonly seedSentToSecondCopy: number | null;
}

export interface RunReport extends PartReport {
  readonly scenario: Scenario;
  readonly options: RunOptions;
  /** Bytes shared. */
  readonly size: number;
  /** Milliseconds: the least that the run takes, and what it took. */
  readonly bound: number;
  readonly end: number;
  /** Hash over all events; 8 hex digits. */
  readonly trace: string;
}

export function reportOf(node: SimulatedNode): HostReport {
  const { number, group, isComplete, joinedAt, leftAt, milestones, corruptStored, trace } = node;
  const { downloaded, uploaded, wasted, peers } = node.engine.snapshot(node.torrent);
  return {
    number,
    group,
    expected: group.incomplete === undefined && number > 0,
    isComplete,
    joinedAt,
    leftAt,
    milestones,
    corruptStored,
    sent: node.attachment.sent,
    downloaded,
    uploaded,
    wasted,
    links: peers.length,
    trace,
  };
}

/** All parts of a run as one. */
export function merge(
  parts: readonly PartReport[],
  run: Pick<RunReport, "scenario" | "options" | "size" | "bound" | "end">,
): RunReport {
  const hosts = parts.flatMap((part) => part.hosts).sort((a, b) => a.number - b.number);
  const linkEnds = new Map<LinkEnd, number>();
  for (const { linkEnds: ends } of parts)
    for (const [reason, count] of ends) linkEnds.set(reason, (linkEnds.get(reason) ?? 0) + count);
  return {
    ...run,
    hosts,
    events: sum(parts, (part) => part.events),
    badPieces: sum(parts, (part) => part.badPieces),
    honestPunished: sum(parts, (part) => part.honestPunished),
    harms: parts.flatMap((part) => part.harms),
    linkEnds: [...linkEnds].sort(([a], [b]) => (a < b ? -1 : 1)),
    seedSentToSecondCopy:
      parts.find((part) => part.seedSentToSecondCopy !== null)?.seedSentToSecondCopy ?? null,
    trace: traceOf(hosts),
  };
}

function sum<T>(values: readonly T[], count: (value: T) => number): number {
  return values.reduce((total, value) => total + count(value), 0);
}

function traceOf(hosts: readonly HostReport[]): string {
  let trace = 0;
  for (const host of hosts) trace = Math.imul(trace ^ host.trace, 0x85ebca6b) ^ (trace >>> 15);
  return (trace >>> 0).toString(16).padStart(8, "0");
}

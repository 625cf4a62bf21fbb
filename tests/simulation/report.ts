/** A run in words and figures for people: a table, and how the content spread, drawn with block characters. */
import type { Figures } from "./figures.ts";
import type { HostReport, RunReport } from "./run-report.ts";
import type { Scenario } from "./scenarios.ts";
import { drawTarget, verdictsOf } from "./targets.ts";

const LEVELS = " ▁▂▃▄▅▆▇█";
/** Characters of one picture. */
const WIDTH = 60;

/** The share that three peers have over time: one ahead of nine in ten, the middle one, one behind nine in ten. */
export function picture({ hosts, end }: RunReport): string {
  const expected = hosts.filter((host) => host.expected);
  const rows: [string, number][] = [
    ["first tenth", 0.9],
    ["median", 0.5],
    ["last tenth", 0.1],
  ];
  const columns = Array.from({ length: WIDTH }, (_, at) =>
    expected.map((host) => shareAt(host, (end * (at + 1)) / WIDTH)).sort((a, b) => a - b),
  );
  const lines = rows.map(([label, rank]) => {
    const cells = columns.map((shares) => {
      const share = shares[Math.min(shares.length - 1, Math.floor(rank * shares.length))] ?? 0;
      return LEVELS[Math.floor(share * (LEVELS.length - 1))];
    });
    return `  ${label.padEnd(12)} ${cells.join("")}`;
  });
  return `${lines.join("\n")}\n  ${"".padEnd(12)} 0 s${`${(end / 1000).toFixed(0)} s`.padStart(WIDTH - 3)}`;
}

function shareAt({ milestones }: HostReport, time: number): number {
  let low = 0;
  let high = 100;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (milestones[middle]! <= time) low = middle;
    else high = middle - 1;
  }
  return low / 100;
}

/** One run's figures, with the targets that its scenario sets; beside them those of a baseline. */
export function table(figures: Figures, scenario: Scenario, baseline: Figures | null): string {
  const heads = baseline === null ? [] : [row("", "Shoal", "  ", "baseline")];
  const verdicts = new Map(verdictsOf(figures, scenario).map((verdict) => [verdict.figure, verdict]));
  const lines = FIGURES.map(([key, draw]) => {
    const verdict = verdicts.get(key);
    const met = verdict === undefined ? "" : `${verdict.met ? "met" : "missed"}, ${drawTarget(verdict)}`;
    return row(key, draw(figures), met, baseline === null ? "" : draw(baseline));
  });
  return [...heads, ...lines].join("\n");
}

function row(key: string, value: string, met: string, beside: string): string {
  return `  ${key.padEnd(22)}${value.padStart(14)}  ${met.padEnd(14)}${beside.padStart(14)}`.trimEnd();
}

const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
const ratio = (value: number | null) => (value === null ? "–" : value.toFixed(3));
const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

/** What is shown, in this order, and how. */
const FIGURES: readonly [keyof Figures, (figures: Figures) => string][] = [
  ["completed", (figures) => `${figures.completed} of ${figures.expected}`],
  ["bound", (figures) => seconds(figures.bound)],
  ["lastPeer", (figures) => seconds(figures.lastPeer)],
  ["lastPeerToBound", (figures) => ratio(figures.lastPeerToBound)],
  ["p50ToBound", (figures) => ratio(figures.p50ToBound)],
  ["p95ToBound", (figures) => ratio(figures.p95ToBound)],
  ["uplinkUse", (figures) => percent(figures.uplinkUse)],
  ["seedSentToSecondCopy", (figures) => ratio(figures.seedSentToSecondCopy)],
  ["duplicateShare", (figures) => percent(figures.duplicateShare)],
  ["jainIndex", (figures) => ratio(figures.jainIndex)],
  ["freeRiderSlowdown", (figures) => ratio(figures.freeRiderSlowdown)],
  ["lastPercentShare", (figures) => percent(figures.lastPercentShare)],
  ["corruptStored", (figures) => String(figures.corruptStored)],
  ["badPieces", (figures) => String(figures.badPieces)],
  ["mostBadPiecesOfOne", (figures) => String(figures.mostBadPiecesOfOne)],
  ["neverBanned", (figures) => String(figures.neverBanned)],
  ["honestPunished", (figures) => String(figures.honestPunished)],
  ["linksPerPeer", (figures) => figures.linksPerPeer.toFixed(1)],
  ["wallSeconds", (figures) => figures.wallSeconds.toFixed(1)],
  ["cpuSeconds", (figures) => figures.cpuSeconds.toFixed(1)],
  ["eventsPerSecond", (figures) => String(Math.round(figures.eventsPerSecond))],
  ["trace", (figures) => figures.trace],
];

/** The networks' results as tables for a person. Rates are medians in MB/s (10⁶ bytes). */
import type { HomeSwarmResult, NetworkResult, NetworksResult } from "../networks.ts";
import { programs } from "../stage.ts";
import { formatTable } from "../table.ts";
import { profileNames } from "./profiles.ts";
import { type Contestant, contestants } from "./transfer.ts";

const nothing = "–";

function number(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined) return nothing;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}

/** Nothing where one of the two was not measured. */
function ratio(value: number | undefined, to: number | null | undefined): string {
  return value === undefined || !to ? nothing : (value / to).toFixed(2);
}

function rateRow(result: NetworkResult): string[] {
  const { words, capacity, shoal, webtorrent } = result;
  return [
    words,
    capacity === null ? "computer" : capacity.toFixed(2),
    ...contestants.map((contestant) => number(result[contestant], 2)),
    ratio(shoal, capacity),
    ratio(shoal, webtorrent),
  ];
}

/** What each of the four did, in their order. */
function fourOf(values: Partial<Record<Contestant, number>>): string {
  return contestants.map((contestant) => number(values[contestant], 0)).join(" ");
}

function swarmTable({ bound, rounds, ...seconds }: HomeSwarmResult): string {
  return formatTable([
    ["One to three, home lines", "last has it, s", "to bound", "each round"],
    ["bound", bound.toFixed(1), "1.00", ""],
    ...programs.map((program) => [
      program === "shoal" ? "Shoal" : "WebTorrent",
      number(seconds[program], 1),
      ratio(seconds[program], bound),
      (rounds[program] ?? []).map((time) => time.toFixed(1)).join(" "),
    ]),
  ]);
}

/** A sentence, where the machine had no networks, stays as it is. */
export function formatNetworks(networks: NetworksResult | string): string {
  if (typeof networks === "string") return networks;
  const measured = profileNames.flatMap((name) => {
    const result = networks[name];
    return result ? [result] : [];
  });
  const head = ["capacity", "bare", "window", "Shoal", "WebTorrent", "Shoal to capacity", "to WebTorrent"];
  const tables = [
    formatTable([["Networks, MB/s", ...head], ...measured.map(rateRow)]),
    formatTable([
      [
        "Bare, window, Shoal, WebTorrent",
        "seconds collapsed",
        "ping rises by, ms",
        "one in twenty by, ms",
        "lost in the computer",
      ],
      ...measured.map((result) => [
        result.words,
        fourOf(result.collapsed),
        fourOf(result.pingRise),
        fourOf(result.pingRiseWorst),
        fourOf(result.overflows),
      ]),
    ]),
  ];
  return [
    ...(measured.length > 0 ? tables : []),
    ...(networks.homeSwarm ? [swarmTable(networks.homeSwarm)] : []),
  ].join("\n\n");
}

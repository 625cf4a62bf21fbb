/**
 * Real networks, between network namespaces of this machine: the bare channel with its buffer filled, the bare channel
 * with the better of the fixed windows, Shoal and WebTorrent, in turns, over each of the profiles, each with fresh
 * browsers on a fresh network; and a swarm of home lines. A transfer is watched for some seconds from the moment that
 * the receiver asks, with a ping beside it.
 */
import { Network } from "../support/networks/network.ts";
import {
  FIXED_WINDOWS,
  HOME_SWARM_SIZE,
  PAYLOAD_SHARE,
  UNBOUNDED_SIZE,
  WATCHED_SECONDS,
} from "./constants.ts";
import { minimumDistributionTime, runHomeSwarm } from "./networks/home-swarm.ts";
import { NetworkStage } from "./networks/network-stage.ts";
import { type Profile, type ProfileName, profileNames, profileOf } from "./networks/profiles.ts";
import { type Browsers, type Contestant, runTransfer, type Transfer } from "./networks/transfer.ts";
import { type Program, programs } from "./stage.ts";
import { median } from "./timing.ts";

/** What can be asked for: a profile, or the swarm of home lines. */
export const networkNames = [...profileNames, "homeSwarm"] as const;

export interface NetworkOptions {
  profiles: readonly (typeof networkNames)[number][];
  contestants: readonly Contestant[];
  /** Of the profiles; the home lines' swarm is of Chromiums. */
  browsers: Browsers;
  rounds: number;
  /** By how much lines that have a rate are slower than their names say. */
  slower: number;
}

type ByContestant<T> = Partial<Record<Contestant, T>>;

/** Of one profile; rates are medians in MB/s. */
export interface NetworkResult extends ByContestant<number> {
  /** The network, as a person would say it. */
  words: string;
  /** What the line carries at most; null where only the computer bounds it. */
  capacity: number | null;
  /** Seconds, of all rounds, that brought less than a tenth of the median second. */
  collapsed: ByContestant<number>;
  /** Milliseconds, medians: by how much a ping's round trip rises meanwhile, and of one ping in twenty. */
  pingRise: ByContestant<number>;
  pingRiseWorst: ByContestant<number>;
  /** Datagrams, medians, lost in the computer: what it loses is not the line's doing, but slows like its losses. */
  overflows: ByContestant<number>;
  /** MB/s of every round, and of every second of the first. */
  rounds: ByContestant<number[]>;
  seconds: ByContestant<number[]>;
}

/** Seconds until the last leecher had everything, medians. */
export interface HomeSwarmResult extends Partial<Record<Program, number>> {
  bound: number;
  rounds: Partial<Record<Program, number[]>>;
}

export type NetworksResult = Partial<Record<ProfileName, NetworkResult>> & { homeSwarm?: HomeSwarmResult };

type Say = (line: string) => void;

/** Bytes: more than the network carries while it is watched. */
function sizeFor(rate: number | null): number {
  return rate === null ? UNBOUNDED_SIZE : Math.ceil((rate / 8) * (WATCHED_SECONDS + 2));
}

function describe({ rate, seconds, collapsed, pingRise, overflows }: Transfer): string {
  const each = seconds.map((second) => second.toFixed(1)).join(" ");
  const fall = collapsed > 0 ? `, collapsed for ${collapsed} s` : "";
  return `${rate.toFixed(2)} MB/s (${each})${fall}, ping ${pingRise.median.toFixed(0)} ms longer, ${overflows} lost in the computer`;
}

/** By contestant, what `pick` makes of its rounds. */
function each<T>(
  transfers: ByContestant<Transfer[]>,
  pick: (rounds: readonly Transfer[]) => T,
): ByContestant<T> {
  return Object.fromEntries(Object.entries(transfers).map(([name, rounds]) => [name, pick(rounds)]));
}

function summarize({ words, rate }: Profile, transfers: ByContestant<Transfer[]>): NetworkResult {
  const middle = (value: (transfer: Transfer) => number) =>
    each(transfers, (rounds) => median(rounds.map(value)));
  return {
    words,
    capacity: rate === null ? null : (rate / 8e6) * PAYLOAD_SHARE,
    ...middle((transfer) => transfer.rate),
    collapsed: each(transfers, (rounds) => rounds.reduce((sum, { collapsed }) => sum + collapsed, 0)),
    pingRise: middle(({ pingRise }) => pingRise.median),
    pingRiseWorst: middle(({ pingRise }) => pingRise.worst),
    overflows: middle(({ overflows }) => overflows),
    rounds: each(transfers, (rounds) => rounds.map((transfer) => transfer.rate)),
    seconds: each(transfers, ([first]) => first!.seconds),
  };
}

async function runProfile(
  stage: NetworkStage,
  name: ProfileName,
  { contestants, browsers, rounds, slower }: NetworkOptions,
  say: Say,
): Promise<NetworkResult> {
  const profile = profileOf(name, slower);
  const file = await stage.file(sizeFor(profile.rate), name);
  const transfers: ByContestant<Transfer[]> = {};
  let windows: readonly number[] = FIXED_WINDOWS;
  for (let round = 1; round <= rounds; round++) {
    for (const contestant of contestants) {
      const runs: { window: number; transfer: Transfer }[] = [];
      for (const window of contestant === "window" ? windows : [0]) {
        const transfer = await runTransfer(stage, profile, { contestant, file, browsers, window });
        const size = window > 0 ? ` of ${window / 1024} KiB` : "";
        say(`${name}, round ${round}: ${contestant}${size} ${describe(transfer)}`);
        runs.push({ window, transfer });
      }
      const best = runs.reduce((a, b) => (b.transfer.rate > a.transfer.rate ? b : a));
      if (contestant === "window") windows = [best.window];
      transfers[contestant] = [...(transfers[contestant] ?? []), best.transfer];
    }
  }
  return summarize(profile, transfers);
}

async function runSwarm(
  stage: NetworkStage,
  { contestants, rounds, slower }: NetworkOptions,
  say: Say,
): Promise<HomeSwarmResult> {
  const file = await stage.file(Math.ceil((HOME_SWARM_SIZE * 2 ** 20) / slower), "home-swarm");
  const seconds: Partial<Record<Program, number[]>> = {};
  for (let round = 1; round <= rounds; round++) {
    for (const program of programs.filter((name) => contestants.includes(name))) {
      const time = await runHomeSwarm(stage, program, file, slower);
      say(`home swarm, round ${round}: ${program} ${time.toFixed(1)} s`);
      seconds[program] = [...(seconds[program] ?? []), time];
    }
  }
  const medians = Object.fromEntries(Object.entries(seconds).map(([name, times]) => [name, median(times)]));
  return { bound: minimumDistributionTime(file.bytes, slower), ...medians, rounds: seconds };
}

/** A sentence instead where this machine has no such networks. */
export async function benchNetworks(options: NetworkOptions, say: Say): Promise<NetworksResult | string> {
  const reason = await Network.whyNot();
  if (reason !== null) return reason;
  const stage = await NetworkStage.open();
  const result: NetworksResult = {};
  try {
    for (const name of options.profiles) {
      if (name === "homeSwarm") result.homeSwarm = await runSwarm(stage, options, say);
      else result[name] = await runProfile(stage, name, options, say);
    }
  } finally {
    await stage.close();
  }
  return result;
}

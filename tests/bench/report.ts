/** The benchmark's results as tables for a person. Rates are medians in MB/s (10⁶ bytes). */
import { type BigResult, formatBig } from "./big.ts";
import { type FilesResult, formatFiles } from "./files.ts";
import type { HashResult } from "./hash.ts";
import { formatNetworks } from "./networks/report.ts";
import type { NetworksResult } from "./networks.ts";
import type { PairResult } from "./pair.ts";
import type { SwarmResult } from "./swarm.ts";
import { formatTable } from "./table.ts";

export interface Results {
  pair?: PairResult;
  hash?: HashResult;
  swarm?: SwarmResult;
  files?: FilesResult;
  big?: BigResult;
  /** A sentence where the machine does not allow them. */
  networks?: NetworksResult | string;
}

const rate = (value: number) => value.toFixed(1);
const ratio = (value: number) => value.toFixed(2);
const eachRound = (rates: readonly number[]) => rates.map(rate).join(" ");

/** Long tasks are told from 50 ms on. */
function taskWords(milliseconds: number): string {
  return milliseconds === 0 ? "none over 50" : milliseconds.toFixed(0);
}

/** What a gigabyte costs the sender's browser and the receiver's. */
function effortWords({ sender, receiver }: PairResult["effort"]["shoal"]): string {
  return `${rate(sender)} + ${rate(receiver)}`;
}

function pairTable(pair: PairResult): string {
  const { rounds } = pair;
  return formatTable([
    [
      "One to one",
      "MB/s",
      "to channel",
      "Shoal to it",
      "CPU s/GB",
      "longest task ms",
      "its CPU ms",
      "peak RSS MB",
      "each round",
    ],
    [
      "bare channel",
      rate(pair.channel),
      "1.00",
      ratio(pair.shoalToChannel),
      effortWords(pair.effort.channel),
      "–",
      "–",
      "–",
      eachRound(rounds.channel),
    ],
    [
      "Shoal",
      rate(pair.shoal),
      ratio(pair.shoalToChannel),
      "1.00",
      effortWords(pair.effort.shoal),
      taskWords(pair.longestTaskMs),
      rate(pair.longestTaskCpuMs),
      pair.peakMemoryMb.toFixed(0),
      eachRound(rounds.shoal),
    ],
    [
      "WebTorrent",
      rate(pair.webtorrent),
      ratio(pair.webtorrent / pair.channel),
      ratio(pair.shoalToWebtorrent),
      effortWords(pair.effort.webtorrent),
      taskWords(pair.webtorrentLongestTaskMs),
      rate(pair.webtorrentLongestTaskCpuMs),
      pair.webtorrentPeakMemoryMb.toFixed(0),
      eachRound(rounds.webtorrent),
    ],
  ]);
}

function hashTable(hash: HashResult): string {
  return formatTable([
    ["Hashing", "MB/s", "Shoal to it", "each round"],
    ["Shoal, SHA-1 and SHA-256", rate(hash.shoal), "1.00", eachRound(hash.rounds.shoal)],
    [
      "create-torrent, SHA-1",
      rate(hash.createTorrent),
      ratio(hash.shoalToCreateTorrent),
      eachRound(hash.rounds.createTorrent),
    ],
  ]);
}

function swarmTable(swarm: SwarmResult): string {
  const row = (name: string, program: "shoal" | "webtorrent", shoalToIt: number) => [
    name,
    rate(swarm[program]),
    swarm.seconds[program].toFixed(1),
    ratio(shoalToIt),
    swarm.uploadedMb[program].map(rate).join(" "),
    eachRound(swarm.rounds[program]),
  ];
  return formatTable([
    ["One to four", "MB/s", "last has it, s", "Shoal to it", "MB sent: seeder, receivers", "each round"],
    row("Shoal", "shoal", 1),
    row("WebTorrent", "webtorrent", swarm.shoalToWebtorrent),
  ]);
}

export function formatResults({ pair, hash, swarm, files, big, networks }: Results): string {
  const tables = [
    pair && pairTable(pair),
    hash && hashTable(hash),
    swarm && swarmTable(swarm),
    files && formatFiles(files),
    big && formatBig(big),
    networks && formatNetworks(networks),
  ];
  return tables.filter((table) => table !== undefined).join("\n\n");
}

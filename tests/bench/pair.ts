/**
 * One sender, one receiver, two browsers of the same kind: the bare channel, Shoal and WebTorrent take turns, each
 * with fresh browsers and a warm-up transfer in every round. The clock runs from the moment the receiver asks (the
 * peers being connected and the metadata known) until every byte is stored: Shoal's in IndexedDB, WebTorrent's in
 * the origin private file system, both verified; the channel's bytes are only counted.
 */
import type { TestFile } from "../support/files.ts";
import { ChannelPair } from "./channel-pair.ts";
import { WARM_UP_SIZE } from "./constants.ts";
import { longestTask, watchLongTasks } from "./long-tasks.ts";
import type { Peer } from "./peer.ts";
import { watchMemory } from "./renderer-memory.ts";
import type { Program, Stage } from "./stage.ts";
import { median, rateOf, type Timing } from "./timing.ts";

interface Run {
  /** MB/s. */
  rate: number;
  /** Milliseconds; 0 when none took 50. */
  longestTaskMs: number;
  /** VmRSS of the receiver's renderer, MB. */
  peakMemoryMb: number;
}

export interface PairResult {
  /** Medians in MB/s. */
  channel: number;
  shoal: number;
  webtorrent: number;
  shoalToChannel: number;
  shoalToWebtorrent: number;
  /** The receiver's, the largest of all rounds. */
  longestTaskMs: number;
  peakMemoryMb: number;
  webtorrentLongestTaskMs: number;
  webtorrentPeakMemoryMb: number;
  /** MB/s of every round. */
  rounds: { channel: number[]; shoal: number[]; webtorrent: number[] };
}

async function transfer(sender: Peer, receiver: Peer, file: TestFile): Promise<Timing> {
  await receiver.open(await sender.seed(file.path));
  return receiver.download();
}

function runChannel(stage: Stage, bytes: number): Promise<number> {
  return stage.withBrowsers(2, async ([sending, receiving]) => {
    const pair = await ChannelPair.connect(sending!, receiving!, stage.pages.url("channel"));
    await pair.fetch(WARM_UP_SIZE);
    return rateOf(bytes, await pair.fetch(bytes));
  });
}

function runProgram(stage: Stage, program: Program, file: TestFile, warmUp: TestFile): Promise<Run> {
  return stage.withBrowsers(2, async ([sending, receiving]) => {
    const sender = await stage.startPeer(program, sending!);
    const receiver = await stage.startPeer(program, receiving!);
    await transfer(sender, receiver, warmUp);
    await receiver.open(await sender.seed(file.path));
    await watchLongTasks(receiver.page);
    const stopMemory = await watchMemory(receiver.browser);
    const timing = await receiver.download();
    const { resident } = await stopMemory();
    return {
      rate: rateOf(file.bytes, timing),
      longestTaskMs: await longestTask(receiver.page),
      peakMemoryMb: resident / 1e6,
    };
  });
}

export async function benchPair(
  stage: Stage,
  bytes: number,
  rounds: number,
  say: (line: string) => void,
): Promise<PairResult> {
  const warmUp = await stage.file(WARM_UP_SIZE, "warm-up");
  const file = await stage.file(bytes, "pair");
  const channel: number[] = [];
  const runs: Record<Program, Run[]> = { shoal: [], webtorrent: [] };
  for (let round = 1; round <= rounds; round++) {
    channel.push(await runChannel(stage, bytes));
    say(`pair, round ${round}: channel ${channel.at(-1)!.toFixed(1)} MB/s`);
    for (const program of ["shoal", "webtorrent"] as const) {
      const run = await runProgram(stage, program, file, warmUp);
      runs[program].push(run);
      say(`pair, round ${round}: ${program} ${run.rate.toFixed(1)} MB/s`);
    }
  }
  const rates = (program: Program) => runs[program].map(({ rate }) => rate);
  const most = (program: Program, key: "longestTaskMs" | "peakMemoryMb") =>
    Math.max(...runs[program].map((run) => run[key]));
  const medians = {
    channel: median(channel),
    shoal: median(rates("shoal")),
    webtorrent: median(rates("webtorrent")),
  };
  return {
    ...medians,
    shoalToChannel: medians.shoal / medians.channel,
    shoalToWebtorrent: medians.shoal / medians.webtorrent,
    longestTaskMs: most("shoal", "longestTaskMs"),
    peakMemoryMb: most("shoal", "peakMemoryMb"),
    webtorrentLongestTaskMs: most("webtorrent", "longestTaskMs"),
    webtorrentPeakMemoryMb: most("webtorrent", "peakMemoryMb"),
    rounds: { channel, shoal: rates("shoal"), webtorrent: rates("webtorrent") },
  };
}

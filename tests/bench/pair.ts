/**
 * One sender, one receiver, two browsers of the same kind: the bare channel, Shoal and WebTorrent take turns, each
 * with fresh browsers and a warm-up transfer in every round. The clock runs from the moment the receiver asks (the
 * peers being connected and the metadata known) until every byte is stored: Shoal's in IndexedDB, WebTorrent's in
 * the origin private file system, both verified; the channel's bytes are only counted.
 */
import type { TestBrowser } from "../support/browsers.ts";
import type { TestFile } from "../support/files.ts";
import { ChannelPair } from "./channel-pair.ts";
import { WARM_UP_SIZE } from "./constants.ts";
import { longestTask, watchLongTasks } from "./long-tasks.ts";
import type { Peer } from "./peer.ts";
import { processorTime, watchMemory } from "./processes.ts";
import type { Program, Stage } from "./stage.ts";
import { median, rateOf, type Timing } from "./timing.ts";

/** Seconds of processor time that each browser spends on a gigabyte; hardly changes with what else runs. */
interface Effort {
  sender: number;
  receiver: number;
}

interface ChannelRun {
  /** MB/s. */
  rate: number;
  effort: Effort;
}

interface Run extends ChannelRun {
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
  /** Medians. */
  effort: Record<"channel" | Program, Effort>;
  /** MB/s of every round. */
  rounds: Record<"channel" | Program, number[]>;
}

/** Runs a transfer of `bytes` and tells what it cost each browser. */
async function measureEffort<T>(
  bytes: number,
  browsers: readonly TestBrowser[],
  run: () => Promise<T>,
): Promise<{ result: T; effort: Effort }> {
  const before = await Promise.all(browsers.map(processorTime));
  const result = await run();
  const after = await Promise.all(browsers.map(processorTime));
  const [sender, receiver] = after.map((time, index) => (time - before[index]!) / (bytes / 1e9));
  return { result, effort: { sender: sender!, receiver: receiver! } };
}

async function transfer(sender: Peer, receiver: Peer, file: TestFile): Promise<Timing> {
  await receiver.open(await sender.seed(file.path));
  return receiver.download();
}

function runChannel(stage: Stage, bytes: number): Promise<ChannelRun> {
  return stage.withBrowsers(2, async (browsers) => {
    const pair = await ChannelPair.connect(browsers[0]!, browsers[1]!, stage.pages.url("channel"));
    await pair.fetch(WARM_UP_SIZE);
    const { result, effort } = await measureEffort(bytes, browsers, () => pair.fetch(bytes));
    return { rate: rateOf(bytes, result), effort };
  });
}

function runProgram(stage: Stage, program: Program, file: TestFile, warmUp: TestFile): Promise<Run> {
  return stage.withBrowsers(2, async (browsers) => {
    const sender = await stage.startPeer(program, browsers[0]!);
    const receiver = await stage.startPeer(program, browsers[1]!);
    await transfer(sender, receiver, warmUp);
    await receiver.open(await sender.seed(file.path));
    await watchLongTasks(receiver.page);
    const stopMemory = await watchMemory(receiver.browser);
    const { result, effort } = await measureEffort(file.bytes, browsers, () => receiver.download());
    const { resident } = await stopMemory();
    return {
      rate: rateOf(file.bytes, result),
      effort,
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
  const channel: ChannelRun[] = [];
  const runs: Record<Program, Run[]> = { shoal: [], webtorrent: [] };
  for (let round = 1; round <= rounds; round++) {
    channel.push(await runChannel(stage, bytes));
    say(`pair, round ${round}: channel ${channel.at(-1)!.rate.toFixed(1)} MB/s`);
    for (const program of ["shoal", "webtorrent"] as const) {
      const run = await runProgram(stage, program, file, warmUp);
      runs[program].push(run);
      say(`pair, round ${round}: ${program} ${run.rate.toFixed(1)} MB/s`);
    }
  }
  const all: Record<"channel" | Program, ChannelRun[]> = { channel, ...runs };
  const rates = (name: keyof typeof all) => all[name].map(({ rate }) => rate);
  const effort = (name: keyof typeof all): Effort => ({
    sender: median(all[name].map((run) => run.effort.sender)),
    receiver: median(all[name].map((run) => run.effort.receiver)),
  });
  const most = (program: Program, key: "longestTaskMs" | "peakMemoryMb") =>
    Math.max(...runs[program].map((run) => run[key]));
  const medians = {
    channel: median(rates("channel")),
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
    effort: { channel: effort("channel"), shoal: effort("shoal"), webtorrent: effort("webtorrent") },
    rounds: { channel: rates("channel"), shoal: rates("shoal"), webtorrent: rates("webtorrent") },
  };
}

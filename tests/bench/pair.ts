/**
 * One sender, one receiver, two browsers of the same kind: the bare channel, Shoal and WebTorrent take turns, each
 * with fresh browsers and a warm-up transfer in every round. The clock runs from the moment the receiver asks (the
 * peers being connected and the metadata known) until every byte is stored: Shoal's in IndexedDB, WebTorrent's in
 * the origin private file system, both verified; the channel's bytes are only counted.
 */
import type { TestBrowser } from "../support/browsers.ts";
import type { TestFile } from "../support/files.ts";
import { ChannelPair } from "./channel-pair.ts";
import { TRACED_SIZE, WARM_UP_SIZE } from "./constants.ts";
import { longestTask, longestTaskEffort, watchLongTasks } from "./long-tasks.ts";
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
  /** Milliseconds of processor time, in a transfer of its own: what a task takes where a core is free. */
  longestTaskCpuMs: number;
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
  longestTaskCpuMs: number;
  peakMemoryMb: number;
  webtorrentLongestTaskMs: number;
  webtorrentLongestTaskCpuMs: number;
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

interface Files {
  readonly warmUp: TestFile;
  readonly measured: TestFile;
  readonly traced: TestFile;
}

function runProgram(stage: Stage, program: Program, files: Files): Promise<Run> {
  return stage.withBrowsers(2, async (browsers) => {
    const sender = await stage.startPeer(program, browsers[0]!);
    const receiver = await stage.startPeer(program, browsers[1]!);
    await transfer(sender, receiver, files.warmUp);
    await receiver.open(await sender.seed(files.measured.path));
    await watchLongTasks(receiver.page);
    const stopMemory = await watchMemory(receiver.browser);
    const { result, effort } = await measureEffort(files.measured.bytes, browsers, () => receiver.download());
    const { resident } = await stopMemory();
    const longestTaskMs = await longestTask(receiver.page);
    await receiver.open(await sender.seed(files.traced.path));
    return {
      rate: rateOf(files.measured.bytes, result),
      effort,
      longestTaskMs,
      longestTaskCpuMs: await longestTaskEffort(receiver.page, () => receiver.download()),
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
  const files: Files = {
    warmUp: await stage.file(WARM_UP_SIZE, "warm-up"),
    measured: await stage.file(bytes, "pair"),
    traced: await stage.file(TRACED_SIZE, "traced"),
  };
  const channel: ChannelRun[] = [];
  const runs: Record<Program, Run[]> = { shoal: [], webtorrent: [] };
  for (let round = 1; round <= rounds; round++) {
    channel.push(await runChannel(stage, bytes));
    say(`pair, round ${round}: channel ${channel.at(-1)!.rate.toFixed(1)} MB/s`);
    for (const program of ["shoal", "webtorrent"] as const) {
      const run = await runProgram(stage, program, files);
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
  const most = (program: Program, key: "longestTaskMs" | "longestTaskCpuMs" | "peakMemoryMb") =>
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
    longestTaskCpuMs: most("shoal", "longestTaskCpuMs"),
    peakMemoryMb: most("shoal", "peakMemoryMb"),
    webtorrentLongestTaskMs: most("webtorrent", "longestTaskMs"),
    webtorrentLongestTaskCpuMs: most("webtorrent", "longestTaskCpuMs"),
    webtorrentPeakMemoryMb: most("webtorrent", "peakMemoryMb"),
    effort: { channel: effort("channel"), shoal: effort("shoal"), webtorrent: effort("webtorrent") },
    rounds: { channel: rates("channel"), shoal: rates("shoal"), webtorrent: rates("webtorrent") },
  };
}

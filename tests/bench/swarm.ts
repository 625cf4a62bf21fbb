/**
 * One seeder and four receivers, five browsers: Shoal and WebTorrent take turns with the same file, each with fresh
 * browsers and a warm-up in every round. All receivers have the metadata and a peer when they press Download at the
 * same time; the clock runs until the last one has stored everything.
 */
import type { TestFile } from "../support/files.ts";
import { waitFor } from "../support/wait.ts";
import { RECEIVERS, WARM_UP_SIZE } from "./constants.ts";
import type { Peer } from "./peer.ts";
import { type Program, programs, type Stage } from "./stage.ts";
import { median, rateOf } from "./timing.ts";

interface Run {
  /** MB/s: the file's size by the time until the last receiver had it. */
  rate: number;
  seconds: number;
  /** MB that each peer sent, the seeder first. */
  uploadedMb: number[];
}

export interface SwarmResult {
  /** Medians in MB/s of the last receiver. */
  shoal: number;
  webtorrent: number;
  shoalToWebtorrent: number;
  /** Median seconds until the last one had everything. */
  seconds: Record<Program, number>;
  /** Of the round in the middle: MB that each sent, the seeder first. */
  uploadedMb: Record<Program, number[]>;
  rounds: Record<Program, number[]>;
}

async function distribute(seeder: Peer, receivers: readonly Peer[], file: TestFile): Promise<Run> {
  const link = await seeder.seed(file.path);
  await Promise.all(receivers.map((receiver) => receiver.open(link)));
  const timings = await Promise.all(receivers.map((receiver) => receiver.download()));
  const whole = {
    startedAt: Math.min(...timings.map(({ startedAt }) => startedAt)),
    finishedAt: Math.max(...timings.map(({ finishedAt }) => finishedAt)),
  };
  // Shoal's pages are told of their uploads a moment later.
  const uploads = await waitFor(
    async () => {
      const told = await Promise.all([seeder, ...receivers].map((peer) => peer.uploaded()));
      return told.reduce((sum, bytes) => sum + bytes, 0) >= file.bytes * receivers.length ? told : null;
    },
    { describe: "uploads that add up to what was downloaded" },
  );
  return {
    rate: rateOf(file.bytes, whole),
    seconds: (whole.finishedAt - whole.startedAt) / 1000,
    uploadedMb: uploads.map((bytes) => bytes / 1e6),
  };
}

function runProgram(stage: Stage, program: Program, file: TestFile, warmUp: TestFile): Promise<Run> {
  return stage.withBrowsers(1 + RECEIVERS, async (browsers) => {
    const peers = await Promise.all(browsers.map((browser) => stage.startPeer(program, browser)));
    const [seeder, ...receivers] = peers;
    await distribute(seeder!, receivers, warmUp);
    return distribute(seeder!, receivers, file);
  });
}

export async function benchSwarm(
  stage: Stage,
  bytes: number,
  rounds: number,
  say: (line: string) => void,
): Promise<SwarmResult> {
  const warmUp = await stage.file(Math.ceil(WARM_UP_SIZE / RECEIVERS), "warm-up");
  const file = await stage.file(Math.ceil(bytes / RECEIVERS), "swarm");
  const runs: Record<Program, Run[]> = { shoal: [], webtorrent: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const program of programs) {
      const run = await runProgram(stage, program, file, warmUp);
      runs[program].push(run);
      say(
        `swarm, round ${round}: ${program} ${run.rate.toFixed(1)} MB/s, last after ${run.seconds.toFixed(1)} s`,
      );
    }
  }
  const rates = (program: Program) => runs[program].map(({ rate }) => rate);
  const seconds = (program: Program) => median(runs[program].map((run) => run.seconds));
  const uploads = (program: Program) =>
    runs[program].toSorted((a, b) => a.rate - b.rate)[Math.floor((rounds - 1) / 2)]!.uploadedMb;
  const [shoal, webtorrent] = [median(rates("shoal")), median(rates("webtorrent"))];
  return {
    shoal,
    webtorrent,
    shoalToWebtorrent: shoal / webtorrent,
    seconds: { shoal: seconds("shoal"), webtorrent: seconds("webtorrent") },
    uploadedMb: { shoal: uploads("shoal"), webtorrent: uploads("webtorrent") },
    rounds: { shoal: rates("shoal"), webtorrent: rates("webtorrent") },
  };
}

/** One transfer of one program over one network, from host 1 to host 2, watched for some seconds. */

import type { BrowserKind } from "../../support/browsers.ts";
import type { TestFile } from "../../support/files.ts";
import { serverAddress } from "../../support/networks/network.ts";
import { ChannelPair } from "../channel-pair.ts";
import { BLAST_LIMIT, BLAST_LOW_WATER, WATCHED_SECONDS } from "../constants.ts";
import type { Peer } from "../peer.ts";
import type { Program } from "../stage.ts";
import { median, percentile } from "../timing.ts";
import { type NetworkStage, type Scene, startPeer } from "./network-stage.ts";
import { Ping } from "./ping.ts";
import type { Profile } from "./profiles.ts";
import { overallRate, ratesBySecond, waitForProgress } from "./progress.ts";

/** The bare channel with its buffer filled, the bare channel with a fixed window, and the programs. */
export const contestants = ["bare", "window", "shoal", "webtorrent"] as const;
export type Contestant = (typeof contestants)[number];

/** Which browser sends, and which receives. */
export interface Browsers {
  readonly sender: BrowserKind;
  readonly receiver: BrowserKind;
}

export interface Transfer {
  /** MB/s, from asking on. */
  rate: number;
  /** MB in each second. */
  seconds: number[];
  /** Seconds, the first left out, that brought less than a tenth of the median second. */
  collapsed: number;
  /** Milliseconds that a ping from the sender takes longer meanwhile: the middle one, and one in twenty. */
  pingRise: { median: number; worst: number };
  /** Datagrams lost in the sender's and the receiver's computer rather than on the line. */
  overflows: number;
}

/** Everything but the asking. The file's content is the programs', `window` (bytes) the channel's. */
async function prepare(
  { addresses, browsers }: Scene,
  contestant: Contestant,
  file: TestFile,
  window: number,
): Promise<Pick<Peer, "page"> & { ask(): Promise<void> }> {
  const [sending, receiving] = [browsers[0]!, browsers[1]!];
  if (contestant === "bare" || contestant === "window") {
    const pair = await ChannelPair.connect(sending, receiving, addresses.channel);
    const flow = { bytes: file.bytes, limit: BLAST_LIMIT, lowWater: BLAST_LOW_WATER };
    return {
      page: pair.page,
      ask: () => pair.ask({ ...flow, window: contestant === "bare" ? null : window }),
    };
  }
  const program: Program = contestant;
  const sender = await startPeer(program, sending, addresses);
  const receiver = await startPeer(program, receiving, addresses);
  await receiver.open(await sender.seed(file.path));
  return receiver;
}

export async function runTransfer(
  stage: NetworkStage,
  { sender, receiver }: Profile,
  {
    contestant,
    file,
    browsers,
    window = 0,
  }: { contestant: Contestant; file: TestFile; browsers: Browsers; window?: number },
): Promise<Transfer> {
  const seats = [
    { line: sender, kind: browsers.sender },
    { line: receiver, kind: browsers.receiver },
  ];
  const { progress, pings, overflows } = await stage.withNetwork(seats, async (scene) => {
    const prepared = await prepare(scene, contestant, file, window);
    const ping = await Ping.start(scene.network, 1, serverAddress);
    try {
      await prepared.ask();
      const { errors } = scene.browsers[1]!;
      const watched = { seconds: WATCHED_SECONDS, bytes: file.bytes, errors };
      const progress = await waitForProgress(prepared.page, watched);
      const lost = await Promise.all([1, 2].map((host) => scene.network.overflows(host)));
      return { progress, pings: await ping.stop(), overflows: lost[0]! + lost[1]! };
    } finally {
      await ping.stop();
    }
  });
  const seconds = ratesBySecond(progress, WATCHED_SECONDS);
  const tenth = median(seconds) / 10;
  const atRest = median(pings.idle);
  return {
    rate: overallRate(progress, WATCHED_SECONDS, file.bytes),
    seconds,
    collapsed: seconds.slice(1).filter((rate) => rate < tenth).length,
    overflows,
    pingRise: { median: median(pings.busy) - atRest, worst: percentile(pings.busy, 95) - atRest },
  };
}

/** One transfer of one program over one network, from host 1 to host 2, watched for some seconds. */
import type { TestFile } from "../../support/files.ts";
import { ChannelPair } from "../channel-pair.ts";
import { BLAST_LIMIT, BLAST_LOW_WATER, WATCHED_SECONDS } from "../constants.ts";
import type { Flow } from "../pages/channel-worker.ts";
import type { Peer } from "../peer.ts";
import { ShoalPeer } from "../shoal-peer.ts";
import { median } from "../timing.ts";
import { WebTorrentPeer } from "../webtorrent-peer.ts";
import { type NetworkStage, withNetwork } from "./network-stage.ts";
import type { Profile } from "./profiles.ts";
import { overallRate, ratesBySecond, waitForProgress } from "./progress.ts";

export const contestants = ["bare", "window", "shoal", "webtorrent"] as const;
export type Contestant = (typeof contestants)[number];

export interface Transfer {
  /** MB/s, from asking on. */
  rate: number;
  /** MB in each second. */
  seconds: number[];
  /** Seconds, the first left out, that brought less than a tenth of the median second. */
  collapsed: number;
}

/** `window` in bytes: the channel's, where it has one. */
function flowOf(contestant: "bare" | "window", bytes: number, window: number): Flow {
  return {
    bytes,
    limit: BLAST_LIMIT,
    lowWater: BLAST_LOW_WATER,
    window: contestant === "bare" ? null : window,
  };
}

async function begin(
  { addresses, browsers }: NetworkStage,
  contestant: Contestant,
  file: TestFile,
  window: number,
): Promise<Pick<Peer, "page">> {
  const [sending, receiving] = [browsers[0]!, browsers[1]!];
  if (contestant === "bare" || contestant === "window") {
    const pair = await ChannelPair.connect(sending, receiving, addresses.channel);
    await pair.ask(flowOf(contestant, file.bytes, window));
    return pair;
  }
  const start = (browser: typeof sending): Promise<Peer> =>
    contestant === "shoal"
      ? ShoalPeer.start(browser, addresses.app)
      : WebTorrentPeer.start(browser, addresses.webtorrent, addresses.tracker);
  const [sender, receiver] = [await start(sending), await start(receiving)];
  await receiver.open(await sender.seed(file.path));
  await receiver.ask();
  return receiver;
}

/** Of the bare channel only the file's size is used, and of the others not the window. */
export async function runTransfer(
  { sender, receiver }: Profile,
  contestant: Contestant,
  file: TestFile,
  window = 0,
): Promise<Transfer> {
  const { result: progress } = await withNetwork([sender, receiver], async (stage) => {
    const { page } = await begin(stage, contestant, file, window);
    const { errors } = stage.browsers[1]!;
    return waitForProgress(page, { seconds: WATCHED_SECONDS, bytes: file.bytes, errors });
  });
  const seconds = ratesBySecond(progress, WATCHED_SECONDS);
  const tenth = median(seconds) / 10;
  return {
    rate: overallRate(progress, WATCHED_SECONDS, file.bytes),
    seconds,
    collapsed: seconds.slice(1).filter((rate) => rate < tenth).length,
  };
}

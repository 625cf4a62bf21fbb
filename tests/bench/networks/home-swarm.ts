/**
 * One seeder and three leechers, each behind a home line, until the last one has everything: against the bound of
 * Kumar and Ross ("Peer-assisted file distribution: the minimum distribution time", 2006), which no scheme beats.
 */
import type { TestFile } from "../../support/files.ts";
import { HOME_LEECHERS } from "../constants.ts";
import type { Program } from "../stage.ts";
import { type NetworkStage, startPeer } from "./network-stage.ts";
import { profileOf } from "./profiles.ts";

/** Bits a second of the leechers' downlinks. */
const DOWNLINK = 100e6;

/** Seconds; on the bare lines, without any headers. `slower`: as of the lines (profiles.ts). */
export function minimumDistributionTime(bytes: number, slower: number): number {
  const bits = bytes * 8;
  const uplink = profileOf("home", slower).rate!;
  const allUplinks = uplink * (1 + HOME_LEECHERS);
  return Math.max(bits / uplink, (bits * slower) / DOWNLINK, (HOME_LEECHERS * bits) / allUplinks);
}

/** Seconds from the first leecher's asking to the last one's end. */
export function runHomeSwarm(
  stage: NetworkStage,
  program: Program,
  file: TestFile,
  slower: number,
): Promise<number> {
  const { sender: line } = profileOf("home", slower);
  const seats = Array.from({ length: 1 + HOME_LEECHERS }, () => ({ line, kind: "chromium" as const }));
  return stage.withNetwork(seats, async ({ addresses, browsers }) => {
    const peers = await Promise.all(browsers.map((browser) => startPeer(program, browser, addresses)));
    const [seeder, ...leechers] = peers;
    const link = await seeder!.seed(file.path);
    await Promise.all(leechers.map((leecher) => leecher.open(link)));
    const timings = await Promise.all(leechers.map((leecher) => leecher.download()));
    const startedAt = Math.min(...timings.map((timing) => timing.startedAt));
    const finishedAt = Math.max(...timings.map((timing) => timing.finishedAt));
    return (finishedAt - startedAt) / 1000;
  });
}

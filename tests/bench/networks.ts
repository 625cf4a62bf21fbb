/**
 * Real networks, between network namespaces of this machine: the bare channel with its buffer filled, the bare channel
 * with the better of the fixed windows, Shoal and WebTorrent, in turns, over each of the profiles.
 */
import { makeFile, temporaryDirectory } from "../support/files.ts";
import { Network } from "../support/networks/network.ts";
import { FIXED_WINDOWS, UNBOUNDED_SIZE, WATCHED_SECONDS } from "./constants.ts";
import { type ProfileName, profiles } from "./networks/profiles.ts";
import { type Contestant, runTransfer, type Transfer } from "./networks/transfer.ts";
import { median } from "./timing.ts";

export interface NetworkOptions {
  profiles: readonly ProfileName[];
  contestants: readonly Contestant[];
  rounds: number;
}

/** Of a profile and a contestant, by round. */
export type Transfers = Partial<Record<Contestant, Transfer[]>>;

export type NetworksResult = { reason: string } | Partial<Record<ProfileName, Transfers>>;

/** More than the network carries while it is watched. */
function sizeFor(rate: number | null): number {
  return rate === null ? UNBOUNDED_SIZE : Math.ceil((rate / 8) * (WATCHED_SECONDS + 2));
}

function describe({ rate, seconds, collapsed }: Transfer): string {
  const each = seconds.map((second) => second.toFixed(1)).join(" ");
  return `${rate.toFixed(2)} MB/s (${each})${collapsed > 0 ? `, collapsed for ${collapsed} s` : ""}`;
}

export async function benchNetworks(
  { profiles: names, contestants, rounds }: NetworkOptions,
  say: (line: string) => void,
): Promise<NetworksResult> {
  const reason = await Network.whyNot();
  if (reason !== null) return { reason };
  const directory = await temporaryDirectory("bench-networks");
  const results: Partial<Record<ProfileName, Transfers>> = {};
  try {
    for (const name of names) {
      const profile = profiles[name];
      const bytes = sizeFor(profile.rate);
      const file = await makeFile(`${directory.path}/${name}.bin`, bytes, name);
      const transfers: Transfers = {};
      results[name] = transfers;
      for (let round = 1; round <= rounds; round++) {
        for (const contestant of contestants) {
          const windows = contestant === "window" ? FIXED_WINDOWS : [0];
          const runs: Transfer[] = [];
          for (const window of windows) {
            const run = await runTransfer(profile, contestant, file, window);
            const label = window > 0 ? `${contestant} ${window / 1024} KiB` : contestant;
            say(`${name}, round ${round}: ${label} ${describe(run)}`);
            runs.push(run);
          }
          const best = runs.reduce((a, b) => (b.rate > a.rate ? b : a));
          transfers[contestant] = [...(transfers[contestant] ?? []), best];
        }
      }
    }
  } finally {
    await directory.remove();
  }
  return results;
}

export function medianRate(transfers: readonly Transfer[]): number {
  return median(transfers.map(({ rate }) => rate));
}

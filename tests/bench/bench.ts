/**
 * `npm run bench`: Shoal beside the bare data channel and WebTorrent, all in one run and in turns, so that what else
 * the machine does falls on all of them; ratios say more than rates. What each part measures is told in its own
 * file: pair.ts, hash.ts, swarm.ts, files.ts, big.ts, networks.ts. Results go to standard output, as tables or one JSON object; progress to
 * standard error.
 */
import { cpus } from "node:os";
import { benchBig } from "./big.ts";
import { benchFiles } from "./files.ts";
import { benchHash } from "./hash.ts";
import { benchNetworks } from "./networks.ts";
import { type Options, readOptions } from "./options.ts";
import { benchPair } from "./pair.ts";
import { formatResults, type Results } from "./report.ts";
import { Stage } from "./stage.ts";
import { benchSwarm } from "./swarm.ts";

function say(line: string): void {
  console.error(line);
}

async function bench({ only, rounds, size, files, big, networks }: Options): Promise<Results> {
  if (networks !== null) return { networks: await benchNetworks(networks, say) };
  const stage = await Stage.open();
  const bytes = size * 2 ** 20;
  const results: Results = {};
  try {
    if (big !== null) return { big: await benchBig(stage, big, say) };
    if (only.includes("pair")) results.pair = await benchPair(stage, bytes, rounds, say);
    if (only.includes("hash")) results.hash = await benchHash(stage, bytes, rounds, say);
    if (only.includes("swarm")) results.swarm = await benchSwarm(stage, bytes, rounds, say);
    if (only.includes("files")) results.files = await benchFiles(stage, files, say);
  } finally {
    await stage.close();
  }
  return results;
}

/** What was measured, and how much of it. */
function asJson(results: Results, { rounds, size, big, networks }: Options): string {
  const told =
    typeof results.networks === "string" ? { networks: null, networksReason: results.networks } : results;
  const extent = big === null && {
    rounds,
    ...(networks === null ? { sizeMib: size } : { slower: networks.slower }),
  };
  return JSON.stringify({ cores: cpus().length, ...extent, ...told }, null, 2);
}

// Through process.exit, so that what is to end and to be removed at exit is.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

try {
  const options = readOptions(process.argv.slice(2));
  const results = await bench(options);
  if (results.big && !(results.big.small.equal && results.big.big.equal)) process.exitCode = 1;
  console.log(options.json ? asJson(results, options) : `\n${formatResults(results)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/**
 * A server that returns while thousands of clients wait for it. Each follows the app's own rule: it asks whether the
 * server is there after a random pause of 0.25 to 3 s, opens a socket once it answers, and announces a share under two
 * info-hashes. Clients are pairs of a leecher, which brings offers, and a seed, which makes some when it hears of the
 * leecher.
 *
 *   node tests/run.js --script tests/bench/outage.ts [--clients N] [--json]
 *
 * The server is a process of its own with limits as they ship, but for those of an address, as all clients come from
 * here. It is killed, and started again 10 s later. Told are the seconds from the moment at which it is ready until
 * clients are announced, and until pairs have met: until the offer of one was answered by the other, and the answer was
 * there. The clients take a core of their own meanwhile, so that on a small computer the server waits for them: the
 * processor time of the server until all have met says how many clients it could take in a second.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { waitFor } from "../support/wait.ts";
import { PairedClient } from "./paired-client.ts";
import { formatTable } from "./table.ts";

const serverFile = resolve(import.meta.dirname, "../../dist/server/main.js");

/** Milliseconds for which the server is away: clients wait the longest pauses by then. */
const AWAY = 10_000;
const PATIENCE = 120_000;

/** A port of the loopback that tests do not take. */
const PORT = 18_473;

async function startServer(): Promise<ChildProcess> {
  const many = "1000000";
  const env = {
    ...process.env,
    PORT: String(PORT),
    SHOAL_ICE_SERVERS: "[]",
    SHOAL_SOCKETS_PER_ADDRESS: many,
    SHOAL_UPGRADES_PER_SECOND: many,
    SHOAL_UPGRADE_BURST: many,
    SHOAL_SWARMS_PER_ADDRESS: many,
  };
  const server = spawn(process.execPath, [serverFile], { env, stdio: ["ignore", "pipe", "inherit"] });
  await once(createInterface(server.stdout!), "line");
  return server;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill("SIGKILL");
  await once(server, "exit");
}

/** Seconds of processor time that a process has used so far. Linux. */
function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)!.split(" ");
  // User and system time, in hundredths.
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Seconds, by the share of clients that have it by then. */
function spread(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1]! / 10) / 100;
  return { half: at(0.5), most: at(0.99), all: at(1) };
}

async function measure(count: number, say: (line: string) => void) {
  let server = await startServer();
  const clients = Array.from({ length: count }, (_, number) => new PairedClient(number, PORT));
  try {
    const all = (what: "announcedAt" | "metAt") => async () =>
      clients.every((client) => client[what] !== null);
    for (const client of clients) client.start();
    await waitFor(all("metAt"), { describe: "all to meet", timeout: PATIENCE });
    say(`${count} clients have met`);
    for (const client of clients) client.reset();
    await end(server);
    await new Promise((done) => setTimeout(done, AWAY));
    server = await startServer();
    for (const client of clients) client.reset();
    const before = processorSeconds(server.pid!);
    const returned = performance.now();
    await waitFor(all("metAt"), { describe: "all to meet again", timeout: PATIENCE });
    return {
      clients: count,
      announced: spread(clients.map(({ announcedAt }) => announcedAt! - returned)),
      met: spread(clients.map(({ metAt }) => metAt! - returned)),
      cutOff: clients.reduce((sum, { cutOff }) => sum + cutOff, 0),
      processorSeconds: processorSeconds(server.pid!) - before,
    };
  } finally {
    for (const client of clients) client.stop();
    await end(server);
  }
}

const { values } = parseArgs({
  options: { clients: { type: "string", default: "2000" }, json: { type: "boolean", default: false } },
});
const result = await measure(2 * Math.ceil(Number(values.clients) / 2), (line) => console.error(line));
const row = (name: string, { half, most, all }: ReturnType<typeof spread>) => [
  name,
  `${half}`,
  `${most}`,
  `${all}`,
];
console.log(
  values.json
    ? JSON.stringify({ cores: cpus().length, ...result }, null, 2)
    : formatTable([
        [`${result.clients} clients, seconds after the server's return`, "half", "99 %", "all"],
        row("announced", result.announced),
        row("pairs met", result.met),
      ]) +
        `\n${result.processorSeconds.toFixed(2)} s of the server's processor time; ${result.cutOff} sockets were refused or cut off`,
);

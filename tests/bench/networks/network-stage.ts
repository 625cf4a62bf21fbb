/**
 * What a measurement over a network stands on: the network itself, the servers in their host, and a browser in each
 * of the other hosts. Everything is ended when the work is done or fails.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { launchBrowser, type TestBrowser } from "../../support/browsers.ts";
import { type Line, type LinkCount, Network, serverHost } from "../../support/networks/network.ts";
import type { HostAddresses } from "./host-server.ts";

const serverScript = fileURLToPath(new URL("host-server.ts", import.meta.url));

export interface NetworkStage {
  readonly network: Network;
  readonly addresses: HostAddresses;
  /** Those of hosts 1, 2 and so on. */
  readonly browsers: readonly TestBrowser[];
}

class HostServer {
  readonly addresses: HostAddresses;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(process: ChildProcessByStdio<Writable, Readable, null>, addresses: HostAddresses) {
    this.#process = process;
    this.addresses = addresses;
  }

  static async start(network: Network): Promise<HostServer> {
    const [program, ...words] = [...network.inHost(serverHost), process.execPath, "--import", "tsx"];
    const server = spawn(program!, [...words, serverScript, `10.99.0.${serverHost}`], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    server.stdin.on("error", () => {});
    const failed = once(server, "close").then(() => {
      throw new Error("The servers' host has no servers: see the lines above.");
    });
    const [line] = await Promise.race([once(server.stdout, "data"), failed]);
    failed.catch(() => {});
    return new HostServer(server, JSON.parse(String(line)));
  }

  async close(): Promise<void> {
    const closed = once(this.#process, "close");
    this.#process.stdin.end();
    await closed;
  }
}

/** Pages of the servers' host are to have what only a secure origin has: workers of all kinds, and WebCrypto. */
function trusting({ app, channel }: HostAddresses): string[] {
  const origins = [app, channel].map((url) => new URL(url).origin);
  return [`--unsafely-treat-insecure-origin-as-secure=${origins.join(",")}`];
}

/** Runs `work` on a fresh network: host 1 has the first of the lines, and so on. */
export async function withNetwork<T>(
  lines: readonly Line[],
  work: (stage: NetworkStage) => Promise<T>,
): Promise<{ result: T; counts: Map<string, LinkCount> }> {
  const network = await Network.start(Object.fromEntries(lines.map((line, index) => [index + 1, line])));
  let result: T;
  try {
    result = await withServer(network, lines.length, work);
  } catch (error) {
    await network.close();
    throw error;
  }
  return { result, counts: await network.close() };
}

async function withServer<T>(
  network: Network,
  hosts: number,
  work: (stage: NetworkStage) => Promise<T>,
): Promise<T> {
  const server = await HostServer.start(network);
  const launched = await Promise.allSettled(
    Array.from({ length: hosts }, (_, index) =>
      launchBrowser("chromium", { wrapper: network.inHost(index + 1), args: trusting(server.addresses) }),
    ),
  );
  const browsers = launched.flatMap((launch) => (launch.status === "fulfilled" ? [launch.value] : []));
  try {
    const failure = launched.find((launch) => launch.status === "rejected");
    if (failure) throw failure.reason;
    return await work({ network, addresses: server.addresses, browsers });
  } finally {
    await Promise.allSettled(browsers.map((browser) => browser.close()));
    await server.close();
  }
}

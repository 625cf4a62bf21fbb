/**
 * What a measurement over networks stands on: the built pages and the files, and for each transfer a fresh network
 * with the servers in their host and a browser in each of the others. Everything is ended when the work is done or
 * fails, or the process ends.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { launchBrowser, type TestBrowser } from "../../support/browsers.ts";
import { makeFile, type TemporaryDirectory, type TestFile, temporaryDirectory } from "../../support/files.ts";
import { type Line, Network, serverAddress, serverHost } from "../../support/networks/network.ts";
import { buildPages } from "../pages-server.ts";
import type { Peer } from "../peer.ts";
import { ShoalPeer } from "../shoal-peer.ts";
import type { Program } from "../stage.ts";
import { WebTorrentPeer } from "../webtorrent-peer.ts";
import type { HostAddresses } from "./host-server.ts";

const serverScript = fileURLToPath(new URL("host-server.ts", import.meta.url));

/** A network that is up, with everything in it. */
export interface Scene {
  readonly network: Network;
  readonly addresses: HostAddresses;
  /** Those of hosts 1, 2 and so on. */
  readonly browsers: readonly TestBrowser[];
}

type ServerProcess = ChildProcessByStdio<Writable, Readable, null>;

/** Resolves once it has said its addresses. */
async function startServers(network: Network, pages: string): Promise<[ServerProcess, HostAddresses]> {
  const [program, ...words] = [...network.inHost(serverHost), process.execPath, "--import", "tsx"];
  const server = spawn(program!, [...words, serverScript, serverAddress, pages], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  server.stdin.on("error", () => {});
  const failed = once(server, "close").then(() => {
    throw new Error("The servers' host has no servers: see the lines above.");
  });
  const [line] = await Promise.race([once(server.stdout, "data"), failed]);
  failed.catch(() => {});
  return [server, JSON.parse(String(line))];
}

/** Pages of the servers' host are to have what only a secure origin has: workers of all kinds, and WebCrypto. */
function trusting({ app, channel }: HostAddresses): string[] {
  const origins = [app, channel].map((url) => new URL(url).origin);
  return [`--unsafely-treat-insecure-origin-as-secure=${origins.join(",")}`];
}

/** Starts the program in a browser. */
export function startPeer(program: Program, browser: TestBrowser, addresses: HostAddresses): Promise<Peer> {
  return program === "shoal"
    ? ShoalPeer.start(browser, addresses.app)
    : WebTorrentPeer.start(browser, addresses.webtorrent, addresses.tracker);
}

export class NetworkStage {
  readonly #pages: TemporaryDirectory;
  readonly #files: TemporaryDirectory;

  private constructor(pages: TemporaryDirectory, files: TemporaryDirectory) {
    this.#pages = pages;
    this.#files = files;
  }

  static async open(): Promise<NetworkStage> {
    return new NetworkStage(await buildPages(), await temporaryDirectory("bench-networks"));
  }

  /** A file of pseudo-random bytes, the same in every run. */
  file(bytes: number, name: string): Promise<TestFile> {
    return makeFile(`${this.#files.path}/${name}-${bytes}.bin`, bytes, name);
  }

  /** Runs `work` on a fresh network: host 1 has the first of the lines, and so on. */
  async withNetwork<T>(lines: readonly Line[], work: (scene: Scene) => Promise<T>): Promise<T> {
    const network = await Network.start(Object.fromEntries(lines.map((line, index) => [index + 1, line])));
    try {
      return await this.#withServers(network, lines.length, work);
    } finally {
      await network.close();
    }
  }

  async #withServers<T>(network: Network, hosts: number, work: (scene: Scene) => Promise<T>): Promise<T> {
    const [server, addresses] = await startServers(network, this.#pages.path);
    const launched = await Promise.allSettled(
      Array.from({ length: hosts }, (_, index) =>
        launchBrowser("chromium", { wrapper: network.inHost(index + 1), args: trusting(addresses) }),
      ),
    );
    const browsers = launched.flatMap((launch) => (launch.status === "fulfilled" ? [launch.value] : []));
    try {
      const failure = launched.find((launch) => launch.status === "rejected");
      if (failure) throw failure.reason;
      return await work({ network, addresses, browsers });
    } finally {
      await Promise.allSettled(browsers.map((browser) => browser.close()));
      server.stdin.end();
      if (server.exitCode === null && server.signalCode === null) await once(server, "close");
    }
  }

  async close(): Promise<void> {
    await this.#pages.remove();
    await this.#files.remove();
  }
}

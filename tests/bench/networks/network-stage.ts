/**
 * What a measurement over networks stands on: the built pages and the files, and for each transfer a fresh network
 * with the servers in their host and a browser in each of the others. Everything is ended when the work is done or
 * fails, or the process ends.
 */
import { fileURLToPath } from "node:url";
import type { BrowserKind, TestBrowser } from "../../support/browsers.ts";
import { makeFile, type TemporaryDirectory, type TestFile, temporaryDirectory } from "../../support/files.ts";
import { launchInHost } from "../../support/networks/host-browser.ts";
import { HostProcess } from "../../support/networks/host-process.ts";
import { type Line, Network, serverAddress, serverHost } from "../../support/networks/network.ts";
import { buildPages } from "../pages-server.ts";
import type { Peer } from "../peer.ts";
import { ShoalPeer } from "../shoal-peer.ts";
import type { Program } from "../stage.ts";
import { WebTorrentPeer } from "../webtorrent-peer.ts";
import type { HostAddresses } from "./host-server.ts";

const serverScript = fileURLToPath(new URL("host-server.ts", import.meta.url));

/** A host of the network: its line, and the browser in it. */
export interface Seat {
  readonly line: Line;
  readonly kind: BrowserKind;
}

/** A network that is up, with everything in it. */
export interface Scene {
  readonly network: Network;
  readonly addresses: HostAddresses;
  /** Those of hosts 1, 2 and so on. */
  readonly browsers: readonly TestBrowser[];
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

  /** Runs `work` on a fresh network: the first of the seats is host 1, and so on. */
  async withNetwork<T>(seats: readonly Seat[], work: (scene: Scene) => Promise<T>): Promise<T> {
    const network = await Network.start(Object.fromEntries(seats.map(({ line }, at) => [at + 1, line])));
    try {
      return await this.#withServers(network, seats, work);
    } finally {
      await network.close();
    }
  }

  async #withServers<T>(
    network: Network,
    seats: readonly Seat[],
    work: (scene: Scene) => Promise<T>,
  ): Promise<T> {
    const command = [process.execPath, "--import", "tsx", serverScript, serverAddress, this.#pages.path];
    const server = await HostProcess.start(network, serverHost, command, /^\{/);
    const addresses: HostAddresses = JSON.parse(server.said.find((line) => line.startsWith("{"))!);
    const urls = [addresses.app, addresses.channel];
    const launched = await Promise.allSettled(
      seats.map(({ kind }, at) => launchInHost(network, at + 1, kind, urls)),
    );
    const browsers = launched.flatMap((launch) => (launch.status === "fulfilled" ? [launch.value] : []));
    try {
      const failure = launched.find((launch) => launch.status === "rejected");
      if (failure) throw failure.reason;
      return await work({ network, addresses, browsers });
    } finally {
      await Promise.allSettled(browsers.map((browser) => browser.close()));
      await server.close();
    }
  }

  async close(): Promise<void> {
    await this.#pages.remove();
    await this.#files.remove();
  }
}

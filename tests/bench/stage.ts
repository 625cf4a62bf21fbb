/** What every part of the benchmark stands on: the two servers, the files, and browsers that are all closed. */
import { type BrowserOptions, launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { makeFile, type TemporaryDirectory, type TestFile, temporaryDirectory } from "../support/files.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { type PagesServer, startPagesServer } from "./pages-server.ts";
import type { Peer } from "./peer.ts";
import { ShoalPeer } from "./shoal-peer.ts";
import { WebTorrentPeer } from "./webtorrent-peer.ts";

/** The programs that are compared. */
export const programs = ["shoal", "webtorrent"] as const;
export type Program = (typeof programs)[number];

export class Stage {
  readonly server: TestServer;
  readonly pages: PagesServer;
  readonly #directory: TemporaryDirectory;

  private constructor(server: TestServer, pages: PagesServer, directory: TemporaryDirectory) {
    this.server = server;
    this.pages = pages;
    this.#directory = directory;
  }

  static async open(): Promise<Stage> {
    const server = await startServer();
    try {
      return new Stage(server, await startPagesServer(), await temporaryDirectory("bench"));
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  get directory(): string {
    return this.#directory.path;
  }

  /** A file of pseudo-random bytes, the same in every run. */
  file(bytes: number, name: string): Promise<TestFile> {
    return makeFile(`${this.directory}/${name}-${bytes}.bin`, bytes, name);
  }

  /** Runs `work` with so many fresh browsers, and closes them whatever happens. */
  async withBrowsers<T>(
    count: number,
    work: (browsers: TestBrowser[]) => Promise<T>,
    options: BrowserOptions = {},
  ): Promise<T> {
    const launched = await Promise.allSettled(
      Array.from({ length: count }, () => launchBrowser("chromium", options)),
    );
    const browsers = launched.flatMap((launch) => (launch.status === "fulfilled" ? [launch.value] : []));
    try {
      const failure = launched.find((launch) => launch.status === "rejected");
      if (failure) throw failure.reason;
      return await work(browsers);
    } finally {
      await Promise.allSettled(browsers.map((browser) => browser.close()));
    }
  }

  /** Starts the program in a browser. */
  startPeer(program: Program, browser: TestBrowser): Promise<Peer> {
    return program === "shoal"
      ? ShoalPeer.start(browser, this.server.url)
      : WebTorrentPeer.start(browser, this.pages.url("webtorrent"), this.server.tracker);
  }

  async close(): Promise<void> {
    await this.pages.close();
    await this.server.close();
    await this.#directory.remove();
  }
}

/** Shoal as it ships, driven through its own page: the benchmark presses what a person presses. */
import { basename } from "node:path";
import type { Page } from "puppeteer-core";
import type { NodeClient } from "../../app/page/node-client.ts";
import type { TestBrowser } from "../support/browsers.ts";
import { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";
import { PATIENCE } from "./constants.ts";
import type { Progress } from "./networks/progress.ts";
import { type Peer, waitForTiming } from "./peer.ts";
import type { Timing } from "./timing.ts";

export class ShoalPeer implements Peer {
  readonly shoal: ShoalPage;
  /** What was shared or opened last, by its link's fragment. */
  #fragment: string;

  private constructor(shoal: ShoalPage) {
    this.shoal = shoal;
    this.#fragment = "";
  }

  static async start(browser: TestBrowser, url: string): Promise<ShoalPeer> {
    return new ShoalPeer(await ShoalPage.open(browser, url));
  }

  get browser(): TestBrowser {
    return this.shoal.browser;
  }

  get page(): Page {
    return this.shoal.page;
  }

  async seed(path: string): Promise<string> {
    await this.#goTo("");
    const link = await this.shoal.shareFiles(path);
    this.#fragment = new URL(link).hash;
    await waitFor(async () => (await this.#share())?.name === basename(path), { describe: "the new share" });
    return link;
  }

  async open(link: string): Promise<void> {
    this.#fragment = new URL(link).hash;
    await this.#goTo(this.#fragment);
    await waitFor(
      async () => {
        const share = await this.#share();
        return share?.phase === "ready" && share.peers.some(({ state }) => state === "connected");
      },
      { describe: "name, size and a connected peer", timeout: 120_000 },
    );
  }

  async ask(): Promise<void> {
    const button = await this.page.waitForSelector('>>> [data-test="primary"][data-action="download"]');
    await button!.evaluate((element, fragment) => {
      const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
      const startedAt = performance.timeOrigin + performance.now();
      const progress: Progress = [[startedAt, 0]];
      Object.assign(window, { timing: undefined, progress });
      // By connection: what one that ended had received counts on.
      const received = new Map<number, number>();
      const unsubscribe = node.subscribe(() => {
        const share = node.snapshot?.shares.find(({ link }) => link.endsWith(fragment));
        if (!share) return;
        for (const { link, downloaded } of share.peers) received.set(link, downloaded);
        const now = performance.timeOrigin + performance.now();
        const all = [...received.values()].reduce((sum, bytes) => sum + bytes, 0);
        progress.push([now, all]);
        if (share.phase !== "seeding") return;
        unsubscribe();
        Object.assign(window, { timing: { startedAt, finishedAt: now } });
      });
      (element as HTMLElement).click();
    }, this.#fragment);
  }

  async download(): Promise<Timing> {
    await this.ask();
    return waitForTiming(this.page, this.browser.errors);
  }

  /** Saves what was downloaded last; resolves to its path once all `bytes` are there. */
  save(downloads: string, name: string, bytes: number): Promise<string> {
    return this.shoal.save(downloads, name, bytes, PATIENCE);
  }

  async uploaded(): Promise<number> {
    return (await this.#share())?.uploaded ?? 0;
  }

  async #share() {
    const snapshot = await this.shoal.snapshot();
    return snapshot?.shares.find(({ link }) => link.endsWith(this.#fragment));
  }

  /** Changes screens without loading the page anew. */
  async #goTo(fragment: string): Promise<void> {
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, fragment);
  }
}

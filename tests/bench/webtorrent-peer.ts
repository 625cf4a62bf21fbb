/** WebTorrent in a page of its own (pages/webtorrent.ts), meeting its peers through Shoal's tracker. */
import type { Page } from "puppeteer-core";
import type { TestBrowser } from "../support/browsers.ts";
import type { WebTorrentPage } from "./pages/webtorrent.ts";
import { type Peer, waitForTiming } from "./peer.ts";
import type { Timing } from "./timing.ts";

declare const webTorrentPage: WebTorrentPage;

export class WebTorrentPeer implements Peer {
  readonly browser: TestBrowser;
  readonly page: Page;
  readonly #tracker: string;

  private constructor(browser: TestBrowser, page: Page, tracker: string) {
    this.browser = browser;
    this.page = page;
    this.#tracker = tracker;
  }

  /** `url` is the page's, `tracker` the announce address. */
  static async start(browser: TestBrowser, url: string, tracker: string): Promise<WebTorrentPeer> {
    const page = await browser.newPage(url);
    await page.waitForFunction(() => Reflect.has(window, "webTorrentPage"));
    return new WebTorrentPeer(browser, page, tracker);
  }

  async seed(path: string): Promise<string> {
    const input = await this.page.$("input");
    await input!.uploadFile(path);
    return this.page.evaluate((tracker) => webTorrentPage.seed(tracker), this.#tracker);
  }

  async open(link: string): Promise<void> {
    await this.page.evaluate((magnet) => webTorrentPage.add(magnet), link);
  }

  async ask(): Promise<void> {
    await this.page.evaluate(() => {
      Object.assign(window, { timing: undefined });
      void webTorrentPage.download().then((timing) => Object.assign(window, { timing }));
    });
  }

  async download(): Promise<Timing> {
    await this.ask();
    return waitForTiming(this.page, this.browser.errors);
  }

  uploaded(): Promise<number> {
    return this.page.evaluate(() => webTorrentPage.uploaded());
  }
}

/** Two browsers with nothing but a data channel between them (pages/channel.ts): the limit for everything else. */
import type { Page } from "puppeteer-core";
import type { TestBrowser } from "../support/browsers.ts";
import { CHANNEL_LIMIT, CHANNEL_LOW_WATER } from "./constants.ts";
import type { ChannelPage } from "./pages/channel.ts";
import type { Flow } from "./pages/channel-worker.ts";
import { waitForTiming } from "./peer.ts";
import type { Timing } from "./timing.ts";

declare const channelPage: ChannelPage;

export class ChannelPair {
  /** The receiving end's page. */
  readonly page: Page;
  readonly #errors: readonly string[];

  private constructor(receiver: Page, errors: readonly string[]) {
    this.page = receiver;
    this.#errors = errors;
  }

  static async connect(sending: TestBrowser, receiving: TestBrowser, url: string): Promise<ChannelPair> {
    const [sender, receiver] = await Promise.all([sending.newPage(url), receiving.newPage(url)]);
    const offer = await sender.evaluate(() => channelPage.offer());
    const answer = await receiver.evaluate((description) => channelPage.answer(description), offer);
    await sender.evaluate((description) => channelPage.accept(description), answer);
    await Promise.all([sender, receiver].map((page) => page.evaluate(() => channelPage.opened())));
    return new ChannelPair(receiver, receiving.errors);
  }

  /** Has `flow` sent, without waiting for its end. */
  async ask(flow: Flow): Promise<void> {
    await this.page.evaluate((wanted) => {
      Object.assign(window, { timing: undefined });
      void channelPage.fetch(wanted).then((timing) => Object.assign(window, { timing }));
    }, flow);
  }

  /** From asking for `bytes` to the last one's arrival. */
  async fetch(bytes: number): Promise<Timing> {
    await this.ask({ bytes, limit: CHANNEL_LIMIT, lowWater: CHANNEL_LOW_WATER, window: null });
    return waitForTiming(this.page, this.#errors);
  }
}

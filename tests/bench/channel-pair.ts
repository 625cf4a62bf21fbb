/** Two browsers with nothing but a data channel between them (pages/channel.ts): the limit for everything else. */
import type { Page } from "puppeteer-core";
import type { TestBrowser } from "../support/browsers.ts";
import type { ChannelPage } from "./pages/channel.ts";
import { waitForTiming } from "./peer.ts";
import type { Timing } from "./timing.ts";

declare const channelPage: ChannelPage;

export class ChannelPair {
  readonly #receiver: Page;
  readonly #errors: readonly string[];

  private constructor(receiver: Page, errors: readonly string[]) {
    this.#receiver = receiver;
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

  /** From asking for `bytes` to the last one's arrival. */
  async fetch(bytes: number): Promise<Timing> {
    await this.#receiver.evaluate((wanted) => {
      Object.assign(window, { timing: undefined });
      void channelPage.fetch(wanted).then((timing) => Object.assign(window, { timing }));
    }, bytes);
    return waitForTiming(this.#receiver, this.#errors);
  }
}

/** Browsers with the connection test's page, connections between them, and what passes between their windows. */
import type { Page } from "puppeteer-core";
import { expect } from "vitest";
import type { ConnectionCommand } from "../../../app/bridge/connections.ts";
import type { TestBrowser } from "../../support/browsers.ts";
import { waitFor } from "../../support/wait.ts";
import type { Carrier, ConnectionTest, LinkReport } from "./messages.ts";

/** The test's page in a browser, with connections of its own; each link gets a number of its own. */
export class Host {
  readonly browser: TestBrowser;
  readonly page: Page;
  #links: number;

  constructor(browser: TestBrowser, page: Page) {
    this.browser = browser;
    this.page = page;
    this.#links = 0;
  }

  /** `url`: where the test's page is. */
  static async open(browser: TestBrowser, url: string): Promise<Host> {
    const page = await browser.newPage(`${url}index.html`);
    await page.waitForFunction(() => Reflect.has(window, "connectionTest"));
    return new Host(browser, page);
  }

  /** Ends its connections too. */
  close(): Promise<void> {
    return this.page.close();
  }

  nextLink(): number {
    return ++this.#links;
  }

  async command(command: ConnectionCommand): Promise<void> {
    await this.commandAtOnce([command]);
  }

  /** All in one task, in which nothing else happens; resolves to how many connections there are at its end. */
  commandAtOnce(commands: readonly ConnectionCommand[]): Promise<number> {
    return this.page.evaluate((sent) => {
      const test: ConnectionTest = Reflect.get(window, "connectionTest");
      for (const command of sent) test.command(command);
      return test.live();
    }, commands);
  }

  async send(link: number, carrier: Carrier, length: number): Promise<void> {
    await this.page.evaluate(
      (...sent) => {
        const test: ConnectionTest = Reflect.get(window, "connectionTest");
        test.send(...sent);
      },
      link,
      carrier,
      length,
    );
  }

  report(link: number): Promise<LinkReport> {
    return this.page.evaluate((asked) => {
      const test: ConnectionTest = Reflect.get(window, "connectionTest");
      return test.report(asked);
    }, link);
  }

  async networkChanged(): Promise<void> {
    await this.page.evaluate(() => {
      const test: ConnectionTest = Reflect.get(window, "connectionTest");
      test.networkChanged();
    });
  }

  live(): Promise<number> {
    return this.page.evaluate(() => {
      const test: ConnectionTest = Reflect.get(window, "connectionTest");
      return test.live();
    });
  }

  /** Waits until the link's report has something to say of `key`, and returns that. */
  async told<K extends keyof LinkReport>(
    link: number,
    key: K,
    is: (value: LinkReport[K]) => boolean = (value) => value !== undefined,
    timeout = 30_000,
  ): Promise<NonNullable<LinkReport[K]>> {
    const report = await waitFor(
      async () => {
        const now = await this.report(link);
        return is(now[key]) ? now : undefined;
      },
      { timeout, describe: async () => `${key}; told was ${JSON.stringify(await this.report(link))}` },
    );
    return report[key]!;
  }
}

/** Two hosts' ends of one connection. */
export interface Pair {
  readonly offering: Host;
  readonly answering: Host;
  readonly offered: number;
  readonly answered: number;
}

export async function connect(offering: Host, answering: Host, shoal: boolean): Promise<Pair> {
  const [offered, answered] = [offering.nextLink(), answering.nextLink()];
  const other = { shoal, trickle: false };
  await offering.command({ type: "create-offer", link: offered, trickle: false });
  const offer = await offering.told(offered, "offer");
  await answering.command({ type: "create-answer", link: answered, sdp: offer, ...other });
  const answer = await answering.told(answered, "answer");
  await offering.command({ type: "accept-answer", link: offered, sdp: answer, ...other });
  await offering.told(offered, "relayOpen");
  await answering.told(answered, "relayOpen");
  return { offering, answering, offered, answered };
}

/** Each end was told the certificates of both, before it could hear anything. */
export async function expectBound({ offering, answering, offered, answered }: Pair): Promise<void> {
  const ours = (await offering.report(offered)).bound;
  const theirs = (await answering.report(answered)).bound;
  expect(ours).toMatchObject({ own: expect.stringMatching(/^\d+( \d+){7}$/), inTime: true });
  expect(theirs).toEqual({ own: ours?.remote, remote: ours?.own, inTime: true });
  expect(ours?.own).not.toBe(ours?.remote);
}

export async function disconnect({ offering, answering, offered, answered }: Pair): Promise<void> {
  await offering.command({ type: "close", link: offered });
  await answering.command({ type: "close", link: answered });
}

/** Both ends send, and both hear exactly what the other sent. */
export async function exchange(pair: Pair, carrier: Carrier, length: number): Promise<void> {
  const { offering, answering, offered, answered } = pair;
  await offering.send(offered, carrier, length);
  await answering.send(answered, carrier, length);
  const whole = { length, wrong: 0 };
  const arrived = (value: LinkReport["bulk"]) => value?.length === length;
  expect(await answering.told(answered, carrier, arrived)).toEqual(whole);
  expect(await offering.told(offered, carrier, arrived)).toEqual(whole);
}

/** Passes on what two windows have to tell each other, as the tracker does. */
export class Signals {
  readonly #pair: Pair;
  readonly #passed: { offered: number; answered: number };

  constructor(pair: Pair) {
    this.#pair = pair;
    this.#passed = { offered: 0, answered: 0 };
  }

  /** Until the condition holds, and what was told by then is passed on. */
  async passUntil(condition: () => Promise<boolean>): Promise<void> {
    const { offering, offered } = this.#pair;
    await waitFor(
      async () => {
        const holds = await condition();
        await this.#pass();
        return holds;
      },
      { timeout: 30_000, describe: async () => JSON.stringify(await offering.report(offered)) },
    );
  }

  /** Until something that needs them is done, well or badly. */
  async passDuring(work: Promise<void>): Promise<void> {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    await Promise.all([done, this.passUntil(async () => isDone)]);
  }

  async #pass(): Promise<void> {
    const { offering, answering, offered, answered } = this.#pair;
    const fromOffering = (await offering.report(offered)).signals ?? [];
    for (const signal of fromOffering.slice(this.#passed.offered))
      await answering.command({ type: "signal", link: answered, signal });
    this.#passed.offered = fromOffering.length;
    const fromAnswering = (await answering.report(answered)).signals ?? [];
    for (const signal of fromAnswering.slice(this.#passed.answered))
      await offering.command({ type: "signal", link: offered, signal });
    this.#passed.answered = fromAnswering.length;
  }

  /** New answers that the answering end has told. */
  async answers(): Promise<number> {
    const { signals = [] } = await this.#pair.answering.report(this.#pair.answered);
    return signals.filter((signal) => signal.startsWith('{"type":"answer"')).length;
  }
}

/**
 * The same between two who can be told more: the answer does not wait for candidates, nor does the offer where that was
 * known when it was made.
 */
export async function connectTrickling(
  offering: Host,
  answering: Host,
  isKnown: boolean,
): Promise<{ pair: Pair; signals: Signals; offer: string; answer: string }> {
  const pair = { offering, answering, offered: offering.nextLink(), answered: answering.nextLink() };
  const { offered, answered } = pair;
  const other = { shoal: true, trickle: true };
  await offering.command({ type: "create-offer", link: offered, trickle: isKnown });
  const offer = await offering.told(offered, "offer");
  await answering.command({ type: "create-answer", link: answered, sdp: offer, ...other });
  const answer = await answering.told(answered, "answer");
  await offering.command({ type: "accept-answer", link: offered, sdp: answer, ...other });
  const signals = new Signals(pair);
  await signals.passUntil(async () => (await offering.report(offered)).bulkOpen === true);
  await answering.told(answered, "bulkOpen");
  return { pair, signals, offer, answer };
}

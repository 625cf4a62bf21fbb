/** The window's connections between real browser processes: made, carrying bytes on either channel, ended. */
import { join, resolve } from "node:path";
import type { Page } from "puppeteer-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ConnectionCommand } from "../../app/bridge/connections.ts";
import { type BrowserKind, launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { waitFor } from "../support/wait.ts";
import type { Carrier, ConnectionTest, LinkReport } from "./connection/messages.ts";

const repository = resolve(import.meta.dirname, "../..");
const MEGABYTE = 1_000_000;

let server: ViteDevServer;
let cache: TemporaryDirectory;
let url: string;

beforeAll(async () => {
  cache = await temporaryDirectory("connection");
  server = await createServer({
    configFile: join(repository, "vite.config.ts"),
    root: repository,
    cacheDir: join(cache.path, "vite"),
    logLevel: "error",
    optimizeDeps: { include: ["simple-peer"], entries: [] },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
  });
  await server.listen();
  url = new URL("/tests/browser/connection/", server.resolvedUrls?.local[0]).href;
});

afterAll(async () => {
  await server.close();
  await cache.remove();
});

/** One browser with the test's page open; each link gets a number of its own. */
class Host {
  readonly browser: TestBrowser;
  readonly page: Page;
  #links: number;

  constructor(browser: TestBrowser, page: Page) {
    this.browser = browser;
    this.page = page;
    this.#links = 0;
  }

  static async open(kind: BrowserKind): Promise<Host> {
    const browser = await launchBrowser(kind);
    const page = await browser.newPage(`${url}index.html`);
    await page.waitForFunction(() => Reflect.has(window, "connectionTest"));
    return new Host(browser, page);
  }

  nextLink(): number {
    return ++this.#links;
  }

  async command(command: ConnectionCommand): Promise<void> {
    await this.page.evaluate((sent) => {
      const test: ConnectionTest = Reflect.get(window, "connectionTest");
      test.command(sent);
    }, command);
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
interface Pair {
  readonly offering: Host;
  readonly answering: Host;
  readonly offered: number;
  readonly answered: number;
}

async function connect(offering: Host, answering: Host, shoal: boolean): Promise<Pair> {
  const [offered, answered] = [offering.nextLink(), answering.nextLink()];
  await offering.command({ type: "create-offer", link: offered });
  const offer = await offering.told(offered, "offer");
  await answering.command({ type: "create-answer", link: answered, sdp: offer, shoal });
  const answer = await answering.told(answered, "answer");
  await offering.command({ type: "accept-answer", link: offered, sdp: answer, shoal });
  await offering.told(offered, "relayOpen");
  await answering.told(answered, "relayOpen");
  return { offering, answering, offered, answered };
}

async function disconnect({ offering, answering, offered, answered }: Pair): Promise<void> {
  await offering.command({ type: "close", link: offered });
  await answering.command({ type: "close", link: answered });
}

/** Both ends send, and both hear exactly what the other sent. */
async function exchange(pair: Pair, carrier: Carrier, length: number): Promise<void> {
  const { offering, answering, offered, answered } = pair;
  await offering.send(offered, carrier, length);
  await answering.send(answered, carrier, length);
  const whole = { length, wrong: 0 };
  const arrived = (value: LinkReport["bulk"]) => value?.length === length;
  expect(await answering.told(answered, carrier, arrived)).toEqual(whole);
  expect(await offering.told(offered, carrier, arrived)).toEqual(whole);
}

const pairs: [BrowserKind, BrowserKind][] = [
  ["chromium", "chromium"],
  ["firefox", "firefox"],
  ["chromium", "firefox"],
  ["firefox", "chromium"],
];

describe.each(pairs)("%s offers, %s answers", (offeringKind, answeringKind) => {
  let offering: Host;
  let answering: Host;

  beforeAll(async () => {
    offering = await Host.open(offeringKind);
    answering = await Host.open(answeringKind);
  });

  afterAll(async () => {
    await offering?.browser.close();
    await answering?.browser.close();
  });

  it("hands the bulk channel of a Shoal peer to the worker, and tells the route", async () => {
    const pair = await connect(offering, answering, true);
    await offering.told(pair.offered, "bulkOpen");
    await answering.told(pair.answered, "bulkOpen");
    await exchange(pair, "bulk", 4 * MEGABYTE);
    expect(await offering.told(pair.offered, "route")).toBe("direct");
    expect(await answering.told(pair.answered, "route")).toBe("direct");
    await disconnect(pair);
  });

  it("relays simple-peer's own channel for any other peer, within its backpressure", async () => {
    const pair = await connect(offering, answering, false);
    await exchange(pair, "relay", 4 * MEGABYTE + 5);
    const { bulkOpen, mostBuffered, relayOpen } = await answering.report(pair.answered);
    expect(bulkOpen).toBeUndefined();
    expect(relayOpen).toBe(16_384 + 13);
    expect(mostBuffered).toBeLessThanOrEqual(262_144 + 16_384);
    await disconnect(pair);
  });

  it("closes for good when the other end does, and ignores a late answer", async () => {
    const pair = await connect(offering, answering, true);
    const { answer } = await answering.report(pair.answered);
    await offering.command({ type: "accept-answer", link: pair.offered, sdp: answer!, shoal: true });
    await exchange(pair, "relay", 100);
    await answering.command({ type: "close", link: pair.answered });
    expect(await offering.told(pair.offered, "closed")).toBe("remote-closed");
    await offering.command({ type: "accept-answer", link: pair.offered, sdp: answer!, shoal: true });
    expect((await answering.report(pair.answered)).closed).toBeUndefined();
    expect([await offering.live(), await answering.live()]).toEqual([0, 0]);
  });

  it("logs no error", () => {
    expect([offering.browser.errors, answering.browser.errors]).toEqual([[], []]);
  });
});

describe.each<BrowserKind>(["chromium", "firefox"])("%s", (kind) => {
  let host: Host;

  beforeAll(async () => {
    host = await Host.open(kind);
  });

  afterAll(() => host?.browser.close());

  it("says so when nobody answers at the addresses of an answer", async () => {
    const gone = await Host.open(kind);
    const link = host.nextLink();
    await host.command({ type: "create-offer", link });
    await gone.command({ type: "create-answer", link: 1, sdp: await host.told(link, "offer"), shoal: true });
    const answer = await gone.told(1, "answer");
    await gone.browser.close();
    await host.command({ type: "accept-answer", link, sdp: answer, shoal: true });
    expect(await host.told(link, "closed", undefined, 40_000)).toMatch(/^connect-(failed|timeout)$/);
  });

  it("refuses damaged descriptions", async () => {
    const [answered, offered] = [host.nextLink(), host.nextLink()];
    await host.command({ type: "create-answer", link: answered, sdp: "v=0\r\nnonsense", shoal: false });
    expect(await host.told(answered, "closed")).toBe("connect-failed");
    await host.command({ type: "create-offer", link: offered });
    await host.told(offered, "offer");
    await host.command({ type: "accept-answer", link: offered, sdp: "", shoal: false });
    expect(await host.told(offered, "closed")).toBe("connect-failed");
  });

  it("notices a peer that was killed", async () => {
    const killed = await Host.open(kind);
    const pair = await connect(host, killed, true);
    killed.browser.browser.process()!.kill("SIGKILL");
    expect(await host.told(pair.offered, "closed", undefined, 60_000)).toBe("remote-closed");
    await killed.browser.close().catch(() => {});
  });

  it("hosts a hundred connections and refuses the next", async () => {
    const links = Array.from({ length: 101 }, () => host.nextLink());
    for (const link of links) await host.command({ type: "create-offer", link });
    expect((await host.report(links[100]!)).closed).toBe("connect-failed");
    expect(await host.live()).toBe(100);
    for (const link of links) await host.command({ type: "close", link });
    expect(await host.live()).toBe(0);
  });
});

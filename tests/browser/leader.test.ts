/** Several tabs of one browser: one leads, the others follow, and another takes over when it goes. */
import { join, resolve } from "node:path";
import type { Page } from "puppeteer-core";
import { createServer, type Plugin, type ViteDevServer } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { NodeClient } from "../../app/page/node-client.ts";
import { browserKinds, launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { waitFor } from "../support/wait.ts";

const repository = resolve(import.meta.dirname, "../..");
const id = "ab".repeat(20);
const magnet = `magnet:?xt=urn:btih:${id}&dn=fish`;
const otherId = "cd".repeat(20);
const otherMagnet = `magnet:?xt=urn:btih:${otherId}&dn=bird`;

/** Ends the requests to ?held that are under way. */
const letGo: (() => void)[] = [];

/** A synchronous request to ?held blocks its page's thread until the test lets it go. */
const held: Plugin = {
  name: "held",
  configureServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      if (request.url?.endsWith("?held")) letGo.push(() => response.end());
      else next();
    });
  },
};

let server: ViteDevServer;
let cache: TemporaryDirectory;
let url: string;

beforeAll(async () => {
  cache = await temporaryDirectory("leader");
  server = await createServer({
    configFile: join(repository, "vite.config.ts"),
    root: repository,
    cacheDir: join(cache.path, "vite"),
    logLevel: "silent",
    optimizeDeps: { include: ["simple-peer", "idb", "client-zip"], entries: ["app/worker/main.ts"] },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    plugins: [held],
  });
  await server.listen();
  url = new URL("/tests/browser/leader/index.html", server.resolvedUrls?.local[0]).href;
});

afterAll(async () => {
  await server?.close();
  await cache.remove();
});

/** What a tab knows of the node. */
interface Seen {
  readonly state: string;
  readonly epoch: string | null;
  readonly fault: string | null;
  readonly shares: readonly (string | null)[];
}

function look(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const node: NodeClient = Reflect.get(window, "node");
    return {
      state: node.state,
      epoch: node.epoch,
      fault: node.fault?.code ?? null,
      shares: node.snapshot?.shares.map((share) => share.name) ?? [],
    };
  });
}

async function waitUntil(page: Page, condition: (seen: Seen) => boolean, what: string): Promise<Seen> {
  return waitFor(
    async () => {
      const seen = await look(page);
      return condition(seen) ? seen : undefined;
    },
    { timeout: 30_000, describe: async () => `${what}; seen was ${JSON.stringify(await look(page))}` },
  );
}

/** Opens a link from that tab; answers the torrent's id. */
function open(page: Page, link: string): Promise<string> {
  return page.evaluate(async (opened) => {
    const node: NodeClient = Reflect.get(window, "node");
    return (await node.call("open", { link: opened, tab: null })).id;
  }, link);
}

/** Within the page: workers from now on hang for good when they are told to. */
function makeWorkersHang(): void {
  const Original = window.Worker;
  window.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      const hang = `addEventListener("message", ({ data }) => { if (data.type === "hang") for (;;); });`;
      const code = new Blob([`import ${JSON.stringify(String(url))}; ${hang}`], { type: "text/javascript" });
      super(URL.createObjectURL(code), options);
      Reflect.set(window, "latestWorker", this);
    }
  };
}

/** Within the page: no sockets. The one of Vite's own script ends when the page is frozen, and then loads it anew. */
function refuseSockets(): void {
  Reflect.set(window, "WebSocket", class extends EventTarget {});
}

/** Whether the torrent's record is in the database. */
function isKept(page: Page, torrent: string): Promise<boolean> {
  return page.evaluate((key) => Reflect.get(window, "isKept")(key), torrent);
}

describe.each(browserKinds)("%s", (kind) => {
  let browser: TestBrowser;
  let address: string;

  beforeAll(async () => {
    browser = await launchBrowser(kind);
  });

  beforeEach(() => {
    address = ownOrigin(url);
  });

  afterEach(async () => {
    for (const page of await browser.browser.pages()) if (page.url().startsWith(address)) await page.close();
  });

  afterAll(() => browser?.close());

  async function newTab(prepare = () => {}): Promise<Page> {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(prepare);
    await page.goto(address);
    await page.waitForFunction(() => Reflect.has(window, "node"));
    return page;
  }

  it("one tab leads, and every tab shows and commands the same node", async () => {
    const first = await newTab();
    const { epoch } = await waitUntil(first, ({ state }) => state === "leading", "the first tab to lead");
    const second = await newTab();
    await waitUntil(second, ({ state }) => state === "following", "the second tab to follow");
    expect(await open(second, magnet)).toBe(id);
    expect(await open(first, magnet)).toBe(id);
    for (const tab of [first, second]) {
      const seen = await waitUntil(tab, ({ shares }) => shares.length > 0, "the share");
      expect(seen).toMatchObject({ epoch, shares: ["fish"], fault: null });
    }
  });

  it("another tab takes over when the leader's is closed, keeps the shares and answers meanwhile", async () => {
    const first = await newTab();
    const { epoch } = await waitUntil(first, ({ state }) => state === "leading", "the first tab to lead");
    const second = await newTab();
    const third = await newTab();
    await open(third, magnet);
    await waitFor(() => isKept(third, id), { describe: "the share's record" });
    await first.close();
    expect(await open(third, otherMagnet)).toBe(otherId);
    const leading = await waitUntil(
      second,
      (seen) => seen.epoch !== epoch && seen.shares.length === 2,
      "another worker with both shares",
    );
    const following = await waitUntil(third, (seen) => seen.epoch === leading.epoch, "the same worker");
    expect([leading.state, following.state].sort()).toEqual(["following", "leading"]);
  });

  it("starts another worker when its own hangs, and answers what that one did not", async () => {
    const first = await newTab(makeWorkersHang);
    const { epoch } = await waitUntil(first, ({ state }) => state === "leading", "the first tab to lead");
    const second = await newTab();
    await open(second, magnet);
    await first.evaluate(() => Reflect.get(window, "latestWorker").postMessage({ type: "hang" }));
    expect(await open(second, otherMagnet)).toBe(otherId);
    // Its own tab is the first to notice, but on a busy computer the other may come before it.
    const seen = await waitFor(
      async () => {
        const tabs = await Promise.all([first, second].map(look));
        const isOver = tabs.every((each) => each.shares.length === 2 && each.epoch !== epoch);
        const [one, other] = tabs.map(({ state }) => state);
        return isOver && one !== other && tabs[0]!.epoch === tabs[1]!.epoch ? tabs : undefined;
      },
      { describe: "both tabs to have both shares of another worker" },
    );
    expect(seen.map(({ state }) => state).sort()).toEqual(["following", "leading"]);
    expect(seen.map(({ fault }) => fault)).toEqual([null, null]);
  });

  it("another tab takes over while the leader hangs, and leads on when that one is back", async () => {
    const first = await newTab();
    const { epoch } = await waitUntil(first, ({ state }) => state === "leading", "the first tab to lead");
    const second = await newTab();
    await open(first, magnet);
    const hanging = first.evaluate(() => {
      const request = new XMLHttpRequest();
      request.open("GET", "?held", false);
      request.send();
    });
    await waitFor(() => letGo.length > 0, { describe: "the first tab to hang" });
    expect(await open(second, otherMagnet)).toBe(otherId);
    const leading = await waitUntil(
      second,
      ({ state, shares }) => state === "leading" && shares.length === 2,
      "the second tab to lead",
    );
    expect(leading.epoch).not.toBe(epoch);
    for (const end of letGo.splice(0)) end();
    await hanging;
    await expectToFollow(first, leading.epoch);
  });

  it.runIf(kind === "chromium")("another tab takes over when the browser freezes the leader's", async () => {
    const first = await newTab(refuseSockets);
    const former = await waitUntil(first, ({ state }) => state === "leading", "the first tab to lead");
    const second = await newTab();
    const third = await newTab();
    await open(first, magnet);
    const devtools = await first.createCDPSession();
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    expect(await open(second, otherMagnet)).toBe(otherId);
    // The worker of a frozen page may answer for a moment.
    const { epoch } = await waitUntil(
      second,
      (seen) => seen.shares.length === 2 && seen.epoch !== former.epoch,
      "both shares of another worker",
    );
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    await expectToFollow(first, epoch);
    const seen = await Promise.all([second, third].map(look));
    expect(seen.map(({ state }) => state).sort()).toEqual(["following", "leading"]);
  });

  /** A tab that led and was replaced has no worker of its own any more, and commands the one that leads. */
  async function expectToFollow(tab: Page, epoch: string | null): Promise<void> {
    await waitUntil(
      tab,
      (seen) => seen.epoch === epoch && seen.state === "following",
      "the first tab to follow",
    );
    await waitFor(async () => tab.workers().length === 0, { describe: "its worker to be gone" });
    expect(await open(tab, otherMagnet)).toBe(otherId);
    expect(await look(tab)).toMatchObject({ state: "following", epoch, fault: null });
  }

  it("says so when the worker cannot start, and lets another tab lead", async () => {
    const broken = await browser.newPage();
    await broken.evaluateOnNewDocument(() => {
      const Original = window.Worker;
      window.Worker = class extends Original {
        constructor() {
          super("/no-such-worker.js", { type: "module" });
        }
      };
    });
    await broken.goto(address);
    await broken.waitForFunction(() => Reflect.has(window, "node"));
    await waitUntil(broken, ({ state }) => state === "failed", "the fault");
    expect((await look(broken)).fault).toBe("connection/worker-not-loaded");
    await expect(open(broken, magnet)).rejects.toThrow("connection/worker-not-loaded");
    const whole = await newTab();
    await waitUntil(whole, ({ state }) => state === "leading", "the other tab to lead");
    await waitUntil(
      broken,
      ({ state, fault }) => state === "following" && fault === null,
      "the broken tab to follow",
    );
    expect(await open(broken, magnet)).toBe(id);
  });
});

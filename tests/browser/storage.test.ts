/** The database and what stands on it, in real browsers: its golden shape, pieces, saves, and every refusal. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page } from "puppeteer-core";
import { createServer, type Plugin, type ViteDevServer } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserKinds, launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { waitFor } from "../support/wait.ts";
import type { Golden } from "./storage/golden.ts";
import type { StorageTest } from "./storage/page.ts";

const repository = resolve(import.meta.dirname, "../..");
const MIB = 1024 * 1024;

let server: ViteDevServer;
let cache: TemporaryDirectory;
let url: string;
let golden: Golden;
/** The oldest that people may still have. */
let earlier: Golden[];

/** A page at ?sandboxed has an origin of its own, to which browsers give no storage. */
const sandboxed: Plugin = {
  name: "sandboxed",
  configureServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      if (request.url?.endsWith("?sandboxed"))
        response.setHeader("content-security-policy", "sandbox allow-scripts");
      next();
    });
  },
};

beforeAll(async () => {
  cache = await temporaryDirectory("storage");
  server = await createServer({
    configFile: join(repository, "vite.config.ts"),
    root: repository,
    cacheDir: join(cache.path, "vite"),
    logLevel: "error",
    optimizeDeps: {
      include: ["idb", "@noble/hashes/legacy.js", "@noble/hashes/sha2.js", "@noble/hashes/utils.js"],
      entries: [],
    },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null, cors: { origin: "*" } },
    plugins: [sandboxed],
  });
  await server.listen();
  url = new URL("/tests/browser/storage/index.html", server.resolvedUrls?.local[0]).href;
  const read = async (name: string) =>
    JSON.parse(await readFile(join(repository, "tests/fixtures/storage", name), "utf8"));
  const names = [4, 3, 2, 1].map((version) => `version-${version}.json`);
  [golden, ...earlier] = await Promise.all(names.map(read));
});

afterAll(async () => {
  await server.close();
  await cache.remove();
});

/** Calls one of the page's functions. */
async function ask<Name extends keyof StorageTest>(
  page: Page,
  name: Name,
  ...given: Parameters<StorageTest[Name]>
): Promise<Awaited<ReturnType<StorageTest[Name]>>> {
  return page.evaluate(
    (asked, parameters) => {
      const test = Reflect.get(window, "storageTest");
      return test[asked](...parameters);
    },
    name,
    given,
  );
}

async function openPage(browser: TestBrowser, address: string): Promise<Page> {
  const page = await browser.newPage(address);
  await page.waitForFunction(() => Reflect.has(window, "storageTest"));
  return page;
}

describe.each(browserKinds)("storage in %s", (kind) => {
  let browser: TestBrowser;
  let address: string;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser(kind);
  });

  afterAll(() => browser?.close());

  beforeEach(async () => {
    address = ownOrigin(url);
    page = await openPage(browser, address);
  });

  afterEach(() => page.close());

  it.each([3, 2, 1])("takes the golden version %i over with every row of it", async (version) => {
    const older = earlier.find((each) => each.version === version)!;
    const { rows, ...shape } = golden;
    await ask(page, "writeGolden", older);
    const nothing = Object.fromEntries(Object.keys(rows).map((name) => [name, []]));
    expect(await ask(page, "readGolden")).toEqual({ ...nothing, ...older.rows });
    expect(await ask(page, "shape")).toEqual(shape);
  });

  it("has the shape of the golden version 4, and finds every row of it", async () => {
    const { rows, ...shape } = golden;
    await ask(page, "writeGolden", golden);
    expect(await ask(page, "readGolden")).toEqual(rows);
    await page.evaluate(() => {
      Reflect.get(window, "storageTest").close();
      return new Promise((done) => {
        indexedDB.deleteDatabase("shoal").onsuccess = done;
      });
    });
    expect(await ask(page, "shape"), "made by this version's own steps").toEqual(shape);
  });

  it("reads ranges of files across pieces, and says when one is missing", async () => {
    await ask(page, "writeGolden", golden);
    expect(await ask(page, "parts", "aa", 0)).toEqual(["abcd", "ef"]);
    expect(await ask(page, "parts", "aa", 0, 3, 5)).toEqual(["d", "e"]);
    expect(await ask(page, "parts", "aa", 1)).toEqual(["gh"]);
    expect(await ask(page, "parts", "aa", 2)).toBe("unknown");
    await ask(page, "deletePieces", "aa");
    expect(await ask(page, "parts", "aa", 0)).toBe("save/incomplete");
  });

  it("stores pieces in batches and reads them back", async () => {
    const indices = [...Array(100).keys()];
    const stored = await ask(page, "storePieces", "t", indices, 70_000);
    expect(new Set(stored)).toEqual(new Set(["ok"]));
    expect(await ask(page, "readPieces", "t", [0, 99, 100])).toEqual([
      [70_000, 0, 0],
      [70_000, 99, 99],
      "storage/lost",
    ]);
    expect(await ask(page, "batchLengths", "t"), "thirty pieces fill a batch").toEqual([
      2_100_000, 2_100_000, 2_100_000, 700_000,
    ]);
    expect(await ask(page, "storePart", "part")).toBe("ok");
    expect(await ask(page, "batchLengths", "part"), "bytes kept of a 20-byte part").toEqual([20]);
  });

  it("knows at a start which pieces are there", async () => {
    expect(await ask(page, "storedBits", "t", 18)).toBe("none");
    await ask(page, "storePieces", "t", [0, 3, 9, 17], 16);
    await ask(page, "storePieces", "u", [1], 16);
    expect(await ask(page, "storedBits", "t", 18)).toBe("10010000 01000000 01000000");
    await ask(page, "deletePieces", "t");
    expect(await ask(page, "storedBits", "t", 18)).toBe("none");
    expect(await ask(page, "batchLengths", "t")).toEqual([]);
    expect(await ask(page, "deleteUnwritten", "v")).toEqual([1]);
    expect(await ask(page, "storedBits", "u", 8)).toBe("01000000");
  });

  it("goes on sharing the person's own file after a restart, unless it changed", async () => {
    expect(await ask(page, "restoreShare", "none")).toBe("as it was shared");
    expect(await ask(page, "restoreShare", "written")).toBe("needs files: changed");
    expect(await ask(page, "restoreShare", "removed")).toBe("needs files: gone");
  });

  it("saves below a folder, as a Blob, and leaves a file alone when saving is cancelled", async () => {
    await ask(page, "writeGolden", golden);
    expect(await ask(page, "saveToFolder", "aa")).toEqual({
      "holiday/beach.txt": "abcdef",
      "holiday/more/sea.txt": "gh",
    });
    expect(await ask(page, "blobText", "aa", 0)).toBe("abcdef");
    expect(await ask(page, "cancelSave", "aa")).toEqual({ code: "save/cancelled", left: "before" });
    await ask(page, "deletePieces", "aa");
    expect(await ask(page, "saveToFolder", "aa")).toBe("save/incomplete");
    expect(await ask(page, "blobText", "aa", 0)).toBe("save/incomplete");
  });

  it("makes way for a newer version in another tab, which brings the data along", async () => {
    await ask(page, "writeGolden", golden);
    await ask(page, "open");
    const newer = await openPage(browser, address);
    expect(await ask(newer, "laterRecord")).toEqual({
      version: 5,
      records: [
        { id: "aa", later: true },
        { id: "bb", later: true },
      ],
    });
    expect(await ask(newer, "told"), "the newer tab did not have to wait").toEqual([]);
    expect(await ask(page, "told")).toEqual(["storage/newer"]);
    await ask(page, "close");
    expect(await ask(page, "open"), "the older one opens no more").toBe("storage/newer");
    await newer.close();
  });

  it("is told as deleted when a page of the site deletes it", async () => {
    await ask(page, "open");
    const other = await openPage(browser, address);
    await other.evaluate(
      () =>
        new Promise((done) => {
          indexedDB.deleteDatabase("shoal").onsuccess = done;
        }),
    );
    expect(await ask(page, "told")).toEqual(["storage/deleted"]);
    await other.close();
  });

  it.runIf(kind === "chromium")("is told as deleted when a person deletes the site's data", async () => {
    await ask(page, "open");
    const devtools = await page.createCDPSession();
    const { origin } = new URL(address);
    await devtools.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
    await waitFor(async () => (await ask(page, "told")).length > 0, { describe: "what became of it" });
    expect(await ask(page, "told")).toEqual(["storage/deleted"]);
  });

  it("says that an older version in another tab blocks it, and goes on once that is closed", async () => {
    const older = await openPage(browser, address);
    await ask(older, "openDeaf", golden);
    const opening = ask(page, "openLater");
    await waitFor(async () => (await ask(page, "told")).includes("storage/blocked"), {
      describe: "the newer tab to say that it is blocked",
    });
    await older.close();
    expect(await opening).toBe("ok");
  });

  it("is a plain error where it is refused", async () => {
    const refused = await openPage(browser, `${url}?sandboxed`);
    expect(await ask(refused, "open")).toBe("storage/refused");
    await refused.close();
  });
});

describe("storage that is full", () => {
  it("says so in chromium, and keeps what was stored", async () => {
    const browser = await launchBrowser("chromium");
    try {
      const page = await openPage(browser, url);
      const devtools = await page.createCDPSession();
      const { origin } = new URL(url);
      await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 8 * MIB });
      await expectFull(page);
    } finally {
      await browser.close();
    }
  });

  it("says so in firefox, and keeps what was stored", async () => {
    const browser = await launchBrowser("firefox", {
      preferences: { "dom.quotaManager.temporaryStorage.fixedLimit": 20 * 1024 },
    });
    try {
      await expectFull(await openPage(browser, url));
    } finally {
      await browser.close();
    }
  });

  async function expectFull(page: Page): Promise<void> {
    expect(await ask(page, "storePieces", "t", [0, 1], MIB)).toEqual(["ok", "ok"]);
    const indices = [...Array(40).keys()].map((index) => index + 2);
    const stored = await ask(page, "storePieces", "t", indices, MIB);
    expect(stored).toContain("storage/full");
    expect(["ok", "storage/full"]).toEqual(expect.arrayContaining([...new Set(stored)]));
    expect(await ask(page, "readPieces", "t", [0, 1])).toEqual([
      [MIB, 0, 0],
      [MIB, 1, 1],
    ]);
  }
});

/** The built app once its server is gone: it starts from what the service worker kept. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserKinds, launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { startServer, type TestServer } from "../support/server.ts";

describe.each(browserKinds)("%s", (kind) => {
  let browser: TestBrowser;
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer();
    browser = await launchBrowser(kind);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it("starts without the server, worker and all", async () => {
    const page = await browser.newPage(server.url);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await server.close();
    await page.goto(`${server.url}#magnet:?xt=urn:btih:${"ab".repeat(20)}&dn=fish`);
    await page.reload();
    const shownName = async () => {
      const name = await page.waitForSelector('>>> [data-test="share-name"]');
      return name?.evaluate((element) => element.textContent?.trim());
    };
    expect(await shownName()).toBe("fish");
    // Paths that apps make of links, one of which looks like a file's.
    for (const name of ["eel", "crab.mkv"]) {
      await page.goto(`${server.url}%23magnet%3A%3Fxt=urn:btih:${"cd".repeat(20)}&dn=${name}`);
      expect(await shownName()).toBe(name);
      expect(new URL(page.url()).pathname).toBe("/");
    }
    expect(
      await page.evaluate(() =>
        fetch("/healthz").then(
          () => "answers",
          () => "gone",
        ),
      ),
    ).toBe("gone");
  });
});

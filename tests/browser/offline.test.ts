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
    const name = await page.waitForSelector('>>> [data-test="share-name"]');
    expect(await name?.evaluate((element) => element.textContent?.trim())).toBe("fish");
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

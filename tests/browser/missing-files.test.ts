/** The page of a server whose built files are gone, as after a build under a running server: not blank. */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserKinds, launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { appDirectory, startServer, type TestServer } from "../support/server.ts";

let temporary: TemporaryDirectory;
let whole: TestServer;
let damaged: TestServer;

beforeAll(async () => {
  temporary = await temporaryDirectory("missing-files");
  const directory = join(temporary.path, "app");
  await cp(appDirectory, directory, { recursive: true });
  whole = await startServer();
  damaged = await startServer({ appDirectory: directory });
  await rm(join(directory, "assets"), { recursive: true });
});

afterAll(async () => {
  await whole?.close();
  await damaged?.close();
  await temporary?.remove();
});

/** What a person can read in the page's own words, beside what the app shows. */
function plainWords(page: Page): Promise<string> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("shoal-app > p")]
      .filter((words) => words.checkVisibility({ visibilityProperty: true }))
      .map((words) => words.textContent.replace(/\s+/g, " ").trim())
      .join(),
  );
}

describe.each(browserKinds)("%s", (kind) => {
  let browser: TestBrowser;

  beforeAll(async () => {
    browser = await launchBrowser(kind);
  });

  afterAll(() => browser?.close());

  it("says what to do when the app's files are missing", async () => {
    const page = await browser.newPage(damaged.url);
    expect(await plainWords(page)).toMatch(/^Shoal has not loaded yet\..* reload this page\./s);
  });

  it("shows nothing of that once the app is there", async () => {
    const page = await browser.newPage(whole.url);
    await page.waitForSelector('>>> [data-test="file-input"]');
    expect(await plainWords(page)).toBe("");
  });
});

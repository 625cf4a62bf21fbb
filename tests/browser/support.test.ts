/** What every browser test stands on, in real browsers: pages, uploads, downloads, errors, pictures, wrappers. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserKinds, launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { waitForDownload } from "../support/downloads.ts";
import {
  makeTree,
  sha256OfFile,
  type TemporaryDirectory,
  type TestTree,
  temporaryDirectory,
} from "../support/files.ts";
import { takeScreenshots } from "../support/screenshots.ts";
import { chooseFolder } from "../support/uploads.ts";
import { waitFor } from "../support/wait.ts";

const html = `<!doctype html><html lang="en"><title>Support</title><link rel="icon" href="data:,">
<input type="file" id="files" multiple><input type="file" id="folder" webkitdirectory>
<a href="/download">download</a>
<script>
  window.changes = [];
  for (const input of document.querySelectorAll("input"))
    input.addEventListener("change", () => {
      window.changes.push([...input.files].map((file) => (file.webkitRelativePath || file.name) + " " + file.size));
    });
</script>`;

const downloadName = "Ünïcode 🐟.bin";

let server: Server;
let url: string;
let tree: TestTree;
let temporary: TemporaryDirectory;

beforeAll(async () => {
  tree = await makeTree({ "a.bin": 3_000_000, "deep/er/b.txt": 17, empty: 0 }, { name: "Grüße 🐟" });
  temporary = await temporaryDirectory("support");
  server = createServer(async (request, response) => {
    if (request.url !== "/download") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(html);
      return;
    }
    const bytes = await readFile(join(tree.directory, "a.bin"));
    response.setHeader("content-type", "application/octet-stream");
    response.setHeader("content-length", bytes.length);
    response.setHeader(
      "content-disposition",
      `attachment; filename*=UTF-8''${encodeURIComponent(downloadName)}`,
    );
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  server.close();
  await tree.remove();
  await temporary.remove();
});

async function input(page: Page, selector: string): Promise<ElementHandle<HTMLInputElement>> {
  const element = await page.$(selector);
  if (!element) throw new Error(`the page has no ${selector}`);
  return element as ElementHandle<HTMLInputElement>;
}

/** What the page's change events saw, one list of "path size" an event. */
function changes(page: Page): Promise<string[][]> {
  return page.evaluate(() => Reflect.get(window, "changes"));
}

describe.each(browserKinds)("%s", (kind) => {
  let browser: TestBrowser;
  let downloads: string;

  beforeAll(async () => {
    downloads = join(temporary.path, kind);
    browser = await launchBrowser(kind, { downloads });
  });
  afterAll(() => browser?.close());

  it("opens pages, and can do so again", async () => {
    for (const title of ["Support", "Support"]) {
      const page = await browser.newPage(url);
      expect(await page.title()).toBe(title);
      expect(await page.evaluate(() => typeof RTCPeerConnection)).toBe("function");
      await page.close();
    }
    expect(browser.errors).toEqual([]);
  });

  it("chooses files", async () => {
    const page = await browser.newPage(url);
    const files = [join(tree.directory, "a.bin"), join(tree.directory, "empty")];
    await (await input(page, "#files")).uploadFile(...files);
    await waitFor(async () => (await changes(page)).length > 0, { describe: "the files' change event" });
    expect(await changes(page)).toEqual([["a.bin 3000000", "empty 0"]]);
    await page.close();
  });

  it("chooses a folder, its paths included", async () => {
    const page = await browser.newPage(url);
    await chooseFolder(browser, await input(page, "#folder"), tree.directory);
    await waitFor(async () => (await changes(page)).length > 0, { describe: "the folder's change event" });
    expect((await changes(page)).map((files) => files.sort())).toEqual([
      ["Grüße 🐟/a.bin 3000000", "Grüße 🐟/deep/er/b.txt 17", "Grüße 🐟/empty 0"],
    ]);
    await page.close();
  });

  it("lands a download whole, under its own name", async () => {
    const page = await browser.newPage(url);
    await page.click("a");
    const path = await waitForDownload(downloads, downloadName, { bytes: 3_000_000 });
    expect(await sha256OfFile(path)).toBe(tree.files.get("a.bin")?.sha256);
    await page.close();
  });

  it("says which download did not come", async () => {
    await expect(waitForDownload(downloads, "never.bin", { timeout: 50 })).rejects.toThrow(
      /waited 0\.05 s for the download never\.bin; the directory holds/,
    );
  });

  it("takes pictures at both sizes", async () => {
    const page = await browser.newPage(url);
    const paths = await takeScreenshots(browser, page, kind, temporary.path);
    expect(paths).toHaveLength(kind === "chromium" ? 4 : 2);
    const widths = await Promise.all(paths.map(async (path) => (await readFile(path)).readUInt32BE(16)));
    expect(widths).toEqual(kind === "chromium" ? [1280, 360, 1280, 360] : [1280, 360]);
    await page.close();
  });

  it("keeps console errors and uncaught exceptions, of workers too", async () => {
    const page = await browser.newPage(url);
    expect(browser.errors).toEqual([]);
    await page.evaluate(() => {
      console.error("said by the page");
      queueMicrotask(() => {
        throw new Error("thrown by the page");
      });
      const script = `console.error("said by a worker"); throw new Error("thrown by a worker");`;
      new Worker(URL.createObjectURL(new Blob([script])));
    });
    const expected = ["said by the page", "thrown by the page", "said by a worker", "thrown by a worker"];
    await waitFor(() => expected.every((text) => browser.errors.some((error) => error.includes(text))), {
      describe: () => `all four errors; there were ${JSON.stringify(browser.errors)}`,
    });
    await page.close();
  });

  it("runs under another command", async () => {
    const wrapped = await launchBrowser(kind, { wrapper: ["env", "SHOAL_WRAPPED=it's fine"] });
    try {
      const page = await wrapped.newPage(url);
      expect(await page.title()).toBe("Support");
    } finally {
      await wrapped.close();
    }
  });
});

/**
 * Hashing a file in Chromium: what Shoal does before it can share (its worker's share job: SHA-1 of the pieces and
 * SHA-256 of every 16 KiB, for a hybrid torrent, and the record stored), and create-torrent (SHA-1 of the pieces
 * alone) in a page. From a `File` to the finished description, in turns, in one fresh browser a round.
 */
import { basename } from "node:path";
import type { ElementHandle, Page } from "puppeteer-core";
import type { NodeClient } from "../../app/page/node-client.ts";
import type { TestFile } from "../support/files.ts";
import { ShoalPage } from "../support/shoal-page.ts";
import { WARM_UP_SIZE } from "./constants.ts";
import type { HashingPage } from "./pages/hashing.ts";
import type { Stage } from "./stage.ts";
import { median } from "./timing.ts";

declare const hashingPage: HashingPage;

export interface HashResult {
  /** Medians in MB/s. */
  shoal: number;
  createTorrent: number;
  shoalToCreateTorrent: number;
  rounds: { shoal: number[]; createTorrent: number[] };
}

/** Milliseconds. The command is the one that the page sends for a picked file. */
async function hashWithShoal(page: Page, path: string): Promise<number> {
  await page.bringToFront();
  const input = await page.evaluateHandle(() =>
    Object.assign(document.createElement("input"), { type: "file" }),
  );
  await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
  return page.evaluate(
    async ({ files }, name) => {
      const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
      const shared = [{ file: files![0]!, path: [name], handle: null }];
      const startedAt = performance.now();
      const draft = crypto.randomUUID();
      await node.call("gather", { draft, tab: node.tab, begin: true, files: shared });
      const asked = { draft, fileCount: 1, title: null, note: "", anew: null };
      const { id } = await node.call("share", asked);
      await node.call("passOn", { draft, id });
      return performance.now() - startedAt;
    },
    input as ElementHandle<HTMLInputElement>,
    basename(path),
  );
}

/** Milliseconds. */
async function hashWithCreateTorrent(page: Page, path: string): Promise<number> {
  await page.bringToFront();
  const input = await page.$("input");
  await input!.uploadFile(path);
  return page.evaluate(() => hashingPage.hash());
}

function runRound(
  stage: Stage,
  file: TestFile,
  warmUp: TestFile,
): Promise<{ shoal: number; createTorrent: number }> {
  return stage.withBrowsers(1, async ([browser]) => {
    const other = await browser!.newPage(stage.pages.url("hashing"));
    const { page } = await ShoalPage.open(browser!, stage.server.url);
    await page.waitForFunction(() => Reflect.get(document.querySelector("shoal-app") ?? {}, "node"));
    await hashWithShoal(page, warmUp.path);
    await hashWithCreateTorrent(other, warmUp.path);
    return {
      shoal: file.bytes / 1e3 / (await hashWithShoal(page, file.path)),
      createTorrent: file.bytes / 1e3 / (await hashWithCreateTorrent(other, file.path)),
    };
  });
}

export async function benchHash(
  stage: Stage,
  bytes: number,
  rounds: number,
  say: (line: string) => void,
): Promise<HashResult> {
  const warmUp = await stage.file(WARM_UP_SIZE, "warm-up");
  const file = await stage.file(bytes, "hash");
  const results: Awaited<ReturnType<typeof runRound>>[] = [];
  for (let round = 1; round <= rounds; round++) {
    const result = await runRound(stage, file, warmUp);
    results.push(result);
    say(
      `hash, round ${round}: shoal ${result.shoal.toFixed(0)} MB/s, create-torrent ${result.createTorrent.toFixed(0)} MB/s`,
    );
  }
  const shoal = results.map((result) => result.shoal);
  const createTorrent = results.map((result) => result.createTorrent);
  return {
    shoal: median(shoal),
    createTorrent: median(createTorrent),
    shoalToCreateTorrent: median(shoal) / median(createTorrent),
    rounds: { shoal, createTorrent },
  };
}

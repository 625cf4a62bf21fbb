/** Going back to what was removed, and leaving what was only opened: neither goes on behind a person's back. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeTorrentFile } from "../../app/engine/content/torrent-file.ts";
import { browserKinds } from "../support/browsers.ts";
import { makeFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { ownOrigin } from "../support/own-origin.ts";
import { People, type Person } from "../support/people.ts";
import { sampleContent } from "../support/sample-content.ts";
import { startServer, type TestServer } from "../support/server.ts";
import type { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;
let chromium: Person;
let firefox: Person;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("history");
  people = await People.gather();
  [chromium, firefox] = (await people.join(["chromium", "firefox"])) as [Person, Person];
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

/** The ids of the shares that a tab knows of; null while it knows nothing. */
async function shareIds(page: ShoalPage): Promise<string[] | null> {
  return (await page.snapshot())?.shares.map(({ id }) => id) ?? null;
}

async function waitForShares(page: ShoalPage, count: number): Promise<void> {
  await waitFor(async () => (await shareIds(page))?.length === count, {
    describe: async () => `${count} shares; the tab knows ${await shareIds(page)}`,
  });
}

/** The shares that are kept on the device. */
async function keptIds(page: ShoalPage): Promise<string[]> {
  return page.page.evaluate(async () => {
    const asked = indexedDB.open("shoal");
    await new Promise((resolve) => asked.addEventListener("success", resolve));
    const reading = asked.result.transaction("torrents").objectStore("torrents").getAllKeys();
    await new Promise((resolve) => reading.addEventListener("success", resolve));
    asked.result.close();
    return reading.result as string[];
  });
}

async function remove(page: ShoalPage): Promise<void> {
  await page.page.bringToFront();
  await page.click("remove");
  await page.click("remove-with-data");
  await page.find("drop-area");
}

/** Goes through the history as the browser's buttons do. */
async function go(page: ShoalPage, steps: number): Promise<void> {
  await page.page.evaluate((by) => history.go(by), steps);
}

describe.each(browserKinds)("in %s", (kind) => {
  const person = () => (kind === "chromium" ? chromium : firefox);

  it("going back to a removed share brings it back only when the person says so", async () => {
    const home = ownOrigin(server.url);
    const file = await makeFile(join(temporary.path, `removed in ${kind}.bin`), 1000, kind);
    const page = await person().open(home);
    const link = await page.shareFiles(file.path);
    const other = await person().open(link);
    await other.find("share-name");
    // A second entry of the same share, under another name.
    await page.openAddress(home);
    await page.find("drop-area");
    await page.openAddress(`${link.split("&")[0]}&dn=other`);
    await page.find("share-name");
    await remove(page);

    await other.find("removed");
    for (const [steps, tab] of [
      [-1, page],
      [-2, page],
      [0, other],
    ] as const) {
      await tab.page.bringToFront();
      if (steps !== 0) await go(tab, steps);
      await tab.find("removed");
      await tab.page.reload();
      await tab.find("removed");
      await waitForShares(tab, 0);
    }
    expect(await keptIds(page)).toEqual([]);

    await page.page.bringToFront();
    await page.click("open-again");
    await page.waitForShare(({ phase }) => phase === "metadata", { describe: "the share, looked for" });
    await page.find("share-name");
    await other.page.bringToFront();
    await other.page.reload();
    await other.find("share-name");
    await Promise.all([page.close(), other.close()]);
  });

  it("a link that was only opened is neither listed nor kept, and goes with the last tab that shows it", async () => {
    const home = ownOrigin(server.url);
    const link = `${home}#magnet:?xt=urn:btih:${"ab".repeat(20)}&dn=fish&so=0`;
    const watching = await person().open(home);
    await waitForShares(watching, 0);
    const first = await person().open(link);
    await first.find("share-name");
    await waitForShares(watching, 1);
    await watching.find("empty");
    expect(await keptIds(watching)).toEqual([]);

    const second = await person().open(link);
    await second.find("share-name");
    await first.openAddress(home);
    await first.find("drop-area");
    await go(first, -1);
    await first.find("share-name");
    expect(first.page.url()).toBe(link);
    await second.page.reload();
    await second.find("share-name");
    await second.close();
    expect(await shareIds(watching)).toHaveLength(1);
    await first.openAddress(home);
    await waitForShares(watching, 0);

    // A tab that is closed says nothing.
    const third = await person().open(link);
    await third.find("share-name");
    await waitForShares(watching, 1);
    await third.close();
    await waitForShares(watching, 0);
    await Promise.all([watching.close(), first.close()]);
  });

  it("an opened link is shown on when the tab whose worker had it goes, and is kept once it is started", async () => {
    const home = ownOrigin(server.url);
    const file = await makeFile(join(temporary.path, `started in ${kind}.bin`), 1000, kind);
    const [sender, receiver] = kind === "chromium" ? [firefox, chromium] : [chromium, firefox];
    const sending = await sender.open(home);
    const link = await sending.shareFiles(file.path);
    const leading = await receiver.open(home);
    await waitForShares(leading, 0);
    const receiving = await receiver.open(link);
    await receiving.waitForShare(({ phase }) => phase === "ready", { describe: "name and size" });
    await leading.close();
    await receiving.waitForShare(({ phase }) => phase === "ready", { describe: "name and size again" });
    expect(await keptIds(receiving)).toEqual([]);
    await receiving.press("download");
    await receiving.waitUntilComplete();
    expect(await keptIds(receiving)).toHaveLength(1);
    await receiving.openAddress(home);
    await receiving.find("share");
    await waitForShares(receiving, 1);
    await Promise.all([sending.close(), receiving.close()]);
  });

  it("a .torrent file that was only opened outlasts a reload, and going away and back", async () => {
    const home = ownOrigin(server.url);
    const content = sampleContent("v1", { "a.bin": 40_000, "b.bin": 5 }, 16_384);
    const path = join(temporary.path, `${kind}.torrent`);
    await writeFile(path, encodeTorrentFile({ ...content, trackers: [], webSeeds: [], encoding: null }));
    const page = await person().open(home);
    await page.pickFiles(path);
    const isWhole = () =>
      page.waitForShare(({ phase, size }) => phase === "ready" && size === 40_005, { describe: "the files" });
    await isWhole();
    await page.page.reload();
    await isWhole();
    await page.openAddress(home);
    await waitForShares(page, 0);
    expect(await keptIds(page)).toEqual([]);
    await go(page, -1);
    await isWhole();
    await page.close();
  });
});

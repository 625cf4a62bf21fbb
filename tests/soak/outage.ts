/**
 * The server that introduces people is away for a while, and comes back. Two people who have lost each other in the
 * meantime meet again within seconds, however long that was. The receiver pauses before the outage and resumes during it,
 * so that nothing connects the two when the server returns.
 */
import { join } from "node:path";
import type { NodeClient } from "../../app/page/node-client.ts";
import { launchBrowser } from "../support/browsers.ts";
import { makeFile } from "../support/files.ts";
import { startServer } from "../support/server.ts";
import { ShoalPage } from "../support/shoal-page.ts";
import { pause } from "../support/wait.ts";
import { LONGEST_OUTAGE, MEETING_WITHIN, OUTAGE_FILE_LENGTH, SHORTEST_OUTAGE } from "./constants.ts";
import { atMost, type Check, type Round, type SoakPart } from "./part.ts";

/** From now on the page notes when a peer is connected first, in milliseconds since 1970. */
async function watchMeeting({ page }: ShoalPage): Promise<void> {
  await page.evaluate(() => {
    const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
    Reflect.deleteProperty(window, "metAt");
    const unsubscribe = node.subscribe(() => {
      const peers = node.snapshot?.shares[0]?.peers ?? [];
      if (!peers.some(({ state }) => state === "connected")) return;
      Object.assign(window, { metAt: Date.now() });
      unsubscribe();
    });
  });
}

/** When that was, once it was. */
async function metAt({ page }: ShoalPage): Promise<number> {
  await page.waitForFunction(() => Reflect.has(window, "metAt"), { timeout: 120_000 });
  return page.evaluate(() => Reflect.get(window, "metAt") as number);
}

async function set({ page }: ShoalPage, command: "pause" | "start"): Promise<void> {
  await page.evaluate((name) => {
    const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
    return node.call(name, { id: node.snapshot!.shares[0]!.id });
  }, command);
}

async function run({ kind, times, random, server: first, directory, say }: Round): Promise<readonly Check[]> {
  const file = await makeFile(join(directory, "film.bin"), OUTAGE_FILE_LENGTH, kind);
  const [one, other] = await Promise.all([launchBrowser("chromium"), launchBrowser(kind)]);
  let server = first;
  const waits: number[] = [];
  try {
    const sending = await ShoalPage.open(one, server.url);
    const link = await sending.shareFiles(file.path);
    // So little that the download never ends.
    await sending.limit({ up: 20_000 });
    const receiving = await ShoalPage.open(other, link);
    await receiving.download();
    for (let outage = 1; outage <= times; outage++) {
      await receiving.waitForShare(({ peers }) => peers.some(({ state }) => state === "connected"), {
        describe: "the two to be connected",
      });
      await set(receiving, "pause");
      await sending.waitForShare(({ peers }) => peers.length === 0, { describe: "the link to be closed" });
      await server.close();
      await set(receiving, "start");
      const length = random.between(SHORTEST_OUTAGE, LONGEST_OUTAGE);
      await pause(length);
      await watchMeeting(receiving);
      const returned = Date.now();
      server = await startServer({ port: server.port });
      const seconds = (Math.max(returned, await metAt(receiving)) - returned) / 1000;
      waits.push(seconds);
      say(
        `outage ${outage} of ${times}, ${(length / 1000).toFixed(0)} s: met again after ${seconds.toFixed(1)} s`,
      );
    }
    const worst = Math.round(Math.max(...waits) * 10) / 10;
    return [atMost("seconds from the server's return until they met", worst, MEETING_WITHIN)];
  } finally {
    await Promise.allSettled([one.close(), other.close()]);
    if (server !== first) await server.close();
  }
}

export const outage: SoakPart = {
  name: "outage",
  sentence: "The server is away for a while, and people meet again within seconds of its return.",
  browsers: ["chromium", "firefox"],
  times: 10,
  run,
};

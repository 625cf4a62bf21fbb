/**
 * A device has hundreds of shares, each of a small file. All of them are found: at the server, where every info-hash is
 * announced soon after the server was away, and by another browser, which downloads some. While nobody wants anything,
 * they cost little processor time and memory.
 *
 * Processor time is that of all the browser's processes. Memory is what the tab's process has allocated for itself once
 * garbage is gone, the page and the worker together. Both are as Linux counts them. Garbage is told beside it: Chromium
 * lets it grow for minutes, and with it the closed connections of a page.
 */
import { join } from "node:path";
import type { ElementHandle } from "puppeteer-core";
import WebSocket from "ws";
import type { NodeClient } from "../../app/page/node-client.ts";
import { processorTime, watchMemory } from "../bench/processes.ts";
import { launchBrowser } from "../support/browsers.ts";
import { makeFile } from "../support/files.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { ShoalPage } from "../support/shoal-page.ts";
import { pause, waitFor } from "../support/wait.ts";
import {
  ANNOUNCED_WITHIN,
  IDLE_CORE_PERCENT,
  IDLE_MEGABYTES,
  IDLE_SETTLING,
  IDLE_TIME,
  MANY_FILE_LENGTH,
  PATIENCE,
  SHARES_DOWNLOADED,
} from "./constants.ts";
import { atMost, type Check, equals, type Round, type SoakPart } from "./part.ts";

/** Info-hashes in one scrape, as the server takes them. */
const SCRAPED_AT_ONCE = 64;

/** Shares each of the files by itself. Resolves once the tab knows all the shares. */
async function shareEach({ page }: ShoalPage, paths: readonly string[]): Promise<void> {
  await page.waitForFunction(() => Reflect.get(document.querySelector("shoal-app") ?? {}, "node"));
  const input = await page.evaluateHandle(() =>
    Object.assign(document.createElement("input"), { type: "file", multiple: true }),
  );
  await (input as ElementHandle<HTMLInputElement>).uploadFile(...paths);
  await page.evaluate(
    async ({ files }) => {
      const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
      for (const file of files!) {
        const shared = [{ file, path: [file.name], handle: null }];
        const draft = crypto.randomUUID();
        await node.call("gather", { draft, tab: node.tab, begin: true, files: shared });
        const asked = { draft, fileCount: 1, title: null, note: "", anew: null, replaces: null };
        const { id } = await node.call("share", asked);
        await node.call("passOn", { draft, id });
      }
    },
    input as ElementHandle<HTMLInputElement>,
  );
  await page.waitForFunction(
    (count) => {
      const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
      return node.snapshot?.shares.length === count;
    },
    {},
    paths.length,
  );
}

/** A socket to the server that counts which info-hashes have a seed. */
async function countSeeded(server: TestServer, hashes: readonly string[]): Promise<number> {
  const socket = new WebSocket(server.tracker);
  try {
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    let seeded = 0;
    for (let at = 0; at < hashes.length; at += SCRAPED_AT_ONCE) {
      const info_hash = hashes
        .slice(at, at + SCRAPED_AT_ONCE)
        .map((hash) => Buffer.from(hash, "hex").toString("latin1"));
      const reply = new Promise<string>((resolve) => socket.once("message", (data) => resolve(String(data))));
      socket.send(JSON.stringify({ action: "scrape", info_hash }));
      const { files } = JSON.parse(await reply) as { files: Record<string, { complete: number }> };
      seeded += Object.values(files).filter(({ complete }) => complete > 0).length;
    }
    return seeded;
  } finally {
    socket.close();
  }
}

/** Seconds until every info-hash has a seed. */
async function timeUntilAnnounced(server: TestServer, hashes: readonly string[]): Promise<number> {
  const since = performance.now();
  await waitFor(async () => (await countSeeded(server, hashes)) === hashes.length, {
    describe: async () => `all announced; ${await countSeeded(server, hashes)} of ${hashes.length} are`,
    timeout: PATIENCE,
  });
  return Math.round((performance.now() - since) / 100) / 10;
}

async function collectGarbage({ page }: ShoalPage): Promise<void> {
  const sessions = [await page.createCDPSession(), ...page.workers().map(({ client }) => client)];
  for (const session of sessions) {
    await session.send("HeapProfiler.enable");
    await session.send("HeapProfiler.collectGarbage");
    await session.send("HeapProfiler.disable");
  }
}

async function run(round: Round): Promise<readonly Check[]> {
  const { kind, times: count, random, server: first, directory, say } = round;
  const [device, other] = await Promise.all([launchBrowser(kind), launchBrowser("chromium")]);
  let server = first;
  try {
    const sharing = await ShoalPage.open(device, server.url);
    const paths: string[] = [];
    for (let number = 0; number < count; number++) {
      const path = join(directory, `file ${number}.bin`);
      paths.push((await makeFile(path, MANY_FILE_LENGTH, `${number}`)).path);
    }
    await shareEach(sharing, paths);
    const shares = (await sharing.snapshot())!.shares;
    const hashes = shares.flatMap(({ infoHashV1, infoHashV2 }) => [infoHashV1!, infoHashV2!.slice(0, 40)]);
    say(`${shares.length} shares; announced after ${await timeUntilAnnounced(server, hashes)} s`);

    await server.close();
    server = await startServer({ port: server.port });
    const announcedAfter = await timeUntilAnnounced(server, hashes);
    say(`the server was away: all announced ${announcedAfter} s after its return`);

    let downloaded = 0;
    for (; downloaded < Math.min(SHARES_DOWNLOADED, count); downloaded++) {
      const receiving = await ShoalPage.open(
        other,
        shares[Math.floor(random.between(0, shares.length))]!.link,
      );
      await receiving.download();
      await receiving.waitUntilComplete(PATIENCE);
      await receiving.page.close();
    }
    await other.close();
    say(`${downloaded} were downloaded`);

    await pause(IDLE_SETTLING);
    const memory = await watchMemory(device);
    const before = await processorTime(device);
    await pause(IDLE_TIME);
    const percent = ((await processorTime(device)) - before) / (IDLE_TIME / 100_000);
    const withGarbage = (await memory()).anonymous;
    await collectGarbage(sharing);
    const { anonymous } = await (await watchMemory(device))();
    say(
      `idle: ${percent.toFixed(2)} % of a core, ${(anonymous / 1e6).toFixed(0)} MB, and ${((withGarbage - anonymous) / 1e6).toFixed(0)} MB of garbage`,
    );

    return [
      equals("shares", shares.length, count),
      atMost("seconds until all were announced again", announcedAfter, ANNOUNCED_WITHIN),
      equals(
        "refused by the server",
        (await sharing.snapshot())!.shares.filter(({ stall }) => stall !== null).length,
        0,
      ),
      atMost("percent of a core while idle", Math.round(percent * 100) / 100, IDLE_CORE_PERCENT),
      atMost("megabytes of the tab while idle", Math.round(anonymous / 1e6), IDLE_MEGABYTES),
    ];
  } finally {
    await Promise.allSettled([device.close(), other.close()]);
    if (server !== first) await server.close();
  }
}

export const manyShares: SoakPart = {
  name: "many-shares",
  sentence: "A device with so many shares: all are found, and they cost little while nobody wants them.",
  browsers: ["chromium"],
  times: 200,
  run,
};

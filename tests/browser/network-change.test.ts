/**
 * A device that moves from one network to another in mid-download, as a phone from Wi-Fi to mobile: another interface
 * with another address comes up, the old one goes down, and no browser tells its page. The download goes on over the
 * new path; how long nothing came is printed.
 */
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { NodeClient } from "../../app/page/node-client.ts";
import type { BrowserKind, TestBrowser } from "../support/browsers.ts";
import { makeFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { launchInHost } from "../support/networks/host-browser.ts";
import { HostProcess } from "../support/networks/host-process.ts";
import { Network, serverAddress, serverHost } from "../support/networks/network.ts";
import { addSecondLine, switchOff, switchOn } from "../support/networks/second-line.ts";
import { outlasting } from "../support/outlasting.ts";
import { ShoalPage } from "../support/shoal-page.ts";

const appServer = new URL("../support/networks/app-server.ts", import.meta.url).pathname;

/** So many that the pace at which they outlast the test is one at which several lanes are kept (LANE_SLOW). */
const bytes = 60_000_001;

/** More than is under way at a time. */
const someBytes = 1_000_000;

/** Enough to see that it runs without the pace as well. */
const unpacedBytes = 6_000_000;

/** Each host's own line, and the one that it moves to. */
const [sender, receiver] = [1, 2];
const [senderNext, receiverNext] = [3, 4];

let obstacle: string | null;
let temporary: TemporaryDirectory;

beforeAll(async () => {
  obstacle = await Network.whyNot();
  temporary = await temporaryDirectory("network-change");
});

afterAll(() => temporary?.remove());

/** From now on the page notes the longest time in which nothing was stored. */
async function watchPauses(page: ShoalPage): Promise<() => Promise<number>> {
  await page.page.evaluate(() => {
    const { node } = document.querySelector("shoal-app") as unknown as { node: NodeClient };
    const seen = { at: performance.now(), stored: 0, longest: 0 };
    Object.assign(window, { seen });
    node.subscribe(() => {
      const stored = node.snapshot?.shares[0]?.storedBytes ?? 0;
      if (stored <= seen.stored) return;
      const now = performance.now();
      seen.longest = Math.max(seen.longest, now - seen.at);
      Object.assign(seen, { at: now, stored });
    });
  });
  return () =>
    page.page.evaluate(() => {
      const seen: { longest: number } = Reflect.get(window, "seen");
      const { longest } = seen;
      seen.longest = 0;
      return longest;
    });
}

function move(network: Network, host: number): void {
  switchOn(network, host, "wan1");
  switchOff(network, host, "wan0");
}

it("the receiver's address changes, and then the sender's: the download goes on each time", async ({
  skip,
}) => {
  if (obstacle !== null) skip(obstacle);
  const file = await makeFile(join(temporary.path, "moving.bin"), bytes, "moving");
  const network = await Network.start({
    [sender]: { delay: "10ms" },
    [receiver]: { delay: "10ms" },
    [senderNext]: { delay: "20ms" },
    [receiverNext]: { delay: "20ms" },
  });
  const ending: (() => Promise<unknown>)[] = [];
  let counts: Awaited<ReturnType<Network["close"]>>;
  try {
    addSecondLine(network, sender, senderNext);
    addSecondLine(network, receiver, receiverNext);
    const command = [process.execPath, "--import", "tsx", appServer, serverAddress];
    const server = await HostProcess.start(network, serverHost, command, /^http:/);
    ending.push(() => server.close());
    const url = server.said.find((words) => words.startsWith("http:"))!;
    const launch = async (host: number, kind: BrowserKind): Promise<TestBrowser> => {
      const browser = await launchInHost(network, host, kind, [url]);
      ending.push(() => browser.close());
      return browser;
    };
    const [chromium, firefox] = await Promise.all([launch(sender, "chromium"), launch(receiver, "firefox")]);
    const sending = await ShoalPage.open(chromium, url);
    const receiving = await ShoalPage.open(firefox, await sending.shareFiles(file.path));
    const longestPause = await watchPauses(receiving);
    // Until both have moved there is more to come, however late this process looks.
    await sending.limit({ up: outlasting(file.bytes) });
    await receiving.download();
    for (const [host, name] of [
      [receiver, "firefox, receiving"],
      [sender, "chromium, sending"],
    ] as const) {
      const { storedBytes } = (await receiving.share())!;
      await receiving.waitForShare((share) => share.storedBytes > storedBytes + someBytes, {
        describe: "the download to run",
      });
      await longestPause();
      move(network, host);
      const before = (await receiving.share())!.storedBytes;
      // What was under way may arrive yet.
      await receiving.waitForShare((share) => share.storedBytes > before + someBytes, {
        describe: `the download to go on after ${name} moved`,
        timeout: 90_000,
      });
      console.info(`${name}, moved: nothing came for ${((await longestPause()) / 1000).toFixed(1)} s`);
    }
    const { storedBytes } = (await receiving.share())!;
    await sending.limit({ up: null });
    await receiving.waitForShare((share) => share.storedBytes > storedBytes + unpacedBytes, {
      describe: "the download to go on without a pace",
    });
  } finally {
    for (const end of ending.toReversed()) await end().catch(() => {});
    counts = await network.close();
  }
  expect(counts.get(`host${senderNext} up`)!.bytes).toBeGreaterThan(1_000_000);
  expect(counts.get(`host${receiverNext} down`)!.bytes).toBeGreaterThan(1_000_000);
});

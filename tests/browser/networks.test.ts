/**
 * Two browsers behind address translation, in network namespaces, with a real coturn between them: whether they find
 * each other directly or through a relay, that the page says which, and that a file arrives that way.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BrowserKind, TestBrowser } from "../support/browsers.ts";
import { makeFile, type TemporaryDirectory, type TestFile, temporaryDirectory } from "../support/files.ts";
import { launchInHost } from "../support/networks/host-browser.ts";
import { HostProcess } from "../support/networks/host-process.ts";
import { type Line, Network, serverAddress, serverHost } from "../support/networks/network.ts";
import { startTurnServer, stunServer, turnServer } from "../support/networks/turn-server.ts";
import { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

const appServer = new URL("../support/networks/app-server.ts", import.meta.url).pathname;

interface Case {
  kinds: [sender: BrowserKind, receiver: BrowserKind];
  nat: [sender: Line["nat"], receiver: Line["nat"]];
  route: "Direct" | "Through a relay";
}

const both: Case["kinds"] = ["chromium", "chromium"];

/**
 * RFC 5128: two ports that are kept meet in the middle; one for each destination meets only who lets everyone in. Two
 * of those never meet, nor does one meet who lets in only whom it has sent to.
 */
const cases: Case[] = [
  { kinds: both, nat: ["cone", "cone"], route: "Direct" },
  { kinds: both, nat: ["symmetric", undefined], route: "Direct" },
  { kinds: both, nat: ["full", "symmetric"], route: "Direct" },
  { kinds: both, nat: ["cone", "symmetric"], route: "Through a relay" },
  { kinds: both, nat: ["symmetric", "symmetric"], route: "Through a relay" },
  { kinds: ["firefox", "chromium"], nat: ["cone", "cone"], route: "Direct" },
  { kinds: ["chromium", "firefox"], nat: ["symmetric", "symmetric"], route: "Through a relay" },
];

let obstacle: string | null;
let temporary: TemporaryDirectory;
let file: TestFile;

beforeAll(async () => {
  obstacle = await Network.whyNot();
  temporary = await temporaryDirectory("networks");
  file = await makeFile(join(temporary.path, "across.bin"), 1_300_123, "networks");
});

afterAll(() => temporary?.remove());

/**
 * Runs `work` with two browsers, each on a line of its own, and the address of the app. Resolves to the bytes that the
 * servers' host received.
 */
async function between(
  { kinds, nat }: Pick<Case, "kinds" | "nat">,
  iceServers: readonly object[],
  work: (sender: TestBrowser, receiver: TestBrowser, url: string) => Promise<void>,
): Promise<number> {
  const line = (kind: Line["nat"]): Line => ({ delay: "10ms", ...(kind && { nat: kind }) });
  const network = await Network.start({ 1: line(nat[0]), 2: line(nat[1]) });
  const ending: (() => Promise<unknown>)[] = [];
  let counts: Awaited<ReturnType<Network["close"]>>;
  try {
    const turn = await startTurnServer(network);
    ending.push(() => turn.close());
    const servers = JSON.stringify(iceServers);
    const command = [process.execPath, "--import", "tsx", appServer, serverAddress, servers];
    const server = await HostProcess.start(network, serverHost, command, /^http:/);
    ending.push(() => server.close());
    const url = server.said.find((words) => words.startsWith("http:"))!;
    const launched = await Promise.allSettled(
      kinds.map((kind, index) => launchInHost(network, index + 1, kind, [url])),
    );
    const browsers = launched.flatMap((launch) => (launch.status === "fulfilled" ? [launch.value] : []));
    for (const browser of browsers) ending.push(() => browser.close());
    const failure = launched.find((launch) => launch.status === "rejected");
    if (failure) throw failure.reason;
    await work(browsers[0]!, browsers[1]!, url);
  } finally {
    for (const end of ending.toReversed()) await end().catch(() => {});
    counts = await network.close();
  }
  return counts.get(`host${serverHost} down`)!.bytes;
}

/** Waits until the page says that its peer is connected, and reached that way. */
async function waitForRoute(page: ShoalPage, route: Case["route"]): Promise<void> {
  await waitFor(async () => (await page.text("peer-route")) === route, {
    describe: async () => `the route ${route}; the page says ${await page.text("peer-route")}`,
  });
  await page.waitForShare(({ peers }) => peers.length === 1 && peers[0]!.state === "connected", {
    describe: "one connected peer",
  });
}

describe("address translation", () => {
  it.for(cases)("$kinds.0 behind $nat.0, $kinds.1 behind $nat.1: $route", async (each, { skip }) => {
    if (obstacle !== null) skip(obstacle);
    const served = await between(each, [stunServer, turnServer], async (sending, receiving, url) => {
      const sender = await ShoalPage.open(sending, url);
      const receiver = await ShoalPage.open(receiving, await sender.shareFiles(file.path));
      for (const page of [sender, receiver]) await waitForRoute(page, each.route);
      await receiver.download();
      expect(await receiver.waitUntilComplete()).toMatchObject({ complete: true, storedBytes: file.bytes });
    });
    if (each.route === "Direct") expect(served).toBeLessThan(file.bytes / 2);
    else expect(served).toBeGreaterThan(file.bytes);
  });

  it("without a relay, symmetric behind both: each page says that there is no way, and what to do", async ({
    skip,
  }) => {
    if (obstacle !== null) skip(obstacle);
    await between({ kinds: both, nat: ["symmetric", "symmetric"] }, [stunServer], async (a, b, url) => {
      const sender = await ShoalPage.open(a, url);
      const receiver = await ShoalPage.open(b, await sender.shareFiles(file.path));
      // After a second attempt: each takes twenty seconds to fail.
      for (const page of [receiver, sender]) {
        await waitFor(async () => /this server has no relay.*TURN/.test((await page.text("stall")) ?? ""), {
          timeout: 90_000,
          describe: async () => `no route; the page says ${await page.text("stall")}`,
        });
      }
    });
  });
});

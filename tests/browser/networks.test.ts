/**
 * Two browsers behind address translation, in network namespaces, with a real coturn between them: whether they find
 * each other directly or through a relay, that the page says which, and that a file arrives that way.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BrowserKind, TestBrowser } from "../support/browsers.ts";
import { makeFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { launchInHost } from "../support/networks/host-browser.ts";
import { HostProcess } from "../support/networks/host-process.ts";
import { type Line, Network, serverAddress, serverHost } from "../support/networks/network.ts";
import { startTurnServer, stunServer, turnServer } from "../support/networks/turn-server.ts";
import { ShoalPage } from "../support/shoal-page.ts";
import { waitFor } from "../support/wait.ts";

const appServer = new URL("../support/networks/app-server.ts", import.meta.url).pathname;

type Nat = NonNullable<Line["nat"]> | "nothing";

/** The hosts behind each kind of address translation: a sender's, and a receiver's. */
const hosts: Record<Nat, [sender: number, receiver: number]> = {
  cone: [1, 2],
  symmetric: [3, 4],
  full: [5, 6],
  nothing: [7, 8],
};

interface Case {
  kinds: [sender: BrowserKind, receiver: BrowserKind];
  nat: [sender: Nat, receiver: Nat];
  route: "Direct" | "Through a relay";
}

const both: Case["kinds"] = ["chromium", "chromium"];

/**
 * RFC 5128: two ports that are kept meet in the middle; one for each destination meets only who lets everyone in. Two
 * of those never meet, nor does one meet who lets in only whom it has sent to.
 */
const cases: Case[] = [
  { kinds: both, nat: ["cone", "cone"], route: "Direct" },
  { kinds: both, nat: ["symmetric", "nothing"], route: "Direct" },
  { kinds: both, nat: ["full", "symmetric"], route: "Direct" },
  { kinds: both, nat: ["cone", "symmetric"], route: "Through a relay" },
  { kinds: both, nat: ["symmetric", "symmetric"], route: "Through a relay" },
  { kinds: ["firefox", "chromium"], nat: ["cone", "cone"], route: "Direct" },
  { kinds: ["chromium", "firefox"], nat: ["symmetric", "symmetric"], route: "Through a relay" },
];

const bytes = 1_300_123;

let obstacle: string | null;
let temporary: TemporaryDirectory;
let network: Network;
/** Where the app is, with a relay and without. */
let url: string;
let urlWithoutRelay: string;
const ending: (() => Promise<unknown>)[] = [];

/** The app's server, which names these ICE servers to browsers; resolves to its address. */
async function startApp(iceServers: readonly object[]): Promise<string> {
  const command = [process.execPath, "--import", "tsx", appServer, serverAddress, JSON.stringify(iceServers)];
  const server = await HostProcess.start(network, serverHost, command, /^http:/);
  ending.push(() => server.close());
  return server.said.find((words) => words.startsWith("http:"))!;
}

beforeAll(async () => {
  obstacle = await Network.whyNot();
  temporary = await temporaryDirectory("networks");
  if (obstacle !== null) return;
  const lines = Object.entries(hosts).flatMap(([nat, pair]) =>
    pair.map((host): [number, Line] => [
      host,
      { delay: "10ms", ...(nat !== "nothing" && { nat: nat as NonNullable<Line["nat"]> }) },
    ]),
  );
  network = await Network.start(Object.fromEntries(lines));
  ending.push(() => network.close());
  const turn = await startTurnServer(network);
  ending.push(() => turn.close());
  url = await startApp([stunServer, turnServer]);
  urlWithoutRelay = await startApp([stunServer]);
});

afterAll(async () => {
  await Promise.allSettled([...browsers.values()].map(async (browser) => (await browser).close()));
  for (const end of ending.toReversed()) await end().catch(() => {});
  await temporary?.remove();
});

/** Each is started when it is first needed. */
const browsers = new Map<string, Promise<TestBrowser>>();

function browserIn(host: number, kind: BrowserKind, address: string): Promise<TestBrowser> {
  const key = `${kind} ${host} ${address}`;
  const browser = browsers.get(key) ?? launchInHost(network, host, kind, [address]);
  browsers.set(key, browser);
  return browser;
}

/** A sender's browser and a receiver's. */
function browsersOf({ kinds, nat }: Pick<Case, "kinds" | "nat">, address: string): Promise<TestBrowser[]> {
  return Promise.all(([0, 1] as const).map((end) => browserIn(hosts[nat[end]][end], kinds[end], address)));
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

describe.concurrent("address translation", () => {
  it.sequential.for(cases)(
    "$kinds.0 behind $nat.0, $kinds.1 behind $nat.1: $route",
    async (each, { skip }) => {
      if (obstacle !== null) skip(obstacle);
      const name = `${each.kinds.join(" to ")}, ${each.nat.join(" to ")}.bin`;
      const file = await makeFile(join(temporary.path, name), bytes, name);
      const [sending, receiving] = await browsersOf(each, url);
      const sender = await ShoalPage.open(sending!, url);
      const link = await sender.shareFiles(file.path);
      const servedBefore = await network.received(serverHost);
      const receiver = await ShoalPage.open(receiving!, link);
      for (const page of [sender, receiver]) await waitForRoute(page, each.route);
      await receiver.download();
      expect(await receiver.waitUntilComplete()).toMatchObject({ complete: true, storedBytes: file.bytes });
      const served = (await network.received(serverHost)) - servedBefore;
      if (each.route === "Direct") expect(served).toBeLessThan(file.bytes / 2);
      else expect(served).toBeGreaterThan(file.bytes);
      await Promise.all([sender.close(), receiver.close()]);
    },
  );
});

/** Waits for long, so it does while those above are at work. */
describe.concurrent("address translation without a relay", () => {
  it("symmetric behind both: each page says that there is no way, and what to do", async ({ skip }) => {
    if (obstacle !== null) skip(obstacle);
    const file = await makeFile(join(temporary.path, "nowhere.bin"), bytes, "nowhere");
    const [a, b] = await browsersOf({ kinds: both, nat: ["symmetric", "symmetric"] }, urlWithoutRelay);
    const sender = await ShoalPage.open(a!, urlWithoutRelay);
    const receiver = await ShoalPage.open(b!, await sender.shareFiles(file.path));
    // After a second attempt: each takes twenty seconds to fail.
    for (const page of [receiver, sender]) {
      await waitFor(async () => /this server has no relay.*TURN/.test((await page.text("stall")) ?? ""), {
        timeout: 90_000,
        describe: async () => `no route; the page says ${await page.text("stall")}`,
      });
    }
  });
});

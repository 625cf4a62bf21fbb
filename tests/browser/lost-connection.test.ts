/**
 * Connections that break without a word: a peer's browser stops, a device is off its network for a while. They are
 * noticed, others take over, and what was lost is made anew. How soon is the engine's, and proven in virtual time.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ShareSnapshot } from "../../app/bridge/commands.ts";
import { type BrowserKind, browserKinds, type TestBrowser } from "../support/browsers.ts";
import { makeFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { launchInHost } from "../support/networks/host-browser.ts";
import { HostProcess } from "../support/networks/host-process.ts";
import { Network, serverAddress, serverHost } from "../support/networks/network.ts";
import { outlasting } from "../support/outlasting.ts";
import { People, type Person } from "../support/people.ts";
import { signalTree } from "../support/process-tree.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { ShoalPage } from "../support/shoal-page.ts";

const appServer = new URL("../support/networks/app-server.ts", import.meta.url).pathname;

/** Enough to see that a download runs. */
const someBytes = 130_000;

const connected = ({ peers }: ShareSnapshot) => peers.filter(({ state }) => state === "connected").length;

let server: TestServer;
let temporary: TemporaryDirectory;
let people: People;

beforeAll(async () => {
  server = await startServer();
  temporary = await temporaryDirectory("lost-connection");
  people = await People.gather();
});

afterAll(async () => {
  await people?.leave();
  await temporary?.remove();
  await server?.close();
});

describe("a peer that stops", () => {
  let seed: Person;
  let receiver: Person;

  beforeAll(async () => {
    [seed, receiver] = (await people.join(["chromium", "firefox"])) as [Person, Person];
  });

  it.each(browserKinds)("is let go of, and the others finish what it had begun to send: %s", async (kind) => {
    const bytes = 16_000_003;
    const file = await makeFile(join(temporary.path, `${kind}.bin`), bytes, kind);
    const [stopped] = (await people.join([kind])) as [Person];
    const sending = await stopped.open(server.url);
    const link = await sending.shareFiles(file.path);
    const seeding = await seed.open(link);
    await seeding.download();
    await seeding.waitUntilComplete();
    const receiving = await receiver.open(link);
    await receiving.waitForShare((share) => share.phase === "ready" && connected(share) === 2, {
      describe: "both who have it",
    });
    // Both owe blocks until one has been let go of.
    for (const page of [sending, seeding]) await page.limit({ up: outlasting(bytes) / 2 });
    await receiving.download();
    await receiving.waitForShare(({ storedBytes }) => storedBytes > someBytes, { describe: "the beginning" });

    const { pid } = stopped.browser.browser.process()!;
    signalTree(pid!, "SIGSTOP");
    try {
      for (const page of [receiving, seeding])
        await page.waitForShare((share) => connected(share) === 1, {
          describe: "the one who stopped to be let go of",
        });
      expect((await receiving.share())!.phase).toBe("downloading");
      await seeding.limit({ up: null });
      await receiving.waitUntilComplete();
    } finally {
      signalTree(pid!, "SIGCONT");
    }
    await Promise.all([sending, seeding, receiving].map((page) => page.close()));
  });
});

describe("a device off its network", () => {
  const senderHost = 1;
  const hosts: Record<BrowserKind, number> = { chromium: 2, firefox: 3 };
  const lines = { 1: { up: "16mbit", delay: "10ms" }, 2: { delay: "10ms" }, 3: { delay: "10ms" } };
  const bytes = 6_000_001;
  const ending: (() => Promise<unknown>)[] = [];
  let obstacle: string | null;
  let network: Network;
  let url: string;
  let sender: TestBrowser;

  beforeAll(async () => {
    obstacle = await Network.whyNot();
    if (obstacle !== null) return;
    network = await Network.start(lines);
    ending.push(() => network.close());
    const command = [process.execPath, "--import", "tsx", appServer, serverAddress];
    const host = await HostProcess.start(network, serverHost, command, /^http:/);
    ending.push(() => host.close());
    url = host.said.find((words) => words.startsWith("http:"))!;
    sender = await launchInHost(network, senderHost, "chromium", [url]);
    ending.push(() => sender.close());
  });

  afterAll(async () => {
    for (const end of ending.toReversed()) await end().catch(() => {});
  });

  /** Takes a host off its network, or puts it back. */
  function setNetwork(host: number, on: boolean): void {
    const [command, ...words] = network.inHost(host);
    const run = (...more: string[]) => execFileSync(command, [...words, "ip", ...more]);
    run("link", "set", "wan0", on ? "up" : "down");
    if (on) run("route", "add", "default", "dev", "wan0");
  }

  it.for(browserKinds)("%s: the download goes on when it is back", async (kind, { skip }) => {
    if (obstacle !== null) skip(obstacle);
    const name = `off and on in ${kind}.bin`;
    const file = await makeFile(join(temporary.path, name), bytes, name);
    const receiver = await launchInHost(network, hosts[kind], kind, [url]);
    ending.push(() => receiver.close());
    const sending = await ShoalPage.open(sender, url);
    const receiving = await ShoalPage.open(receiver, await sending.shareFiles(file.path));
    // Until the receiver is back there is more to come.
    await sending.limit({ up: outlasting(bytes) });
    await receiving.download();
    await receiving.waitForShare(({ storedBytes }) => storedBytes > someBytes, { describe: "the beginning" });
    setNetwork(hosts[kind], false);
    const offline = await receiving.waitForShare((share) => connected(share) === 0, {
      describe: "the connection to be given up",
    });
    expect(offline.phase).toBe("downloading");
    setNetwork(hosts[kind], true);
    await receiving.waitForShare(({ storedBytes }) => storedBytes > offline.storedBytes, {
      describe: "the download to go on",
    });
    await sending.limit({ up: null });
    await receiving.waitUntilComplete();
    await Promise.all([sending.close(), receiving.close()]);
  });
});

/**
 * Connections that break without a word: a peer's browser stops, a device is off its network for a while. They are
 * noticed within ten seconds, others take over, and what was lost is made anew.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ShareSnapshot } from "../../app/bridge/commands.ts";
import { type BrowserKind, browserKinds } from "../support/browsers.ts";
import { makeFile, type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { launchInHost } from "../support/networks/host-browser.ts";
import { HostProcess } from "../support/networks/host-process.ts";
import { Network, serverAddress, serverHost } from "../support/networks/network.ts";
import { People } from "../support/people.ts";
import { signalTree } from "../support/process-tree.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { ShoalPage } from "../support/shoal-page.ts";

const appServer = new URL("../support/networks/app-server.ts", import.meta.url).pathname;

/** Milliseconds in which a dead peer must be noticed. */
const NOTICED = 10_000;

/** Milliseconds in which a peer that was lost is found again: redials wait for up to REDIAL_MAX, 30 s. */
const FOUND_AGAIN = 60_000;

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

describe.each(browserKinds)("a %s that stops", (kind) => {
  it("is let go of, and the others finish what it had begun to send", async () => {
    const bytes = 32_000_003;
    const file = await makeFile(join(temporary.path, `${kind}.bin`), bytes, kind);
    const [stopped, seed, receiver] = await people.join([kind, "chromium", "firefox"]);
    const sending = await stopped!.open(server.url);
    const link = await sending.shareFiles(file.path);
    const seeding = await seed!.open(link);
    await seeding.download();
    await seeding.waitUntilComplete();
    const receiving = await receiver!.open(link);
    await receiving.waitForShare((share) => share.phase === "ready" && connected(share) === 2, {
      describe: "both who have it",
    });
    await receiving.download();
    await receiving.waitForShare(({ storedBytes }) => storedBytes > 2_000_000, { describe: "the beginning" });

    const { pid } = stopped!.browser.browser.process()!;
    signalTree(pid!, "SIGSTOP");
    try {
      for (const page of [receiving, seeding])
        await page.waitForShare((share) => connected(share) === 1, {
          describe: "the one who stopped to be let go of",
          timeout: NOTICED,
        });
      await receiving.waitUntilComplete();
    } finally {
      signalTree(pid!, "SIGCONT");
    }
    await Promise.all([sending, seeding, receiving].map((page) => page.close()));
  });
});

describe("a device off its network", () => {
  const lines = { 1: { up: "16mbit", delay: "10ms" }, 2: { delay: "10ms" } };
  const bytes = 12_000_001;

  async function inNetwork(
    kinds: [BrowserKind, BrowserKind],
    work: (network: Network, sending: ShoalPage, receiving: ShoalPage) => Promise<void>,
  ): Promise<void> {
    const network = await Network.start(lines);
    const ending: (() => Promise<unknown>)[] = [];
    try {
      const command = [process.execPath, "--import", "tsx", appServer, serverAddress];
      const host = await HostProcess.start(network, serverHost, command, /^http:/);
      ending.push(() => host.close());
      const url = host.said.find((words) => words.startsWith("http:"))!;
      const pages: ShoalPage[] = [];
      for (const [at, kind] of kinds.entries()) {
        const browser = await launchInHost(network, at + 1, kind, [url]);
        ending.push(() => browser.close());
        pages.push(await ShoalPage.open(browser, url));
      }
      await work(network, pages[0]!, pages[1]!);
    } finally {
      for (const end of ending.toReversed()) await end().catch(() => {});
      await network.close();
    }
  }

  /** Takes a host off its network, or puts it back. */
  function setNetwork(network: Network, host: number, on: boolean): void {
    const [command, ...words] = network.inHost(host);
    const run = (...more: string[]) => execFileSync(command, [...words, "ip", ...more]);
    run("link", "set", "wan0", on ? "up" : "down");
    if (on) run("route", "add", "default", "dev", "wan0");
  }

  it.for(browserKinds)("%s: the download goes on when it is back", async (kind, { skip }) => {
    const obstacle = await Network.whyNot();
    if (obstacle !== null) skip(obstacle);
    const file = await makeFile(join(temporary.path, "off and on.bin"), bytes, "off and on");
    await inNetwork(["chromium", kind], async (network, sending, receiving) => {
      const link = await sending.shareFiles(file.path);
      await receiving.openAddress(link);
      await receiving.download();
      const { storedBytes } = await receiving.waitForShare((share) => share.storedBytes > 2_000_000, {
        describe: "the beginning",
      });
      setNetwork(network, 2, false);
      const offline = await receiving.waitForShare((share) => connected(share) === 0, {
        describe: "the connection to be given up",
        timeout: NOTICED,
      });
      expect(offline.phase).toBe("downloading");
      setNetwork(network, 2, true);
      await receiving.waitForShare((share) => share.downRate > 0 && share.storedBytes > storedBytes, {
        describe: "the download to go on",
        timeout: FOUND_AGAIN,
      });
      await receiving.waitUntilComplete();
    });
  });
});

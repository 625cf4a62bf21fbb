/** A folder goes between Shoal in a browser and WebTorrent, either way, whichever tracker introduces them. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { encodeTorrentFile } from "../../../app/engine/content/torrent-file.ts";
import { launchBrowser, type TestBrowser } from "../../support/browsers.ts";
import { makeTree, type TestTree } from "../../support/files.ts";
import { startServer, type TestServer } from "../../support/server.ts";
import { buildTorrent } from "../../support/torrents.ts";
import { type WebTorrentClient, WebTorrentInBrowser, WebTorrentInNode } from "../../support/webtorrent.ts";
import { contentHashes, expectedHashes, magnetOf, openShoal } from "./shoal.ts";
import { startBittorrentTracker, type Tracker } from "./trackers.ts";

let tree: TestTree;
let server: TestServer;
let tracker: Tracker;
let otherBrowser: TestBrowser;

beforeAll(async () => {
  tree = await makeTree(
    { "b.bin": 3_000_000, "deep/er/ü 🐟.bin": 1_234_567, "deep/one byte": 1, empty: 0, "z.bin": 65_536 },
    { name: "shared folder" },
  );
  server = await startServer();
  tracker = await startBittorrentTracker();
  otherBrowser = await launchBrowser("chromium");
});

afterAll(async () => {
  await otherBrowser?.close();
  await tracker?.close();
  await server?.close();
  await tree?.remove();
});

/** Writes the folder's .torrent with a tracker that is not Shoal's; returns its path. */
async function writeTorrent(announce: string): Promise<string> {
  const files = await Promise.all(
    [...tree.files].map(async ([path, { path: onDisk }]) => ({
      path: path.split("/"),
      bytes: new Uint8Array(await readFile(onDisk)),
    })),
  );
  const { info, pieceLayers } = buildTorrent(files, { name: "shared folder" });
  const path = join(tree.directory, "..", "shared folder.torrent");
  await writeFile(
    path,
    encodeTorrentFile({ info, pieceLayers, trackers: [announce], webSeeds: [], encoding: null }),
  );
  return path;
}

/** The magnet link with one tracker in place of its own. */
function through(url: string, magnet: string): string {
  return `${magnet.replace(/&tr=[^&]*/g, "")}&tr=${encodeURIComponent(url)}`;
}

const clients: [string, () => Promise<WebTorrentClient>][] = [
  ["WebTorrent in Chromium", () => WebTorrentInBrowser.start(otherBrowser)],
  ["WebTorrent in Node", () => WebTorrentInNode.start()],
];

describe.each(clients)("%s", (_, start) => {
  async function startClient(): Promise<WebTorrentClient> {
    const client = await start();
    onTestFinished(() => client.close());
    return client;
  }

  test("downloads from Shoal through Shoal's tracker", async () => {
    const shoal = await openShoal(server.url);
    await shoal.shareFolder(tree.directory);
    const client = await startClient();
    expect(await client.download(await magnetOf(shoal))).toEqual(expectedHashes(tree));
    expect(shoal.browser.errors).toEqual([]);
  });

  test("downloads from Shoal through bittorrent-tracker", async () => {
    const shoal = await openShoal(server.url);
    await shoal.shareFolder(tree.directory);
    await shoal.openAddress(server.url);
    await shoal.pickFiles(await writeTorrent(tracker.url));
    await shoal.waitForShare(({ trackers }) => trackers.some(({ url }) => url === tracker.url), {
      describe: "the .torrent's tracker taken by the share",
    });
    const client = await startClient();
    const hashes = await client.download(through(tracker.url, await magnetOf(shoal)));
    expect(hashes).toEqual(expectedHashes(tree));
    expect(shoal.browser.errors).toEqual([]);
  });

  test.each([
    ["Shoal's tracker", () => server.tracker],
    ["bittorrent-tracker", () => tracker.url],
  ])("is downloaded from by Shoal, from a magnet of v1 alone, through %s", async (_, trackerUrl) => {
    const client = await startClient();
    const magnet = await client.seed(tree.directory, trackerUrl());
    expect(magnet).toMatch(/xt=urn:btih:/);
    expect(magnet).not.toMatch(/urn:btmh:/);
    const shoal = await openShoal(`${server.url}#${magnet}`);
    await shoal.download();
    await shoal.waitUntilComplete();
    expect(await contentHashes(shoal)).toEqual(expectedHashes(tree));
    expect(shoal.browser.errors).toEqual([]);
  });
});

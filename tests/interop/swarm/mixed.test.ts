/** Shoal and WebTorrent in one swarm: all complete, and what came to WebTorrent goes on to Shoal. */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchBrowser } from "../../support/browsers.ts";
import { makeTree, type TestTree } from "../../support/files.ts";
import { startLyingPeer } from "../../support/lying-peer.ts";
import { outlasting } from "../../support/outlasting.ts";
import { startServer, type TestServer } from "../../support/server.ts";
import { WebTorrentInBrowser, WebTorrentInNode } from "../../support/webtorrent.ts";
import { contentHashes, expectedHashes, magnetOf, openShoal } from "./shoal.ts";

let tree: TestTree;
let server: TestServer;

beforeAll(async () => {
  tree = await makeTree(
    { "a.bin": 4_000_000, "b/c.bin": 777_777, "b/d.txt": 10, empty: 0 },
    { name: "mixed swarm" },
  );
  server = await startServer();
});

afterAll(async () => {
  await server?.close();
  await tree?.remove();
});

async function startWebTorrent(): Promise<WebTorrentInNode> {
  const client = await WebTorrentInNode.start();
  onTestFinished(() => client.close());
  return client;
}

test("a seed, a Shoal leecher and a WebTorrent leecher: all complete", async () => {
  const seed = await openShoal(server.url);
  const link = await seed.shareFolder(tree.directory);
  const webTorrent = await startWebTorrent();
  const downloaded = webTorrent.download(await magnetOf(seed));
  const leecher = await openShoal(link);
  await leecher.download();
  await leecher.waitUntilComplete();
  expect(await contentHashes(leecher)).toEqual(expectedHashes(tree));
  expect(await downloaded).toEqual(expectedHashes(tree));
  expect([...seed.browser.errors, ...leecher.browser.errors]).toEqual([]);
});

test("WebTorrent hands a share on to Shoal when the one that shared it is gone", async () => {
  const seed = await openShoal(server.url);
  await seed.shareFolder(tree.directory);
  const magnet = await magnetOf(seed);
  const webTorrent = await startWebTorrent();
  await webTorrent.download(magnet);
  await seed.browser.close();

  const leecher = await openShoal(`${server.url}#${magnet}`);
  await leecher.download();
  const share = await leecher.waitUntilComplete();
  expect(share).toMatchObject({ name: "mixed swarm", complete: true });
  expect(await contentHashes(leecher)).toEqual(expectedHashes(tree));
  expect(leecher.browser.errors).toEqual([]);
});

test("three WebTorrent peers among Shoal's, one of which lies: all others complete, and Shoal shuts it out", async () => {
  const seed = await openShoal(server.url);
  const link = await seed.shareFolder(tree.directory);
  const magnet = await magnetOf(seed);
  // WebTorrent keeps one socket per tracker address in a process, and this one is not the only client here.
  const liar = await startLyingPeer(
    magnet.replaceAll(encodeURIComponent("127.0.0.1"), encodeURIComponent("localhost")),
  );
  onTestFinished(() => liar.close());
  const browser = await launchBrowser("chromium");
  onTestFinished(() => browser.close());
  const inBrowser = await WebTorrentInBrowser.start(browser);
  onTestFinished(() => inBrowser.close());
  const inNode = await startWebTorrent();

  const leecher = await openShoal(link);
  /** The prefix of a peer id is shown as text, the rest as hex. */
  const isLinkedToLiar = (share: { peers: readonly { peerId: string }[] }) =>
    share.peers.some(({ peerId }) => peerId.slice(8) === liar.peerId.slice(16));
  await leecher.waitForShare(isLinkedToLiar, { describe: "the liar to be connected" });
  // Until the liar has been asked for something there is something left to ask it for.
  await seed.limit({ up: outlasting((await seed.share())!.size!) });
  const others = [inBrowser, inNode].map((each) => each.download(magnet));
  await leecher.download();
  await leecher.waitForShare((each) => !isLinkedToLiar(each), { describe: "the liar to be shut out" });
  await seed.limit({ up: null });
  const share = await leecher.waitUntilComplete();
  expect(isLinkedToLiar(share)).toBe(false);
  expect(await contentHashes(leecher)).toEqual(expectedHashes(tree));
  for (const hashes of await Promise.all(others)) expect(hashes).toEqual(expectedHashes(tree));
  expect(liar.uploaded).toBeGreaterThan(0);
  expect([...seed.browser.errors, ...leecher.browser.errors]).toEqual([]);
});

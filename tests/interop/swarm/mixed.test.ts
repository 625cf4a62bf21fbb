/** Shoal and WebTorrent in one swarm: all complete, and what came to WebTorrent goes on to Shoal. */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { makeTree, type TestTree } from "../../support/files.ts";
import { startServer, type TestServer } from "../../support/server.ts";
import { WebTorrentInNode } from "../../support/webtorrent.ts";
import { contentHashes, expectedHashes, magnetOf, openShoal } from "./shoal.ts";

let tree: TestTree;
let server: TestServer;

beforeAll(async () => {
  tree = await makeTree(
    { "a.bin": 9_000_000, "b/c.bin": 777_777, "b/d.txt": 10, empty: 0 },
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

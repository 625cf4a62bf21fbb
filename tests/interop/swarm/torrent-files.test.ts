/** .torrent files go both ways between Shoal's page and libtorrent. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { waitForDownload } from "../../support/downloads.ts";
import { makeTree, type TemporaryDirectory, type TestTree, temporaryDirectory } from "../../support/files.ts";
import { startServer, type TestServer } from "../../support/server.ts";
import { create, inspect } from "../content/libtorrent.ts";
import { fileList, openShoal } from "./shoal.ts";

const name = "ördner 🐟";
const sizes = { "a.bin": 200_000, "b/c/d.bin": 65_536, "b/e.txt": 3 };

let tree: TestTree;
let server: TestServer;
let directory: TemporaryDirectory;

beforeAll(async () => {
  tree = await makeTree(sizes, { name });
  server = await startServer();
  directory = await temporaryDirectory("torrents");
});

afterAll(async () => {
  await directory?.remove();
  await server?.close();
  await tree?.remove();
});

test("the .torrent that Shoal saves opens in libtorrent with the same hashes, files and tracker", async () => {
  const shoal = await openShoal(server.url, { downloads: directory.path });
  await shoal.shareFolder(tree.directory);
  await shoal.click("torrent");
  const saved = await waitForDownload(directory.path, `${name}.torrent`);
  const { infoHashV1, infoHashV2, pieceCount, pieceLength } = (await shoal.share())!;
  const seen = inspect(await readFile(saved));
  expect(seen).toMatchObject({ name, v1: infoHashV1, v2: infoHashV2, pieceCount, pieceLength });
  expect(seen.trackers).toEqual([server.tracker]);
  expect(Object.fromEntries(seen.files.map(({ path, length }) => [path, length]))).toEqual(
    Object.fromEntries(Object.entries(sizes).map(([path, length]) => [`${name}/${path}`, length])),
  );
  const remade = inspect(create(join(tree.directory, ".."), pathsOnDisk(), pieceLength, "hybrid"));
  expect({ v1: seen.v1, v2: seen.v2 }).toEqual({ v1: remade.v1, v2: remade.v2 });
});

test.each(["v1", "v2", "hybrid"] as const)(
  "a %s .torrent of libtorrent's opens in Shoal",
  async (version) => {
    const torrent = create(join(tree.directory, ".."), pathsOnDisk(), 65_536, version);
    const path = join(directory.path, `${version}.torrent`);
    await writeFile(path, torrent);
    const shoal = await openShoal(server.url);
    await shoal.shareFiles(path);
    const { v1, v2 } = inspect(torrent);
    const share = await shoal.waitForShare(({ phase }) => phase === "ready", {
      describe: "the .torrent opened",
    });
    expect(share).toMatchObject({ name, infoHashV1: v1, infoHashV2: v2, fileCount: 3, size: 265_539 });
    expect(await shoal.text("share-name")).toBe(name);
    expect(await fileList(shoal)).toEqual(sizes);
    expect(shoal.browser.errors).toEqual([]);
  },
);

function pathsOnDisk(): (readonly [string, number])[] {
  return Object.entries(sizes).map(([path, length]) => [`${name}/${path}`, length]);
}

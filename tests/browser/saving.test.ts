/** The service worker's downloads in real browsers: whole files and zips, and failures that are seen as such. */
import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Page } from "puppeteer-core";
import { build, createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserKinds, launchBrowser, type TestBrowser } from "../support/browsers.ts";
import { waitForDownload } from "../support/downloads.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";
import { PIECE_LENGTH, pieceBytes, type SavingTest, type StoredTorrent } from "./saving/stored-torrent.ts";

const repository = resolve(import.meta.dirname, "../..");

let server: ViteDevServer;
let temporary: TemporaryDirectory;
let url: string;

/** The service worker as one script, with nothing to precache. */
async function buildServiceWorker(): Promise<string> {
  await build({
    configFile: false,
    logLevel: "error",
    define: { "self.__WB_MANIFEST": "[]" },
    build: {
      outDir: join(temporary.path, "service-worker"),
      lib: {
        entry: join(repository, "app/service-worker/main.ts"),
        formats: ["iife"],
        name: "serviceWorker",
        fileName: () => "main.js",
      },
    },
  });
  return readFile(join(temporary.path, "service-worker/main.js"), "utf8");
}

beforeAll(async () => {
  temporary = await temporaryDirectory("saving");
  const script = await buildServiceWorker();
  server = await createServer({
    configFile: join(repository, "vite.config.ts"),
    root: repository,
    cacheDir: join(temporary.path, "vite"),
    logLevel: "error",
    optimizeDeps: { include: ["idb", "client-zip"], entries: [] },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    plugins: [
      {
        name: "serve-service-worker",
        configureServer({ middlewares }) {
          middlewares.use("/service-worker.js", (_request, response) => {
            response.setHeader("content-type", "text/javascript").end(script);
          });
        },
      },
    ],
  });
  await server.listen();
  url = new URL("/tests/browser/saving/index.html", server.resolvedUrls?.local[0]).href;
});

afterAll(async () => {
  await server?.close();
  await temporary.remove();
});

const big: StoredTorrent = {
  id: "b1",
  name: "Grüße 🐟 'a' (b).bin",
  singleFile: true,
  files: [{ path: ["Grüße 🐟 'a' (b).bin"], length: 20 * PIECE_LENGTH + 1 }],
};
const empty: StoredTorrent = {
  id: "e0",
  name: "empty.bin",
  singleFile: true,
  files: [{ path: ["empty.bin"], length: 0 }],
};
const folder: StoredTorrent = {
  id: "f0",
  name: "Ordner 🐟",
  singleFile: false,
  files: [
    { path: ["a.bin"], length: 3 * PIECE_LENGTH },
    { path: ["not wanted.bin"], length: PIECE_LENGTH },
    { path: ["tief", "er", "ü.txt"], length: 1 },
    { path: ["leer"], length: 0 },
  ],
  wanted: [1, 0, 1, 1],
  missing: [3],
};
const partial: StoredTorrent = {
  id: "c1",
  name: "partial.bin",
  singleFile: true,
  files: [{ path: ["partial.bin"], length: 20 * PIECE_LENGTH }],
  missing: [12],
};
const coming: StoredTorrent = {
  id: "d1",
  name: "coming.bin",
  singleFile: true,
  files: [{ path: ["coming.bin"], length: 20 * PIECE_LENGTH + 1 }],
  missing: [0, 12, 13, 20],
  damaged: [5],
};
const rotten: StoredTorrent = {
  id: "a1",
  name: "rotten.bin",
  singleFile: true,
  files: [{ path: ["rotten.bin"], length: 20 * PIECE_LENGTH }],
  damaged: [7],
};

function expectedBytes(torrent: StoredTorrent): Buffer {
  const { length } = torrent.files[0]!;
  const pieces = Array.from({ length: Math.ceil(length / PIECE_LENGTH) }, (_, piece) =>
    pieceBytes(piece, Math.min(PIECE_LENGTH, length - piece * PIECE_LENGTH)),
  );
  return Buffer.concat(pieces);
}

/** Name, size and CRC-32 of each entry, as Python's zipfile checks and lists them. */
async function zipEntries(path: string): Promise<[string, number][]> {
  const script =
    "import json, sys, zipfile\n" +
    "zip = zipfile.ZipFile(sys.argv[1])\n" +
    "assert zip.testzip() is None\n" +
    "print(json.dumps([[e.filename, e.file_size] for e in zip.infolist()]))";
  const { stdout } = await promisify(execFile)("/usr/bin/python3", ["-c", script, path]);
  return JSON.parse(stdout);
}

describe.each(browserKinds)("%s", (kind) => {
  let browser: TestBrowser;
  let page: Page;
  let downloads: string;

  /** Calls a function of the page's SavingTest. */
  function ask<K extends keyof SavingTest>(
    name: K,
    ...given: Parameters<SavingTest[K]>
  ): Promise<Awaited<ReturnType<SavingTest[K]>>> {
    return page.evaluate(
      (method, parameters) => Reflect.get(window, "savingTest")[method](...parameters),
      name as string,
      given as unknown[],
    );
  }

  beforeAll(async () => {
    downloads = join(temporary.path, `downloads-${kind}`);
    browser = await launchBrowser(kind, { downloads });
    page = await browser.newPage(url);
    await page.waitForFunction(() => Reflect.has(window, "savingTest"));
    await ask("start");
    for (const torrent of [big, empty, folder, partial, coming, rotten]) await ask("store", torrent);
  });

  afterAll(() => browser?.close());

  it("downloads a file under its own name, byte for byte", async () => {
    const bytes = expectedBytes(big);
    expect(await ask("saveFile", big.id, 0, big.name)).toBe("saved");
    const path = await waitForDownload(downloads, big.name, { bytes: bytes.length });
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it("downloads an empty file", async () => {
    expect(await ask("saveFile", empty.id, 0, empty.name)).toBe("saved");
    await waitForDownload(downloads, empty.name, { bytes: 0 });
  });

  it("downloads the selected files as one zip", async () => {
    expect(await ask("saveAll", folder.id, folder.name)).toBe("saved");
    const path = await waitForDownload(downloads, `${folder.name}.zip`);
    expect(await zipEntries(path)).toEqual([
      ["Ordner 🐟/a.bin", 3 * PIECE_LENGTH],
      ["Ordner 🐟/tief/er/ü.txt", 1],
      ["Ordner 🐟/leer", 0],
    ]);
  });

  it("says that a share is gone", async () => {
    expect(await ask("saveFile", "abcdef", 0, "gone.bin")).toBe("share/unknown");
  });

  it("saves a Blob where there is no service worker", async () => {
    await ask("stop");
    expect(await ask("saveFile", big.id, 0, "blob.txt")).toBe("saved");
    const path = await waitForDownload(downloads, "blob.txt", { bytes: "from a blob".length });
    expect(await readFile(path, "utf8")).toBe("from a blob");
    await ask("start");
  });

  it("waits for pieces that are still to come or damaged, where a worker leads", async () => {
    await ask("lead", coming);
    const bytes = expectedBytes(coming);
    expect(await ask("saveFile", coming.id, 0, coming.name)).toBe("saved");
    expect(await ask("waitedFor")).toEqual([0, 5, 12, 13, 20]);
    const path = await waitForDownload(downloads, coming.name, { bytes: bytes.length });
    expect(bytes.equals(await readFile(path))).toBe(true);
  });

  it.each([
    ["missing", partial],
    ["damaged", rotten],
  ])("fails where a %s piece will not come, and leaves no file that looks whole", async (_, torrent) => {
    expect(await ask("saveFile", torrent.id, 0, torrent.name)).toBe("storage/lost");
    // Firefox keeps what arrived so that the person can try again, Chromium nothing.
    const saved = await stat(join(downloads, torrent.name)).catch(() => null);
    expect(saved?.size ?? 0).toBe(0);
  });
});

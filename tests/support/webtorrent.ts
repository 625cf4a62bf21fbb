/**
 * WebTorrent as another client in the swarm: in Node on its own WebRTC stack, or its browser build in a page of a
 * real browser. Both share a folder and download one, and are asked nothing else. WebTorrent knows v1 only, and
 * keeps one socket per tracker address in a process: two clients in Node need two addresses of one tracker.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { ElementHandle, Page } from "puppeteer-core";
import WebTorrent, { type Torrent } from "webtorrent";
import type { TestBrowser } from "./browsers.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./files.ts";
import { chooseFolder } from "./uploads.ts";
import { waitFor } from "./wait.ts";

export interface WebTorrentClient {
  /** Shares a folder through one tracker; returns the magnet link, which carries `urn:btih` alone. */
  seed(folder: string, tracker: string): Promise<string>;
  /** Downloads what a magnet link names; returns SHA-256 by path below the folder, pads left out. */
  download(magnet: string): Promise<Map<string, string>>;
  close(): Promise<void>;
}

/** Nothing but WebSocket trackers; and no servers for ICE, which would cost seconds of waiting. */
export const webTorrentSettings = {
  dht: false,
  lsd: false,
  utPex: false,
  natUpnp: false,
  natPmp: false,
  tracker: { rtcConfig: { iceServers: [] } },
};

/** Milliseconds until a torrent is whole, whether its bytes come from a folder or from peers. */
const doneTimeout = 100_000;

/** "folder/a/b" without its folder; null for a pad of a hybrid torrent, which WebTorrent takes for a file. */
function pathBelowFolder(path: string): string | null {
  const [, ...rest] = path.split("/");
  return rest[0] === ".pad" ? null : rest.join("/");
}

function withoutPads(hashes: readonly (readonly [path: string, hash: string])[]): Map<string, string> {
  return new Map(
    hashes.flatMap(([path, hash]) => {
      const below = pathBelowFolder(path);
      return below === null ? [] : [[below, hash] as const];
    }),
  );
}

/** WebTorrent in this process. */
export class WebTorrentInNode implements WebTorrentClient {
  readonly #client: WebTorrent;
  readonly #directory: TemporaryDirectory;
  readonly #said: string[];

  constructor(directory: TemporaryDirectory) {
    this.#client = new WebTorrent(webTorrentSettings);
    this.#directory = directory;
    this.#said = [];
    this.#client.on("error", (error) => this.#said.push(String(error)));
  }

  static async start(): Promise<WebTorrentInNode> {
    return new WebTorrentInNode(await temporaryDirectory("webtorrent"));
  }

  async seed(folder: string, tracker: string): Promise<string> {
    const torrent = this.#client.seed(folder, { announce: [tracker] });
    await once(torrent, "seed");
    return torrent.magnetURI;
  }

  async download(magnet: string): Promise<Map<string, string>> {
    const torrent = this.#client.add(magnet, { path: this.#directory.path });
    torrent.on("warning", (warning) => this.#said.push(String(warning)));
    await waitFor(() => torrent.done, {
      timeout: doneTimeout,
      describe: () =>
        `WebTorrent in Node: ${stateOf(torrent)}; it said ${this.#said.join(" | ") || "nothing"}`,
    });
    const hashes = torrent.files.map(async (file) => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      return [file.path, createHash("sha256").update(bytes).digest("hex")] as const;
    });
    return withoutPads(await Promise.all(hashes));
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#client.destroy(() => resolve());
    });
    await this.#directory.remove();
  }
}

function stateOf({ progress, numPeers }: Torrent): string {
  return `${Math.floor(progress * 100)} % are there, ${numPeers} peers`;
}

const html = `<!doctype html><title>WebTorrent</title><input type="file" webkitdirectory>
<script type="module">
  import WebTorrent from "/webtorrent.min.js";
  window.client = new WebTorrent(${JSON.stringify(webTorrentSettings)});
</script>`;

interface StaticPage {
  readonly url: string;
  close(): Promise<void>;
}

async function serveBrowserBuild(): Promise<StaticPage> {
  const script = await readFile(createRequire(import.meta.url).resolve("webtorrent/dist/webtorrent.min.js"));
  const server = createServer((request, response) => {
    const isScript = request.url === "/webtorrent.min.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html; charset=utf-8");
    response.end(isScript ? script : html);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** WebTorrent's browser build, in a tab. */
export class WebTorrentInBrowser implements WebTorrentClient {
  readonly #browser: TestBrowser;
  readonly #page: Page;
  readonly #served: StaticPage;

  constructor(browser: TestBrowser, page: Page, served: StaticPage) {
    this.#browser = browser;
    this.#page = page;
    this.#served = served;
  }

  static async start(browser: TestBrowser): Promise<WebTorrentInBrowser> {
    const served = await serveBrowserBuild();
    const page = await browser.newPage(served.url);
    await page.waitForFunction(() => Reflect.has(window, "client"));
    return new WebTorrentInBrowser(browser, page, served);
  }

  async seed(folder: string, tracker: string): Promise<string> {
    const input = (await this.#page.$("input")) as ElementHandle<HTMLInputElement>;
    await chooseFolder(this.#browser, input, folder);
    // The browser walks the folder before the input has its files.
    await waitFor(() => input.evaluate((element) => element.files?.length), {
      describe: `the files of ${folder}`,
    });
    await input.evaluate((element, url) => {
      const client: WebTorrent = Reflect.get(window, "client");
      const files = [...(element.files ?? [])];
      for (const file of files) Object.assign(file, { fullPath: file.webkitRelativePath });
      Reflect.set(window, "torrent", client.seed(files, { announce: [url] }));
    }, tracker);
    await this.#waitUntilDone();
    return this.#page.evaluate(() => (Reflect.get(window, "torrent") as Torrent).magnetURI);
  }

  async download(magnet: string): Promise<Map<string, string>> {
    await this.#page.evaluate((link) => {
      const client: WebTorrent = Reflect.get(window, "client");
      Reflect.set(window, "torrent", client.add(link, {}));
    }, magnet);
    await this.#waitUntilDone();
    const hashes = await this.#page.evaluate(async () => {
      const { files } = Reflect.get(window, "torrent") as Torrent;
      return Promise.all(
        files.map(async (file): Promise<[string, string]> => {
          const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
          return [file.path, Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")];
        }),
      );
    });
    return withoutPads(hashes);
  }

  async #waitUntilDone(): Promise<void> {
    await waitFor(() => this.#page.evaluate(() => (Reflect.get(window, "torrent") as Torrent).done), {
      timeout: doneTimeout,
      describe: async () => {
        const state = await this.#page.evaluate(() => {
          const { progress, numPeers } = Reflect.get(window, "torrent") as Torrent;
          return `${Math.floor(progress * 100)} % are there, ${numPeers} peers`;
        });
        return `WebTorrent in ${this.#browser.version}: ${state}; the consoles said ${this.#browser.errors.join(" | ") || "nothing"}`;
      },
    });
  }

  async close(): Promise<void> {
    await this.#page.close();
    await this.#served.close();
  }
}

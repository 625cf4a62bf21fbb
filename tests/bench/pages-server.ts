/** Builds the benchmark's own pages (./pages) and serves them: everything that is not Shoal. */
import { join } from "node:path";
import { build, type InlineConfig, preview } from "vite";
import { type TemporaryDirectory, temporaryDirectory } from "../support/files.ts";

const names = ["channel", "webtorrent", "hashing"] as const;
const root = join(import.meta.dirname, "pages");
const common: InlineConfig = { configFile: false, root, logLevel: "silent" };

export interface PagesServer {
  /** The address of a page. */
  url(name: (typeof names)[number]): string;
  close(): Promise<void>;
}

/** Builds the pages into a directory of their own. */
export async function buildPages(): Promise<TemporaryDirectory> {
  const output = await temporaryDirectory("bench-pages");
  await build({
    ...common,
    build: {
      outDir: output.path,
      emptyOutDir: true,
      target: "esnext",
      rolldownOptions: { input: names.map((name) => join(root, `${name}.html`)) },
    },
    worker: { format: "es" },
  });
  return output;
}

/** Serves what was built at `directory`. `host` is the address to listen on. */
export async function servePages(directory: string, host: string): Promise<PagesServer> {
  const server = await preview({
    ...common,
    build: { outDir: directory },
    preview: { host, port: 0 },
  });
  const { local, network } = server.resolvedUrls!;
  return {
    url: (name) => new URL(`${name}.html`, local[0] ?? network[0]).href,
    close: () => server.close(),
  };
}

/** Builds the pages and serves them on the loopback. */
export async function startPagesServer(): Promise<PagesServer> {
  const output = await buildPages();
  const server = await servePages(output.path, "127.0.0.1");
  return {
    url: server.url,
    async close() {
      await server.close();
      await output.remove();
    },
  };
}

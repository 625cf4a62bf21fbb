/** Builds the benchmark's own pages (./pages) and serves them: everything that is not Shoal. */
import { join } from "node:path";
import { build, type InlineConfig, preview } from "vite";
import { temporaryDirectory } from "../support/files.ts";

const names = ["channel", "webtorrent", "hashing"] as const;

export interface PagesServer {
  /** The address of a page. */
  url(name: (typeof names)[number]): string;
  close(): Promise<void>;
}

/** `host` is the address to listen on. */
export async function startPagesServer(host = "127.0.0.1"): Promise<PagesServer> {
  const root = join(import.meta.dirname, "pages");
  const output = await temporaryDirectory("bench-pages");
  const config: InlineConfig = {
    configFile: false,
    root,
    logLevel: "silent",
    build: {
      outDir: output.path,
      emptyOutDir: true,
      target: "esnext",
      rolldownOptions: { input: names.map((name) => join(root, `${name}.html`)) },
    },
    worker: { format: "es" },
    preview: { host, port: 0 },
  };
  await build(config);
  const server = await preview(config);
  const { local, network } = server.resolvedUrls!;
  return {
    url: (name) => new URL(`${name}.html`, local[0] ?? network[0]).href,
    async close() {
      await server.close();
      await output.remove();
    },
  };
}

/** The real signaling server, in this process, on a free port of the loopback, serving the built app. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type BuildOptions, build } from "../../signaling/build.ts";

/** Where `npm run build` puts the app. */
export const appDirectory = resolve(import.meta.dirname, "../../dist/app");

export interface TestServerOptions extends BuildOptions {
  host?: string;
  /** 0, the default, lets the system choose; a fixed one brings a server back under its old address. */
  port?: number;
}

export interface TestServer {
  /** "http://127.0.0.1:12345/": the app. */
  url: string;
  /** "ws://127.0.0.1:12345/announce": the tracker. */
  tracker: string;
  port: number;
  close(): Promise<void>;
}

/**
 * Starts a server. Without options: no ICE servers, limits as they ship.
 * @throws Error when the app has not been built
 */
export async function startServer({
  host = "127.0.0.1",
  port = 0,
  ...options
}: TestServerOptions = {}): Promise<TestServer> {
  const directory = options.appDirectory ?? appDirectory;
  if (!existsSync(join(directory, "index.html"))) {
    throw new Error(`The app is not built: ${directory} has no index.html. Run npm run build first.`);
  }
  const server = await build({ iceServers: [], ...options, appDirectory: directory });
  const address = new URL(await server.listen({ host, port }));
  return {
    url: address.href,
    tracker: `ws://${address.host}/announce`,
    port: Number(address.port),
    close: () => server.close(),
  };
}

/**
 * Runs inside the servers' host of a network: Shoal's server, which is the tracker too, and the benchmark's pages.
 * Its arguments are the host's address and the directory of the built pages. Says on one line of standard output where
 * they are.
 */
import { startServer } from "../../support/server.ts";
import { servePages } from "../pages-server.ts";

/** What it says, as JSON. */
export interface HostAddresses {
  /** Of Shoal's app. */
  readonly app: string;
  /** The announce address. */
  readonly tracker: string;
  readonly channel: string;
  readonly webtorrent: string;
}

const [host = "127.0.0.1", directory = ""] = process.argv.slice(2);
const server = await startServer({ host });
const pages = await servePages(directory, host);
const addresses: HostAddresses = {
  app: server.url,
  tracker: server.tracker,
  channel: pages.url("channel"),
  webtorrent: pages.url("webtorrent"),
};
process.stdout.write(`${JSON.stringify(addresses)}\n`);

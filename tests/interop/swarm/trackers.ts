/** The two trackers that the swarms meet at: Shoal's own, and bittorrent-tracker's. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Server } from "bittorrent-tracker";

export interface Tracker {
  /** "ws://127.0.0.1:12345/announce". */
  readonly url: string;
  close(): Promise<void>;
}

export async function startBittorrentTracker(): Promise<Tracker> {
  const server = new Server({ http: false, udp: false, ws: true, stats: false });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.http.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/announce`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.http.closeAllConnections();
      }),
  };
}

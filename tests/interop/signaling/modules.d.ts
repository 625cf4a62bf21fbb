/** What these tests use of two packages that bring no types. */
declare module "bittorrent-tracker" {
  import type { EventEmitter } from "node:events";

  interface ClientOptions {
    /** Hex. */
    infoHash: string;
    /** Hex. */
    peerId: string;
    announce: string[];
    /** Demanded in Node, unused over WebSocket. */
    port: number;
    rtcConfig?: { iceServers: readonly object[] };
  }

  interface AnnounceOptions {
    uploaded?: number;
    downloaded?: number;
    left?: number;
    numwant?: number;
  }

  /** Emits update, peer, scrape, warning and error. */
  class Client extends EventEmitter {
    constructor(options: ClientOptions);
    start(options?: AnnounceOptions): void;
    update(options?: AnnounceOptions): void;
    complete(options?: AnnounceOptions): void;
    stop(options?: AnnounceOptions): void;
    scrape(options?: { infoHash?: string | string[] }): void;
    destroy(done?: (error?: Error) => void): void;
  }

  export { Client };
}

declare module "webtorrent" {
  import type { EventEmitter } from "node:events";

  interface Options {
    dht?: boolean;
    lsd?: boolean;
    utPex?: boolean;
    natUpnp?: boolean;
    natPmp?: boolean;
    tracker?: { rtcConfig?: { iceServers: readonly object[] } };
  }

  interface TorrentFile {
    arrayBuffer(): Promise<ArrayBuffer>;
  }

  /** Emits ready, done, wire, warning and error. */
  interface Torrent extends EventEmitter {
    readonly infoHash: string;
    readonly files: readonly TorrentFile[];
  }

  class WebTorrent extends EventEmitter {
    constructor(options?: Options);
    seed(input: Uint8Array & { name?: string }, options: object): Torrent;
    add(torrent: string, options: object): Torrent;
    destroy(done?: (error?: Error) => void): void;
  }

  // biome-ignore lint/style/noDefaultExport: how the package exports it
  export default WebTorrent;
}

/** What the tests use of two packages that bring no types. */
declare module "bittorrent-tracker" {
  import type { EventEmitter } from "node:events";
  import type { Server as HttpServer } from "node:http";

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

  /** Emits listening, start, complete, warning and error. */
  class Server extends EventEmitter {
    constructor(options: { http: boolean; udp: boolean; ws: boolean; stats: boolean });
    readonly http: HttpServer;
    listen(port: number, hostname: string, listening?: () => void): void;
    close(done?: (error?: Error | null) => void): void;
  }

  export { Client, Server };
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
    /** With slashes; of a folder's files, it begins with the folder's name. */
    readonly path: string;
    readonly length: number;
    arrayBuffer(): Promise<ArrayBuffer>;
  }

  /** Emits ready, seed, done, wire, warning and error. */
  interface Torrent extends EventEmitter {
    readonly infoHash: string;
    readonly magnetURI: string;
    readonly files: readonly TorrentFile[];
    readonly done: boolean;
    /** Share of the bytes that are here, 0..1. */
    readonly progress: number;
    readonly numPeers: number;
    /** Payload bytes sent. */
    readonly uploaded: number;
  }

  class WebTorrent extends EventEmitter {
    constructor(options?: Options);
    readonly torrents: readonly Torrent[];
    /** Hex. */
    readonly peerId: string;
    /** A path is of a file or folder, in Node. */
    seed(input: (Uint8Array & { name?: string }) | string | File[], options: object): Torrent;
    add(torrent: string, options: object): Torrent;
    destroy(done?: (error?: Error) => void): void;
  }

  // biome-ignore lint/style/noDefaultExport: how the package exports it
  export default WebTorrent;
  export type { Torrent };
}

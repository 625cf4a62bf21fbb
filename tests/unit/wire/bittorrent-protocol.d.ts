/** What the tests use of WebTorrent's wire packages, which ship no types of their own. */
declare module "bittorrent-protocol" {
  import type { EventEmitter } from "node:events";

  interface Extension {
    onExtendedHandshake?(handshake: Record<string, unknown>): void;
  }

  class Wire extends EventEmitter {
    readonly peerPieces: { get(piece: number): boolean };
    readonly extendedHandshake: Record<string, unknown>;
    readonly peerExtendedHandshake: Record<string, unknown>;
    readonly ut_metadata: EventEmitter & { fetch(): void };
    readonly lt_donthave: EventEmitter & { donthave(piece: number): void };
    use(extension: new (wire: Wire) => Extension): void;
    handshake(infoHash: Uint8Array, peerId: Uint8Array, extensions: { dht?: boolean; fast?: boolean }): void;
    keepAlive(): void;
    choke(): void;
    unchoke(): void;
    interested(): void;
    uninterested(): void;
    have(piece: number): void;
    bitfield(bits: Uint8Array): void;
    request(
      piece: number,
      begin: number,
      length: number,
      done: (error: Error | null, block: Uint8Array | null) => void,
    ): void;
    piece(piece: number, begin: number, block: Uint8Array): void;
    cancel(piece: number, begin: number, length: number): void;
    port(port: number): void;
    suggest(piece: number): void;
    haveAll(): void;
    haveNone(): void;
    reject(piece: number, begin: number, length: number): void;
    allowedFast(piece: number): void;
    write(bytes: Uint8Array): void;
    destroy(): void;
  }
  // biome-ignore lint/style/noDefaultExport: what the package exports
  export default Wire;
}

declare module "ut_metadata" {
  import type Wire from "bittorrent-protocol";
  // biome-ignore lint/style/noDefaultExport: what the package exports
  export default function utMetadata(metadata?: Uint8Array): new (wire: Wire) => object;
}

declare module "lt_donthave" {
  import type Wire from "bittorrent-protocol";
  // biome-ignore lint/style/noDefaultExport: what the package exports
  export default function ltDontHave(): new (wire: Wire) => object;
}

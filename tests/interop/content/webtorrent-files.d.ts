/** The parts of WebTorrent's file packages that these tests call; the packages ship no types. */
declare module "create-torrent" {
  interface NamedBytes extends Uint8Array {
    /** Path below the torrent's folder, with slashes. */
    name: string;
  }
  // biome-ignore lint/style/noDefaultExport: it is what the package exports
  export default function createTorrent(
    input: NamedBytes | NamedBytes[],
    options: { name: string; pieceLength?: number; announceList?: string[][] },
    callback: (error: Error | null, torrent: Uint8Array) => void,
  ): void;
}

declare module "parse-torrent" {
  interface ParsedTorrent {
    infoHash: string;
    name: string;
    length: number;
    pieceLength: number;
    lastPieceLength: number;
    pieces: string[];
    announce: string[];
    urlList: string[];
    files: { path: string; length: number; offset: number }[];
  }
  // biome-ignore lint/style/noDefaultExport: it is what the package exports
  export default function parseTorrent(torrent: Uint8Array | string): Promise<ParsedTorrent>;
  export function toMagnetURI(torrent: ParsedTorrent): string;
}

/**
 * The pieces read or stored last, of all torrents of a node, up to a number of bytes: many peers ask for the same
 * pieces, in blocks much smaller than a piece, and the disk should be asked once.
 */
import { PIECE_CACHE_BYTES } from "../constants.ts";
import type { TorrentId } from "../host.ts";

export class PieceCache {
  readonly #capacity: number;
  /** Least recently used first. */
  readonly #pieces: Map<string, Uint8Array>;
  #bytes: number;

  constructor(capacity: number = PIECE_CACHE_BYTES) {
    this.#capacity = capacity;
    this.#pieces = new Map();
    this.#bytes = 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(torrent: TorrentId, piece: number): Uint8Array | null {
    const key = keyOf(torrent, piece);
    const data = this.#pieces.get(key);
    if (data === undefined) return null;
    this.#pieces.delete(key);
    this.#pieces.set(key, data);
    return data;
  }

  has(torrent: TorrentId, piece: number): boolean {
    return this.#pieces.has(keyOf(torrent, piece));
  }

  add(torrent: TorrentId, piece: number, data: Uint8Array): void {
    this.#remove(keyOf(torrent, piece));
    this.#pieces.set(keyOf(torrent, piece), data);
    this.#bytes += data.length;
    for (const oldest of this.#pieces.keys()) {
      // The newest stays even when it is larger than all the room: someone is about to read it.
      if (this.#bytes <= this.#capacity || this.#pieces.size === 1) break;
      this.#remove(oldest);
    }
  }

  /** Forgets a torrent's pieces. */
  forget(torrent: TorrentId): void {
    for (const key of [...this.#pieces.keys()]) if (key.startsWith(`${torrent}/`)) this.#remove(key);
  }

  #remove(key: string): void {
    const data = this.#pieces.get(key);
    if (data === undefined) return;
    this.#pieces.delete(key);
    this.#bytes -= data.length;
  }
}

function keyOf(torrent: TorrentId, piece: number): string {
  return `${torrent}/${piece}`;
}

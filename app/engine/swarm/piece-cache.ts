/**
 * The pieces read or stored last, of all torrents of a node, up to a number of bytes: many peers ask for the same
 * pieces, in blocks much smaller than a piece, and the disk should be asked once.
 */
import { PIECE_CACHE_BYTES } from "../constants.ts";
import { MAX_PIECES } from "../content/constants.ts";
import type { TorrentId } from "../host.ts";

export class PieceCache {
  readonly #capacity: number;
  /** Least recently used first. A number names torrent and piece: it is looked for with every block. */
  readonly #pieces: Map<number, Uint8Array>;
  /** A number for each torrent that ever had a piece here. */
  readonly #torrents: Map<TorrentId, number>;
  /** The piece used last; nothing has to move when it is used again. */
  #latest: number;
  #bytes: number;

  constructor(capacity: number = PIECE_CACHE_BYTES) {
    this.#capacity = capacity;
    this.#pieces = new Map();
    this.#torrents = new Map();
    this.#latest = -1;
    this.#bytes = 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(torrent: TorrentId, piece: number): Uint8Array | null {
    const key = this.#keyOf(torrent, piece);
    const data = this.#pieces.get(key);
    if (data === undefined) return null;
    if (key !== this.#latest) {
      this.#pieces.delete(key);
      this.#pieces.set(key, data);
      this.#latest = key;
    }
    return data;
  }

  has(torrent: TorrentId, piece: number): boolean {
    return this.#pieces.has(this.#keyOf(torrent, piece));
  }

  add(torrent: TorrentId, piece: number, data: Uint8Array): void {
    const key = this.#keyOf(torrent, piece);
    this.#remove(key);
    this.#pieces.set(key, data);
    this.#latest = key;
    this.#bytes += data.length;
    for (const oldest of this.#pieces.keys()) {
      // The newest stays even when it is larger than all the room: someone is about to read it.
      if (this.#bytes <= this.#capacity || this.#pieces.size === 1) break;
      this.#remove(oldest);
    }
  }

  /** Forgets a torrent's pieces. */
  forget(torrent: TorrentId): void {
    const first = this.#keyOf(torrent, 0);
    for (const key of [...this.#pieces.keys()])
      if (key >= first && key < first + MAX_PIECES) this.#remove(key);
  }

  #remove(key: number): void {
    const data = this.#pieces.get(key);
    if (data === undefined) return;
    this.#pieces.delete(key);
    this.#bytes -= data.length;
  }

  #keyOf(torrent: TorrentId, piece: number): number {
    let number = this.#torrents.get(torrent);
    if (number === undefined) {
      number = this.#torrents.size;
      this.#torrents.set(torrent, number);
    }
    return number * MAX_PIECES + piece;
  }
}

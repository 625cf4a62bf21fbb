/**
 * The pieces read or stored last, of all torrents of a node, up to a number of bytes: many peers ask for the same
 * pieces, in blocks much smaller than a piece, and the disk should be asked once. Those that peers are being served
 * from stay beyond that number, up to a second one: else, where pieces are large, each block would cost a whole reading.
 */
import { MAX_PIECES } from "../../content/constants.ts";
import type { TorrentId } from "../../host.ts";
import { PIECE_CACHE_BYTES, PIECE_CACHE_MOST } from "./constants.ts";

export interface PieceCacheOptions {
  /** Bytes kept. */
  readonly capacity?: number | undefined;
  /** Bytes kept while they are served; as many where only the capacity is given. */
  readonly most?: number;
  /** Whether peers are being served from a piece now. */
  readonly isServing?: (torrent: TorrentId, piece: number) => boolean;
}

export class PieceCache {
  readonly #capacity: number;
  readonly #most: number;
  readonly #isServing: (torrent: TorrentId, piece: number) => boolean;
  /** Least recently used first. A number names torrent and piece: it is looked for with every block. */
  readonly #pieces: Map<number, Uint8Array>;
  /** A number for each torrent that ever had a piece here. */
  readonly #torrents: Map<TorrentId, number>;
  readonly #names: TorrentId[];
  /** The piece used last; nothing has to move when it is used again. */
  #latest: number;
  #bytes: number;

  constructor({ capacity, most, isServing }: PieceCacheOptions = {}) {
    this.#capacity = capacity ?? PIECE_CACHE_BYTES;
    this.#most = most ?? capacity ?? PIECE_CACHE_MOST;
    this.#isServing = isServing ?? (() => false);
    this.#pieces = new Map();
    this.#torrents = new Map();
    this.#names = [];
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
    this.#makeRoom(data.length);
    this.#pieces.set(key, data);
    this.#latest = key;
    this.#bytes += data.length;
  }

  /** The oldest go; one that is being served gets a second chance, as CLOCK gives it (Corbató 1968), if it may. */
  #makeRoom(length: number): void {
    let looks = this.#pieces.size;
    for (const [key, data] of this.#pieces) {
      if (looks === 0 || this.#bytes + length <= this.#capacity) return;
      looks--;
      this.#remove(key);
      if (this.#bytes + data.length + length > this.#most || !this.#isServed(key)) continue;
      this.#pieces.set(key, data);
      this.#bytes += data.length;
    }
  }

  #isServed(key: number): boolean {
    return this.#isServing(this.#names[Math.floor(key / MAX_PIECES)]!, key % MAX_PIECES);
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
      this.#names.push(torrent);
    }
    return number * MAX_PIECES + piece;
  }
}

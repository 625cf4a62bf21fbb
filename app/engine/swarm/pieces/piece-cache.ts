/**
 * The piece cache of a node: keeps the pieces of all torrents that were read or stored last, up to a number of bytes.
 * Many peers request the same pieces, in blocks much smaller than a piece, and each piece should be read from disk
 * once.
 *
 * A new piece takes the place of the least recently used ones once the cache is full (32 MiB). Pieces that peers are
 * being served from stay nevertheless, up to a larger bound (128 MiB). Without this exception, 30 peers that are
 * served from 30 pieces of 4 MiB would make the node read a whole piece for each block.
 */
import { MAX_PIECES } from "../../content/constants.ts";
import type { TorrentId } from "../../host.ts";
import { PIECE_CACHE_BYTES, PIECE_CACHE_MOST } from "./constants.ts";

export interface PieceCacheOptions {
  /** Bytes that are kept; PIECE_CACHE_BYTES unless given. */
  readonly capacity?: number | undefined;
  /**
   * Bytes that are kept while peers are served from them. Unless given: `capacity` if that is given, else
   * PIECE_CACHE_MOST.
   */
  readonly most?: number;
  /** Whether peers are being served from a piece now. Unless given, none is. */
  readonly isServing?: (torrent: TorrentId, piece: number) => boolean;
}

export class PieceCache {
  readonly #capacity: number;
  readonly #most: number;
  readonly #isServing: (torrent: TorrentId, piece: number) => boolean;
  /** Pieces by key, the least recently used first. A key is a number because every block is looked up by one. */
  readonly #pieces: Map<number, Uint8Array>;
  /** A number for each torrent that ever had a piece in the cache. */
  readonly #torrents: Map<TorrentId, number>;
  readonly #names: TorrentId[];
  /** Key of the piece used last. That piece need not be moved when it is used again. */
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

  /**
   * Removes the least recently used pieces until `length` bytes fit. A piece that is being served gets a second
   * chance, as in CLOCK (Corbató 1968): it becomes the most recently used one, unless that would exceed the larger
   * bound.
   */
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

  delete(torrent: TorrentId, piece: number): void {
    this.#remove(this.#keyOf(torrent, piece));
  }

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

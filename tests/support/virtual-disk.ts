/**
 * A disk in virtual time: keeps the pieces of each torrent, takes its time, has so much room, and fails as it is told.
 * Pieces are read and written one after the other.
 */
import type { PieceFailure, TorrentId } from "../../app/engine/host.ts";
import type { VirtualClock } from "./virtual-clock.ts";

/** Bytes a second that a disk reads or writes, and milliseconds that it takes to answer, besides. */
const DISK_RATE = 100_000_000;
const DISK_DELAY = 3;

const FULL: PieceFailure = { code: "storage/full", detail: "" };
const GONE: PieceFailure = { code: "source/gone", detail: "file" };
const LOST: PieceFailure = { code: "storage/lost", detail: "" };

/** Where pieces of a torrent are kept. */
export interface PieceShelf {
  /** A stored piece, only to be read; undefined when there is none. */
  get(piece: number): Uint8Array | undefined;
  set(piece: number, data: Uint8Array): unknown;
  delete(piece: number): unknown;
}

/** Pieces in memory. What is put in is copied, and so is what is taken out. */
export class PiecesInMemory extends Map<number, Uint8Array> implements PieceShelf {
  override get(piece: number): Uint8Array | undefined {
    return super.get(piece)?.slice();
  }

  override set(piece: number, data: Uint8Array): this {
    return super.set(piece, data.slice());
  }
}

export interface DiskOptions {
  /** Bytes a second, read or written. */
  readonly rate?: number;
  /** Bytes that it has room for; Infinity when left out. */
  readonly room?: number;
  /** Where the pieces of every torrent are kept; in memory when left out. */
  readonly shelf?: PieceShelf;
}

export class VirtualDisk {
  readonly #clock: VirtualClock;
  readonly #rate: number;
  readonly #room: number;
  readonly #shelf: PieceShelf | null;
  readonly #memory: Map<TorrentId, PiecesInMemory>;
  /** Pieces that were read, in order. */
  readonly reads: number[];
  /** Pieces that can no longer be read. */
  readonly unreadable: Set<number>;
  /** The reason why these can no longer be read; that the file is gone, unless it is set. */
  readFailure: PieceFailure;
  /** Its answer instead of storing; null: it works. */
  failure: PieceFailure | null;
  /** Milliseconds that it takes to answer, besides its rate. */
  delay: number;
  #used: number;
  #freeAt: number;

  constructor(clock: VirtualClock, { rate, room, shelf }: DiskOptions = {}) {
    this.#clock = clock;
    this.#rate = rate ?? DISK_RATE;
    this.#room = room ?? Number.POSITIVE_INFINITY;
    this.#shelf = shelf ?? null;
    this.#memory = new Map();
    this.reads = [];
    this.unreadable = new Set();
    this.readFailure = GONE;
    this.failure = null;
    this.delay = DISK_DELAY;
    this.#used = 0;
    this.#freeAt = 0;
  }

  /** Torrents of which something is in memory. */
  get torrents(): TorrentId[] {
    return [...this.#memory.keys()];
  }

  /** The pieces of a torrent that are in memory. */
  piecesOf(torrent: TorrentId): PiecesInMemory {
    let pieces = this.#memory.get(torrent);
    if (pieces === undefined) {
      pieces = new PiecesInMemory();
      this.#memory.set(torrent, pieces);
    }
    return pieces;
  }

  /** Keeps a piece; `done` is told once that is over, and why where it could not be. */
  store(
    torrent: TorrentId,
    piece: number,
    data: Uint8Array,
    done: (failure: PieceFailure | null) => void,
  ): void {
    const isFull = this.#used + data.length > this.#room;
    const failure = this.failure ?? (isFull ? FULL : null);
    if (failure === null) this.#used += data.length;
    // A torrent that is deleted until then does not come back.
    const shelf = this.#shelfOf(torrent);
    this.#use(data.length, () => {
      if (failure === null) shelf.set(piece, data);
      done(failure);
    });
  }

  /** Reads a piece; `done` gets it, or null and why it could not be read. */
  read(
    torrent: TorrentId,
    piece: number,
    done: (data: Uint8Array | null, failure: PieceFailure | null) => void,
  ): void {
    this.reads.push(piece);
    const isReadable = !this.unreadable.has(piece);
    const data = isReadable ? this.#shelfOf(torrent).get(piece) : undefined;
    const failure = isReadable ? LOST : this.readFailure;
    this.#use(data?.length ?? 0, () => {
      if (data === undefined) done(null, failure);
      else done(data, null);
    });
  }

  deletePiece(torrent: TorrentId, piece: number): void {
    this.#shelfOf(torrent).delete(piece);
  }

  /** Deletes what is in memory of a torrent. */
  delete(torrent: TorrentId): void {
    this.#memory.delete(torrent);
  }

  #shelfOf(torrent: TorrentId): PieceShelf {
    return this.#shelf ?? this.piecesOf(torrent);
  }

  #use(bytes: number, done: () => void): void {
    this.#freeAt = Math.max(this.#clock.now, this.#freeAt) + (bytes * 1000) / this.#rate;
    this.#clock.at(this.#freeAt + this.delay, done);
  }
}

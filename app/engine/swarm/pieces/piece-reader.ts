/**
 * The piece reader of one torrent: reads stored pieces, each once for all callers that wait for it. The callers are
 * uploads, which send blocks of a piece, and the hash server, which hashes its leaves. Both look in the piece cache
 * first. A piece that was read goes into the cache. A piece that is shorter than it should be counts as unreadable.
 */
import type { PieceFailure, TorrentId } from "../../host.ts";
import type { TakePiece } from "../../host-requests.ts";
import type { PieceCache } from "./piece-cache.ts";
import type { Pieces } from "./pieces.ts";

/** The parts of its torrent that the reader needs. */
export interface ReadContext {
  readonly id: TorrentId;
  readonly cache: PieceCache;
  readonly pieces: Pieces | null;
  /** Has the host read a piece. */
  readPiece(piece: number, take: TakePiece): void;
  /** The stored bytes of a piece cannot be read. */
  handleUnreadable(piece: number, failure: PieceFailure): void;
}

export class PieceReader {
  readonly #torrent: ReadContext;
  /** Callers that wait for each piece that is being read, in the order in which they asked. */
  readonly #waiting: Map<number, ((data: Uint8Array | null) => void)[]>;
  /** How often the pieces came to lie elsewhere. */
  #moves: number;

  constructor(torrent: ReadContext) {
    this.#torrent = torrent;
    this.#waiting = new Map();
    this.#moves = 0;
  }

  /** The pieces are read from other files from now on. A read under way that fails is tried again there. */
  handleMoved(): void {
    this.#moves++;
  }

  /** `take` gets the bytes of the piece, or null when they could not be read. */
  read(piece: number, take: (data: Uint8Array | null) => void): void {
    const waiting = this.#waiting.get(piece);
    if (waiting !== undefined) {
      waiting.push(take);
      return;
    }
    this.#waiting.set(piece, [take]);
    this.#ask(piece);
  }

  #ask(piece: number): void {
    const moves = this.#moves;
    this.#torrent.readPiece(piece, (data, failure) => {
      const isCut = data !== null && data.length !== this.#torrent.pieces?.map.dataLength(piece);
      if ((isCut || failure !== null) && moves !== this.#moves) this.#ask(piece);
      else if (isCut) this.#handleRead(piece, null, { code: "storage/lost", detail: String(piece) });
      else this.#handleRead(piece, data, failure);
    });
  }

  /** Caches what was read and gives it to all callers that wait. Reports an unreadable piece after that. */
  #handleRead(piece: number, data: Uint8Array | null, failure: PieceFailure | null): void {
    const { cache, id } = this.#torrent;
    const takers = this.#waiting.get(piece) ?? [];
    this.#waiting.delete(piece);
    if (data !== null) cache.add(id, piece, data);
    for (const take of takers) take(data);
    if (failure !== null) this.#torrent.handleUnreadable(piece, failure);
  }
}

/**
 * The piece reader of one torrent: reads stored pieces, each once for all callers that wait for it. The callers are
 * uploads, which send blocks of a piece, and the hash server, which hashes its leaves. Both look in the piece cache
 * first. A piece that was read goes into the cache.
 *
 * A piece that is not known to be right is hashed before anybody gets it: a browser's storage may damage or lose what
 * was verified in an earlier run. The host checks own files itself, at each read.
 *
 * | what was read | the callers get | besides |
 * | --- | --- | --- |
 * | the right bytes | the bytes | the piece is checked from now on |
 * | wrong bytes, or too few | null | the piece is lost (`handleUnreadable`) |
 * | nothing, as the piece is gone for good | null | the same |
 * | nothing, for a reason that may pass | null | peers are told of the piece again later (`handleTick`) |
 * | bytes whose hash is unknown | null | |
 */
import type { HashKind, PieceFailure, TorrentId } from "../../host.ts";
import type { TakeDigest, TakePiece } from "../../host-requests.ts";
import { TELL_AGAIN_PAUSE } from "./constants.ts";
import type { PieceCache } from "./piece-cache.ts";
import type { Pieces } from "./pieces.ts";

/** The parts of its torrent that the reader needs. */
export interface ReadContext {
  readonly id: TorrentId;
  readonly cache: PieceCache;
  readonly pieces: Pieces | null;
  /** Has the host read a piece. */
  readPiece(piece: number, take: TakePiece): void;
  hash(piece: number, kind: HashKind, data: Uint8Array, padding: number, take: TakeDigest): void;
  /** The bytes of a piece cannot be read, or are not those that were stored. */
  handleUnreadable(piece: number, failure: PieceFailure): void;
  /** A stored piece could not be read for a while. */
  handleReadableAgain(piece: number): void;
  now(): number;
}

/** Why a piece could not be read now, though it is not lost. */
const mayPass = ({ code }: PieceFailure) => code === "storage/failed" || code === "storage/full";

export class PieceReader {
  readonly #torrent: ReadContext;
  /** Callers that wait for each piece that is being read, in the order in which they asked. */
  readonly #waiting: Map<number, ((data: Uint8Array | null) => void)[]>;
  /** Pieces that could not be read for a reason that may pass, with the time at which peers are told of them again. */
  readonly #unread: Map<number, number>;
  /** How often the pieces came to lie elsewhere. */
  #moves: number;

  constructor(torrent: ReadContext) {
    this.#torrent = torrent;
    this.#waiting = new Map();
    this.#unread = new Map();
    this.#moves = 0;
  }

  /** The pieces are read from other files from now on. A read under way that fails is tried again there. */
  handleMoved(): void {
    this.#moves++;
  }

  /** `take` gets the bytes of the piece, or null when they could not be read or are not right. */
  read(piece: number, take: (data: Uint8Array | null) => void): void {
    const waiting = this.#waiting.get(piece);
    if (waiting !== undefined) {
      waiting.push(take);
      return;
    }
    this.#waiting.set(piece, [take]);
    this.#ask(piece);
  }

  /** Peers that were refused a piece take it for lost, unless they are told that it is here. */
  handleTick(now: number): void {
    for (const [piece, at] of this.#unread) {
      if (now < at) continue;
      this.#unread.delete(piece);
      if (this.#torrent.pieces?.have.has(piece)) this.#torrent.handleReadableAgain(piece);
    }
  }

  #ask(piece: number): void {
    const moves = this.#moves;
    this.#torrent.readPiece(piece, (data, failure, isChecked) => {
      const isCut = data !== null && data.length !== this.#torrent.pieces?.map.dataLength(piece);
      if ((isCut || failure !== null) && moves !== this.#moves) this.#ask(piece);
      else if (isCut) this.#handleRead(piece, null, lost(piece));
      else if (data !== null && !isChecked) this.#check(piece, data);
      else this.#handleRead(piece, data, failure);
    });
  }

  /** Compares stored bytes with their hash, unless that was done before. */
  #check(piece: number, data: Uint8Array): void {
    const { hashes, map, checked } = this.#torrent.pieces!;
    if (checked.has(piece)) {
      this.#handleRead(piece, data, null);
      return;
    }
    if (!hashes.canVerify(piece)) {
      this.#handleRead(piece, null, null);
      return;
    }
    const moves = this.#moves;
    const kind = hashes.kindOf(piece);
    const padding = kind === "leaves" ? 0 : map.pieceLength(piece) - data.length;
    this.#torrent.hash(piece, kind, data, padding, (digest) => {
      if (hashes.isRight(piece, kind, digest)) {
        checked.add(piece);
        this.#handleRead(piece, data, null);
      } else if (moves !== this.#moves) this.#ask(piece);
      else this.#handleRead(piece, null, lost(piece));
    });
  }

  /** Caches what was read and gives it to all callers that wait. Reports an unreadable piece after that. */
  #handleRead(piece: number, data: Uint8Array | null, failure: PieceFailure | null): void {
    const { cache, id } = this.#torrent;
    const takers = this.#waiting.get(piece) ?? [];
    this.#waiting.delete(piece);
    if (data !== null) cache.add(id, piece, data);
    for (const take of takers) take(data);
    if (failure === null) return;
    if (mayPass(failure)) this.#unread.set(piece, this.#torrent.now() + TELL_AGAIN_PAUSE);
    this.#torrent.handleUnreadable(piece, failure);
  }
}

/** Failure of a piece whose bytes are not those that were stored. */
function lost(piece: number): PieceFailure {
  return { code: "storage/lost", detail: String(piece) };
}

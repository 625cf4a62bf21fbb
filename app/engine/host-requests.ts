/**
 * What a node has asked its host for and waits for: hashes and pieces. Each asking has a number, by which its answer
 * finds who asked. An answer that nobody waits for any more, as its torrent was removed, is dropped.
 */
import type { HashKind, Host, PieceFailure, TorrentId } from "./host.ts";

/** Takes a digest. */
export type TakeDigest = (digest: Uint8Array) => void;

/** Takes a piece that was read; `data` is null when it could not be, and `failure` says why. */
export type TakePiece = (data: Uint8Array | null, failure: PieceFailure | null) => void;

interface Waiting<Take> {
  readonly torrent: TorrentId;
  readonly take: Take;
}

export class HostRequests {
  readonly #host: Host;
  readonly #hashes: Map<number, Waiting<TakeDigest>>;
  readonly #reads: Map<number, Waiting<TakePiece>>;
  #last: number;

  constructor(host: Host) {
    this.#host = host;
    this.#hashes = new Map();
    this.#reads = new Map();
    this.#last = 0;
  }

  /** Has data hashed that belongs to a piece (Host.hash). */
  hash(
    of: { torrent: TorrentId; piece: number },
    what: { kind: HashKind; data: Uint8Array; padding: number },
    take: TakeDigest,
  ): void {
    const request = ++this.#last;
    this.#hashes.set(request, { torrent: of.torrent, take });
    this.#host.hash(request, of.torrent, of.piece, what.kind, what.data, what.padding);
  }

  read(torrent: TorrentId, piece: number, take: TakePiece): void {
    const request = ++this.#last;
    this.#reads.set(request, { torrent, take });
    this.#host.read(request, torrent, piece);
  }

  handleHashed(request: number, digest: Uint8Array): void {
    const waiting = this.#hashes.get(request);
    this.#hashes.delete(request);
    waiting?.take(digest);
  }

  handleRead(request: number, data: Uint8Array | null, failure: PieceFailure | null): void {
    const waiting = this.#reads.get(request);
    this.#reads.delete(request);
    waiting?.take(data, failure);
  }

  /** The torrent is removed: its answers are heard by nobody. */
  forget(torrent: TorrentId): void {
    for (const waiting of [this.#hashes, this.#reads])
      for (const [request, { torrent: asker }] of waiting) if (asker === torrent) waiting.delete(request);
  }
}

/**
 * Host requests are a node's requests to its host for hashes and for stored pieces. Each request has a number, which
 * the host repeats with its answer. The answer goes to the `take` function that came with the request, unless the
 * torrent was removed meanwhile.
 */
import type { HashKind, Host, PieceFailure, TorrentId } from "./host.ts";

/** Takes a digest, as `Host.hash` describes it. */
export type TakeDigest = (digest: Uint8Array) => void;

/**
 * Takes a piece that was read. `data` is null when the piece could not be read; `failure` then says why. `isChecked`:
 * the host has compared the data with its hash.
 */
export type TakePiece = (data: Uint8Array | null, failure: PieceFailure | null, isChecked: boolean) => void;

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

  /** Asks the host to hash data that belongs to a piece. */
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

  handleRead(
    request: number,
    data: Uint8Array | null,
    failure: PieceFailure | null,
    isChecked: boolean,
  ): void {
    const waiting = this.#reads.get(request);
    this.#reads.delete(request);
    waiting?.take(data, failure, isChecked);
  }

  /** Drops the requests of a removed torrent. */
  forget(torrent: TorrentId): void {
    for (const waiting of [this.#hashes, this.#reads])
      for (const [request, { torrent: asker }] of waiting) if (asker === torrent) waiting.delete(request);
  }
}

/**
 * The verifier of one torrent: takes whole pieces through hashing to the disk.
 *
 * | a piece is | since | what follows |
 * | --- | --- | --- |
 * | received | its last block came (`verify`) | it is hashed, by leaves when its root is known, else by SHA-1 |
 * | verified | the hash was right | its senders get credit, and it is written |
 * | stored | the disk has it (`handleStored`) | peers are told |
 * | failed | the hash was wrong | blame finds the peers that sent bad bytes |
 *
 * Nothing unverified is ever written. A piece counts in the budget of unstored bytes until it is stored or has
 * failed.
 */
import type { HashKind, Host, PieceFailure, TorrentId } from "../../host.ts";
import type { TakeDigest } from "../../host-requests.ts";
import type { UnstoredBudget } from "../flow/unstored-budget.ts";
import type { Peer } from "../peers/peer.ts";
import type { PartialPiece } from "../pieces/partial-piece.ts";
import type { PieceCache } from "../pieces/piece-cache.ts";
import type { Pieces } from "../pieces/pieces.ts";
import type { Blame } from "./blame.ts";
import { clear } from "./probation.ts";

/** The parts of its torrent that the verifier needs. */
export interface VerifyContext {
  readonly id: TorrentId;
  readonly host: Host;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly pieces: Pieces | null;
  readonly cache: PieceCache;
  readonly budget: UnstoredBudget;
  readonly blame: Blame;
  /** Has a piece's data hashed, followed by `padding` zero bytes. */
  hash(piece: number, kind: HashKind, data: Uint8Array, padding: number, take: TakeDigest): void;
  /** More of the piece layers is known. `complete`: it is time to save them, because the download is complete. */
  handleLayers(complete: boolean): void;
  /** A peer may be asked for more pieces. */
  handleFreed(): void;
  /** A piece is stored: peers are to be told. */
  handlePieceStored(piece: number): void;
  /** The disk refuses a piece. */
  handleDiskFailed(failure: PieceFailure): void;
}

export class Verifier {
  readonly #torrent: VerifyContext;
  /** Pieces that count in the budget. */
  readonly #underWay: Set<PartialPiece>;

  constructor(torrent: VerifyContext) {
    this.#torrent = torrent;
    this.#underWay = new Set();
  }

  verify(partial: PartialPiece): void {
    const { pieces, budget } = this.#torrent;
    this.#underWay.add(partial);
    budget.add(partial.length);
    const { hashes, map } = pieces!;
    const kind = hashes.kindOf(partial.piece);
    const padding = kind === "leaves" ? 0 : map.pieceLength(partial.piece) - partial.length;
    this.#torrent.hash(partial.piece, kind, partial.data, padding, (digest) =>
      this.#handleHashed(partial, kind, digest),
    );
  }

  #handleHashed(partial: PartialPiece, kind: HashKind, digest: Uint8Array): void {
    const { host, id, pieces, blame } = this.#torrent;
    const { piece } = partial;
    if (pieces === null || pieces.received.get(piece) !== partial) return;
    if (pieces.hashes.isRight(piece, kind, digest)) {
      this.#credit(partial);
      blame.handleGood(partial);
      host.store(id, piece, partial.data);
      if (pieces.learnedLayers.isMissing(piece)) this.#learn(partial);
    } else {
      this.#release(partial);
      host.log("piece-failed", { piece, senders: partial.senders().size });
      blame.handleBad(partial, kind === "leaves" ? digest : null);
    }
  }

  /** Learns the Merkle root of a piece that was verified by SHA-1. */
  #learn({ piece, data }: PartialPiece): void {
    this.#torrent.hash(piece, "leaves", data, 0, (leaves) => {
      const { pieces } = this.#torrent;
      if (pieces?.learnedLayers.learn(piece, leaves)) this.#torrent.handleLayers(pieces.isSatisfied);
    });
  }

  /** The torrent is removed, or its pieces are all here by other means: what the host still answers is of no use. */
  stop(): void {
    for (const partial of this.#underWay) this.#release(partial);
  }

  /** These pieces are here by other means. */
  forget(pieces: ReadonlySet<number>): void {
    for (const partial of this.#underWay) if (pieces.has(partial.piece)) this.#release(partial);
  }

  #release(partial: PartialPiece): void {
    if (this.#underWay.delete(partial)) this.#torrent.budget.remove(partial.length);
  }

  /**
   * Counts verified bytes for their senders, and ends their probation. The choker compares peers by verified bytes
   * only, so that no peer is unchoked for rubbish.
   */
  #credit(partial: PartialPiece): void {
    for (let block = 0; block < partial.blockCount; block++) {
      const peer = this.#torrent.peers.get(partial.senderOf(block)!);
      if (peer === undefined) continue;
      peer.asked.downCompared.add(partial.runLength(block, 1));
      if (clear(peer)) this.#torrent.handleFreed();
    }
  }

  handleStored(piece: number, failure: PieceFailure | null): void {
    const { pieces, peers, cache, id } = this.#torrent;
    const partial = pieces?.received.get(piece);
    if (pieces == null || partial === undefined) return;
    this.#release(partial);
    if (failure !== null) {
      pieces.handleNotStored(piece);
      this.#torrent.handleDiskFailed(failure);
      return;
    }
    pieces.handleStored(piece, peers.values());
    cache.add(id, piece, partial.data);
    this.#torrent.handlePieceStored(piece);
  }
}

/**
 * Takes whole pieces through hashing to the disk: received → verified → stored. A piece that fails goes to blame,
 * which finds out whose fault it was; nothing unverified is ever stored.
 */
import { equalBytes } from "../../content/info-hash.ts";
import type { HashKind, Host, PieceFailure, TorrentId } from "../../host.ts";
import type { TakeDigest } from "../../host-requests.ts";
import type { UnstoredBudget } from "../flow/unstored-budget.ts";
import type { Peer } from "../peers/peer.ts";
import type { PartialPiece } from "../pieces/partial-piece.ts";
import type { PieceCache } from "../pieces/piece-cache.ts";
import type { Pieces } from "../pieces/pieces.ts";
import type { Blame } from "./blame.ts";
import { clear } from "./probation.ts";

/** What the verifier needs of its torrent. */
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
  /** More of the piece layers is known; `complete` when it is time to keep them. */
  handleLayers(complete: boolean): void;
  /** There is room for more requests. */
  handleFreed(): void;
  /** A piece is stored: tell everyone. */
  handlePieceStored(piece: number): void;
  /** The disk refuses a piece. */
  handleDiskFailed(failure: PieceFailure): void;
}

export class Verifier {
  readonly #torrent: VerifyContext;
  /** Pieces that count in the budget: on their way from whole to stored. */
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
    const kind = hashes.expectedPieceRoot(partial.piece) === null ? "sha1" : "leaves";
    const padding = kind === "leaves" ? 0 : map.pieceLength(partial.piece) - partial.length;
    this.#torrent.hash(partial.piece, kind, partial.data, padding, (digest) =>
      this.#handleHashed(partial, kind, digest),
    );
  }

  #handleHashed(partial: PartialPiece, kind: HashKind, digest: Uint8Array): void {
    const { host, id, pieces, blame } = this.#torrent;
    const { piece } = partial;
    if (pieces === null || pieces.received.get(piece) !== partial) return;
    const { hashes } = pieces;
    const good =
      kind === "leaves"
        ? equalBytes(hashes.rootOfLeaves(piece, digest), hashes.expectedPieceRoot(piece)!)
        : equalBytes(digest, hashes.expectedSha1(piece)!);
    if (good) {
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

  /** A piece that was verified by SHA-1 teaches its root. */
  #learn({ piece, data }: PartialPiece): void {
    this.#torrent.hash(piece, "leaves", data, 0, (leaves) => {
      const { pieces } = this.#torrent;
      if (pieces?.learnedLayers.learn(piece, leaves)) this.#torrent.handleLayers(pieces.isSatisfied);
    });
  }

  /** The torrent is removed: no answers will be heard. */
  stop(): void {
    for (const partial of this.#underWay) this.#release(partial);
  }

  #release(partial: PartialPiece): void {
    if (this.#underWay.delete(partial)) this.#torrent.budget.remove(partial.length);
  }

  /** Only verified bytes count when peers are compared: nobody is unchoked for rubbish. Their senders are proven. */
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

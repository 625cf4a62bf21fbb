/**
 * Lost pieces are pieces of a torrent that were stored and cannot be read any more, or whose bytes are wrong.
 *
 * | such a piece is | lost is | then |
 * | --- | --- | --- |
 * | damaged or gone in storage | this piece | it is deleted there, wanted as before and fetched again |
 * | of an own file that changed or is gone | every piece of its files | the files are deselected until they are given again |
 * | unreadable for a reason that may pass | nothing | it is read again when somebody asks for it |
 *
 * Peers are told what is lost. A torrent without any own file that can be read leaves its swarm.
 */
import type { ErrorCode } from "../errors.ts";
import type { Host, PieceFailure, TorrentId } from "../host.ts";
import type { Announcing } from "./announcing.ts";
import type { Downloads } from "./download/downloads.ts";
import type { PeerProtocol } from "./peer-protocol.ts";
import type { Peer } from "./peers/peer.ts";
import type { PieceCache } from "./pieces/piece-cache.ts";
import type { PieceReader } from "./pieces/piece-reader.ts";
import type { Pieces } from "./pieces/pieces.ts";

/** The parts of a torrent that losing pieces needs. */
export interface LossContext {
  readonly id: TorrentId;
  readonly host: Host;
  readonly cache: PieceCache;
  readonly pieces: Pieces | null;
  readonly peers: ReadonlyMap<number, Peer>;
  readonly protocol: Pick<PeerProtocol, "tellLost">;
  readonly downloads: Pick<Downloads, "handleFreed">;
  readonly announcing: Pick<Announcing, "handleNeedsPeers">;
  readonly reader: PieceReader;
  readonly isSeeding: boolean;
  error: { readonly code: ErrorCode; readonly detail: string } | null;
  setOnline(online: boolean): void;
}

export function handleUnreadable(torrent: LossContext, piece: number, failure: PieceFailure): void {
  // A piece that was lost before is no news, and its files may have been selected anew.
  if (!torrent.pieces?.have.has(piece)) return;
  if (failure.code === "storage/lost") losePiece(torrent, piece);
  else if (failure.code === "source/changed" || failure.code === "source/gone")
    loseFiles(torrent, piece, failure);
  else torrent.host.log("piece-unread", { piece, error: failure.code });
}

function losePiece(torrent: LossContext, piece: number): void {
  const { id, host, cache, peers, downloads, announcing, isSeeding } = torrent;
  host.log("piece-lost", { piece });
  cache.delete(id, piece);
  torrent.pieces!.losePiece(piece, peers.values());
  host.deletePiece(id, piece);
  tellLost(torrent, [piece]);
  downloads.handleFreed();
  // A seed has hardly any peers that could send something, and announces seldom.
  if (isSeeding && !torrent.isSeeding) announcing.handleNeedsPeers();
}

function loseFiles(torrent: LossContext, piece: number, failure: PieceFailure): void {
  const { id, host, cache, peers } = torrent;
  const pieces = torrent.pieces!;
  cache.forget(id);
  host.log("share-unreadable", { error: failure.code });
  torrent.error = failure;
  tellLost(torrent, pieces.loseFilesOf(piece, peers.values()));
  if (pieces.have.count === 0) torrent.setOnline(false);
}

function tellLost({ peers, protocol }: LossContext, pieces: readonly number[]): void {
  for (const peer of peers.values()) if (peer.isReady) protocol.tellLost(peer, pieces);
}

/** Has stored pieces read and checked, whatever was found before. */
export function checkAgain({ id, cache, pieces, reader }: LossContext, these: Iterable<number>): void {
  for (const piece of these) {
    if (!pieces?.have.has(piece)) continue;
    pieces.checked.delete(piece);
    cache.delete(id, piece);
    reader.read(piece, () => {});
  }
}

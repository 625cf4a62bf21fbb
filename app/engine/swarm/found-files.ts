/**
 * Found files are files of a torrent that the person has on this device, and not from peers: those of a share that is
 * made of a torrent that is known already, and those that are given to a share again. Their pieces count as stored from
 * then on, and peers are told of them.
 */
import type { PieceLayers } from "../content/torrent-info.ts";
import { tellHave } from "./peers/tell-have.ts";
import type { Torrent } from "./torrent.ts";

/** All pieces are here now, because the person shared the files of this torrent. */
export function becomeSeed(torrent: Torrent, layers: PieceLayers | null, info: Uint8Array): void {
  if (torrent.pieces === null) torrent.acceptInfo(info);
  const { pieces, peers } = torrent;
  if (pieces === null) return;
  for (const [file, layer] of (layers ?? []).entries())
    if (layer !== null) pieces.hashes.acceptLayer(file, layer);
  torrent.verifier.stop();
  torrent.reader.handleMoved();
  for (const piece of pieces.handleComplete(peers.values())) tellHave(peers.values(), piece, torrent.host);
  torrent.error = null;
  torrent.save();
}

/** Files whose pieces were lost, or never here, can be read now. Does nothing while the info dictionary is unknown. */
export function takeFoundFiles(torrent: Torrent, files: ReadonlySet<number>): void {
  const { pieces, peers } = torrent;
  if (pieces === null) return;
  torrent.reader.handleMoved();
  const fresh = pieces.handleFilesFound(files, peers.values());
  torrent.verifier.forget(new Set(fresh));
  for (const piece of fresh) tellHave(peers.values(), piece, torrent.host);
  if (torrent.error?.code === "source/changed" || torrent.error?.code === "source/gone") torrent.error = null;
  if (torrent.active && !torrent.paused && torrent.error === null) torrent.setOnline(true);
  torrent.downloads.handleFreed();
  torrent.save();
}

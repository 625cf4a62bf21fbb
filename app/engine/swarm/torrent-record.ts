/** What is kept of a torrent for a later start, besides the stored pieces. */
import type { TorrentRecord } from "../host.ts";
import type { Torrent } from "./torrent.ts";

export function takeRecord(torrent: Torrent): TorrentRecord {
  return {
    id: torrent.id,
    infoHashV1: torrent.description.infoHashV1,
    infoHashV2: torrent.description.infoHashV2,
    info: torrent.infoBytes,
    pieceLayers: torrent.pieces?.hashes.layers() ?? null,
    nameHint: torrent.nameHint,
    trackers: torrent.presence.trackers,
    webSeeds: torrent.description.hints.webSeeds,
    select: torrent.description.hints.select,
    wanted: torrent.pieces?.wantedFiles ?? null,
    active: torrent.active,
    paused: torrent.paused,
    addedAt: torrent.addedAt,
  };
}

/** A new record is that of a torrent whose info dictionary is known from the first. */

import type { TorrentInfo } from "../engine/content/torrent-info.ts";
import type { TorrentRecord } from "../engine/host.ts";
import { torrentId } from "./origin.ts";

export function newRecord(
  info: TorrentInfo,
  rest: Pick<TorrentRecord, "pieceLayers" | "trackers" | "webSeeds" | "active"> & Partial<TorrentRecord>,
): TorrentRecord {
  const { infoHashV1, infoHashV2, bytes, name } = info;
  const id = torrentId(infoHashV1, infoHashV2);
  const known = { id, rendezvous: null, infoHashV1, infoHashV2, info: bytes, encoding: null, nameHint: name };
  const nothingTold = { title: null, servers: [], leftOutTrackers: [], about: null, aboutHash: null };
  return { ...known, ...nothingTold, select: null, wanted: null, paused: false, addedAt: 0, ...rest };
}

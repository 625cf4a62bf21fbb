/** A torrent record is all that a later start needs of a torrent besides the stored pieces. This file makes it. */
import type { TorrentId, TorrentRecord } from "../host.ts";
import type { Pieces } from "./pieces/pieces.ts";
import type { TorrentMetadata } from "./torrent-metadata.ts";

/** The parts of a torrent that its record is taken from. */
export interface RecordContext {
  readonly id: TorrentId;
  readonly metadata: TorrentMetadata;
  readonly pieces: Pieces | null;
  readonly nameHint: string | null;
  readonly title: string | null;
  readonly announcing: {
    readonly trackers: readonly string[];
    readonly servers: readonly string[];
    readonly leftOutTrackers: readonly string[];
  };
  readonly about: { readonly bytes: Uint8Array | null; readonly hash: Uint8Array | null };
  readonly active: boolean;
  readonly paused: boolean;
  readonly addedAt: number;
}

/** The fields of a record by which others find its torrent. */
export type Naming = Pick<
  TorrentRecord,
  "rendezvous" | "infoHashV1" | "infoHashV2" | "trackers" | "servers" | "aboutHash"
>;

export function takeNaming({ metadata, announcing, about }: RecordContext): Naming {
  const { rendezvous, infoHashV1, infoHashV2 } = metadata;
  const { trackers, servers } = announcing;
  return { rendezvous, infoHashV1, infoHashV2, trackers, servers, aboutHash: about.hash };
}

export function takeRecord(torrent: RecordContext): TorrentRecord {
  return {
    id: torrent.id,
    rendezvous: torrent.metadata.rendezvous,
    infoHashV1: torrent.metadata.infoHashV1,
    infoHashV2: torrent.metadata.infoHashV2,
    info: torrent.metadata.bytes,
    encoding: torrent.metadata.encoding,
    pieceLayers: torrent.pieces?.hashes.layers() ?? null,
    nameHint: torrent.nameHint,
    title: torrent.title,
    trackers: torrent.announcing.trackers,
    servers: torrent.announcing.servers,
    leftOutTrackers: torrent.announcing.leftOutTrackers,
    webSeeds: torrent.metadata.hints.webSeeds,
    about: torrent.about.bytes,
    aboutHash: torrent.about.hash,
    select: torrent.metadata.hints.select,
    wanted: torrent.pieces?.wantedFiles ?? null,
    active: torrent.active,
    paused: torrent.paused,
    addedAt: torrent.addedAt,
  };
}

/**
 * The subjects of a torrent's two part exchanges (hashes/part-exchange.ts): its info dictionary and its about. Each says
 * what is known of it, which peers have it, and who takes it.
 */
import { ABOUT_PACE, METADATA_PACE } from "./hashes/constants.ts";
import type { PartSubject } from "./hashes/part-exchange.ts";
import type { TorrentAbout } from "./torrent-about.ts";
import type { TorrentMetadata } from "./torrent-metadata.ts";

/** The part of the torrent that its subjects need. */
export interface SubjectContext {
  readonly metadata: Pick<TorrentMetadata, "bytes" | "isVerifiable">;
  readonly about: Pick<TorrentAbout, "bytes" | "isWanted" | "isAt">;
  acceptInfo(bytes: Uint8Array): boolean;
  acceptAbout(bytes: Uint8Array): boolean;
}

export function metadataSubject(torrent: SubjectContext): PartSubject {
  return {
    pace: METADATA_PACE,
    bytes: () => torrent.metadata.bytes,
    isWanted: () => torrent.metadata.bytes === null && torrent.metadata.isVerifiable,
    sizeAt: ({ said }) => said.metadataSize,
    extensionId: ({ said }) => said.extensionIds.utMetadata,
    accept: (bytes) => torrent.acceptInfo(bytes),
  };
}

export function aboutSubject(torrent: SubjectContext): PartSubject {
  return {
    pace: ABOUT_PACE,
    bytes: () => torrent.about.bytes,
    isWanted: () => torrent.about.isWanted,
    sizeAt: ({ said }) => (torrent.about.isAt(said.about) ? said.about!.size : null),
    extensionId: ({ said }) => said.extensionIds.about,
    accept: (bytes) => torrent.acceptAbout(bytes),
  };
}

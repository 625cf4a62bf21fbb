/**
 * Twins are two torrents of a node that turn out to be one. That happens when somebody opens the v1 link and the v2 link
 * of one hybrid torrent before its info dictionary is here: only the dictionary says that the two hashes belong together.
 * A record that comes later is of a torrent that is here if both have a hash in common.
 */
import { equalBytes } from "../content/info-hash.ts";
import type { TorrentRecord } from "../host.ts";
import type { Torrent } from "./torrent.ts";

/** The twin of a torrent whose info dictionary has just come. The twin knows none. Undefined when there is none. */
export function findTwin(torrents: Iterable<Torrent>, { id, metadata }: Torrent): Torrent | undefined {
  if (metadata.rendezvous !== null) return undefined;
  const isTwin = (other: Torrent) =>
    other.id !== id && other.pieces === null && other.metadata.names().some((name) => metadata.isNamed(name));
  return [...torrents].find(isTwin);
}

/** The public share that has one of a record's info-hashes; undefined when there is none. */
export function findSame(
  torrents: Iterable<Torrent>,
  record: Pick<TorrentRecord, "rendezvous" | "infoHashV1" | "infoHashV2">,
): Torrent | undefined {
  if (record.rendezvous !== null) return undefined;
  const same = (a: Uint8Array | null, b: Uint8Array | null) => a !== null && b !== null && equalBytes(a, b);
  const isSame = ({ metadata }: Torrent) =>
    metadata.rendezvous === null &&
    (same(metadata.infoHashV1, record.infoHashV1) || same(metadata.infoHashV2, record.infoHashV2));
  return [...torrents].find(isSame);
}

/**
 * Twins are two torrents of a node that turn out to be one. That happens when somebody opens the v1 link and the v2 link
 * of one hybrid torrent before its info dictionary is here: only the dictionary says that the two hashes belong together.
 */
import type { Torrent } from "./torrent.ts";

/** The twin of a torrent whose info dictionary has just come. The twin knows none. Undefined when there is none. */
export function findTwin(torrents: Iterable<Torrent>, { id, metadata }: Torrent): Torrent | undefined {
  if (metadata.rendezvous !== null) return undefined;
  const isTwin = (other: Torrent) =>
    other.id !== id && other.pieces === null && other.metadata.names().some((name) => metadata.isNamed(name));
  return [...torrents].find(isTwin);
}

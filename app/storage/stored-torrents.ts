/**
 * The stored torrents are those of which pieces are in the database, whether a record names them or not. They are found
 * by the keys of their pieces, with one step for each torrent.
 */

import type { TorrentId } from "../engine/host.ts";
import { rangeOf, type ShoalDatabase } from "./schema.ts";

export async function storedTorrents(db: ShoalDatabase): Promise<TorrentId[]> {
  const found: TorrentId[] = [];
  let cursor = await db.transaction("pieces").store.openKeyCursor();
  while (cursor) {
    const [torrent] = cursor.key;
    found.push(torrent);
    cursor = await cursor.continue(rangeOf(torrent).upper);
  }
  return found;
}

/** Bytes of a torrent's stored pieces. */
export async function storedBytes(db: ShoalDatabase, torrent: TorrentId): Promise<number> {
  const entries = await db.getAll("pieces", rangeOf(torrent));
  return entries.reduce((sum, { length }) => sum + length, 0);
}

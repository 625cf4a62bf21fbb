/** Opens the node in this tab for the leader test, and keeps it within the test's reach. */

import { openNode } from "../../../app/page/node.ts";
import { openDatabase } from "../../../app/storage/database.ts";

async function isKept(torrent: string): Promise<boolean> {
  const database = await openDatabase({ blocked: () => {}, lost: () => {} });
  const key = await database.getKey("torrents", torrent);
  database.close();
  return key !== undefined;
}

/** Milliseconds between two beats of the heartbeat: quicker than a person's, and slow enough for a busy computer. */
const BEAT = 500;

Object.assign(window, { node: await openNode(BEAT), isKept });

/**
 * A migration takes the database from one version to the next. The migration at index n takes version n to version
 * n + 1. A released migration is never edited, only followed by another.
 */

import type { IDBPDatabase, IDBPTransaction } from "idb";

export type Migration = (
  database: IDBPDatabase<unknown>,
  transaction: IDBPTransaction<unknown, string[], "versionchange">,
) => void | Promise<void>;

export const migrations: readonly Migration[] = [
  (database) => {
    database.createObjectStore("torrents", { keyPath: "id" });
    database.createObjectStore("files");
    database.createObjectStore("batches");
    database.createObjectStore("pieces");
    database.createObjectStore("sources");
  },
  // Records have a rendezvous, web seeds and a link's selection from here on. Rows without them read as having none
  // (torrent-row.ts), so nothing is rewritten: a row that is lost would keep the whole database from opening. The version
  // itself is what counts: an older Shoal in another tab would save records without their rendezvous, and announce what
  // is private. It is not let in any more.
  () => {},
  // Records have a title, what the sender tells, and the trackers that were left out from here on. An older Shoal would
  // save them without these.
  () => {},
  // Statistics, limits and chosen folders are kept from here on, and the worker that leads is named: an older Shoal
  // would write beside it.
  (database) => {
    database.createObjectStore("statistics");
    database.createObjectStore("folders");
    database.createObjectStore("limits");
    const leader = database.createObjectStore("leader", { keyPath: "epoch" });
    leader.createIndex("slot", "slot", { unique: true });
  },
];

/** Runs migrations one after another. */
export async function migrate(
  steps: readonly Migration[],
  ...[database, transaction]: Parameters<Migration>
): Promise<void> {
  for (const step of steps) await step(database, transaction);
}

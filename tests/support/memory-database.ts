/** The app's database in memory, for Node has no IndexedDB. */
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDatabase } from "../../app/storage/database.ts";
import type { ShoalDatabase } from "../../app/storage/schema.ts";

/** Forgets every database there was. */
export function clearDatabases(): void {
  globalThis.indexedDB = new IDBFactory();
}

/** Opens what there is, as a later start does. */
export function reopenDatabase(): Promise<ShoalDatabase> {
  const refuse = (error: unknown) => {
    throw error;
  };
  return openDatabase({ blocked: refuse, lost: refuse });
}

/** Opens an empty one. */
export function openMemoryDatabase(): Promise<ShoalDatabase> {
  clearDatabases();
  return reopenDatabase();
}

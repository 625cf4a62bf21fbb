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

/** The same database, some of whose methods do something else. */
export function withMethods(db: ShoalDatabase, methods: object): ShoalDatabase {
  return new Proxy(db, {
    get: (target, name) => {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Opens an empty one. */
export function openMemoryDatabase(): Promise<ShoalDatabase> {
  clearDatabases();
  return reopenDatabase();
}

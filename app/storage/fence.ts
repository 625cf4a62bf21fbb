/**
 * The fence lets only the worker that leads write to the database. A worker that starts claims the database: the store
 * `leader` holds its epoch from then on, and that of no other. Each writing transaction of a worker writes its epoch
 * there as well. The store's index takes one row only, so this fails, and the whole transaction with it, if another
 * worker has claimed the database since. Nothing has to be read before, so that a transaction ends by itself even if its
 * worker is frozen or hangs by then.
 *
 * Reading needs no claim. Which worker leads is decided by the page (page/leader.ts).
 */

import type { IDBPTransaction, StoreNames } from "idb";
import type { LeaderEntry, ShoalDatabase, ShoalSchema } from "./schema.ts";

type Store = StoreNames<ShoalSchema>;
type Writing = IDBPTransaction<ShoalSchema, [Store], "readwrite">;
type WritingStore = Writing["store"];

/** Takes the database over for the worker of an epoch. */
export async function claim(db: ShoalDatabase, epoch: string): Promise<void> {
  const transaction = db.transaction("leader", "readwrite");
  const { store } = transaction;
  await Promise.all([store.clear(), store.put({ epoch, slot: "leader" }), transaction.done]);
}

/** Whether the worker of an epoch is the latest that claimed the database. */
export async function isClaimed(db: ShoalDatabase, epoch: string): Promise<boolean> {
  return (await db.getKey("leader", epoch)) !== undefined;
}

/** The database for the worker of an epoch that has claimed it. `lost`: told when another has claimed it since. */
export function fence(db: ShoalDatabase, epoch: string, lost: () => void): ShoalDatabase {
  const begin = (names: Store | Store[], options?: IDBTransactionOptions): Writing => {
    const stores: Store[] = typeof names === "string" ? [names] : names;
    const fenced: Store[] = [...stores, "leader"];
    const transaction = db.transaction(fenced, "readwrite", options) as never as Writing;
    const entry: LeaderEntry = { epoch, slot: "leader" };
    transaction
      .objectStore("leader")
      .put(entry)
      .catch((error: unknown) => {
        if (error instanceof DOMException && error.name === "ConstraintError") lost();
      });
    return stores.length === 1 ? withStore(transaction, stores[0]!) : transaction;
  };
  const write = async <Result>(name: Store, work: (store: WritingStore) => Promise<Result>) => {
    const transaction = begin(name);
    const [result] = await Promise.all([work(transaction.store), transaction.done]);
    return result;
  };
  const methods = {
    transaction: (names: Store | Store[], mode: IDBTransactionMode = "readonly", options?: object) =>
      mode === "readonly" ? db.transaction(names as Store, mode, options) : begin(names, options),
    put: (name: Store, ...given: [never, never]) => write(name, (store) => store.put(...given)),
    add: (name: Store, ...given: [never, never]) => write(name, (store) => store.add(...given)),
    delete: (name: Store, key: never) => write(name, (store) => store.delete(key)),
    clear: (name: Store) => write(name, (store) => store.clear()),
  };
  return overlay(db, methods);
}

/** A transaction of one store and the leader's, as one of that store alone is used. */
function withStore(transaction: Writing, name: Store): Writing {
  return overlay(transaction, { store: transaction.objectStore(name) });
}

/** An object, some of whose members are others. */
function overlay<Target extends object>(target: Target, members: object): Target {
  return new Proxy(target, {
    get: (_, name) => {
      if (Object.hasOwn(members, name)) return Reflect.get(members, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

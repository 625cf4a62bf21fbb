/** A version of the database as tests/fixtures/storage holds it: its shape, and a row of each kind. */

import type { ShoalDatabase } from "../../../app/storage/schema.ts";

interface StoreShape {
  readonly keyPath: string | null;
  readonly autoIncrement: boolean;
  readonly indexes: readonly string[];
}

export interface Shape {
  readonly version: number;
  readonly stores: Record<string, StoreShape>;
}

interface Row {
  readonly key?: [string, number];
  readonly value: unknown;
}

export interface Golden extends Shape {
  /** Bytes are written {"bytes": "<hex>"}. */
  readonly rows: Record<string, readonly Row[]>;
}

export function shapeOf(db: ShoalDatabase): Shape {
  const names = [...db.objectStoreNames];
  const transaction = db.transaction(names, "readonly");
  const stores = names.map((name) => {
    const { keyPath, autoIncrement, indexNames } = transaction.objectStore(name);
    return [name, { keyPath: keyPath as string | null, autoIncrement, indexes: [...indexNames] }] as const;
  });
  return { version: db.version, stores: Object.fromEntries(stores) };
}

/** Makes the database as that version left it, with nothing of the app's own code. */
export function writeGolden({ version, stores, rows }: Golden): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("shoal", version);
    request.onerror = () => reject(request.error);
    request.onupgradeneeded = () => {
      for (const [name, { keyPath, autoIncrement }] of Object.entries(stores)) {
        const store = request.result.createObjectStore(name, { keyPath, autoIncrement });
        for (const { key, value } of rows[name] ?? []) store.put(revive(value), key);
      }
    };
    request.onsuccess = () => resolve(request.result);
  });
}

/** Every row, as the golden file writes it. */
export async function readGolden(db: ShoalDatabase): Promise<Golden["rows"]> {
  const rows: Record<string, Row[]> = {};
  for (const name of db.objectStoreNames) {
    rows[name] = [];
    const { store } = db.transaction(name);
    for await (const { key, value } of store)
      rows[name].push({
        ...(store.keyPath === null && { key: key as [string, number] }),
        value: settle(value),
      });
  }
  return rows;
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== "object") return value;
  if ("bytes" in value && typeof value.bytes === "string")
    return Uint8Array.from(value.bytes.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revive(part)]));
}

function settle(value: unknown): unknown {
  if (value instanceof Uint8Array)
    return { bytes: [...value].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  if (Array.isArray(value)) return value.map(settle);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, settle(part)]));
}

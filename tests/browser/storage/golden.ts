/** A version of the database as tests/fixtures/storage holds it: its shape, and a row of each kind. */

import type { ShoalDatabase } from "../../../app/storage/schema.ts";

interface IndexShape {
  readonly name: string;
  readonly keyPath: string;
  readonly unique: boolean;
}

interface StoreShape {
  readonly keyPath: string | null;
  readonly autoIncrement: boolean;
  readonly indexes: readonly IndexShape[];
}

export interface Shape {
  readonly version: number;
  readonly stores: Record<string, StoreShape>;
}

interface Row {
  readonly key?: string | [string, number];
  readonly value: unknown;
}

export interface Golden extends Shape {
  /** Bytes are written {"bytes": "<hex>"}, or {"blob": "<hex>"} where they are in a Blob. */
  readonly rows: Record<string, readonly Row[]>;
}

export function shapeOf(db: ShoalDatabase): Shape {
  const names = [...db.objectStoreNames];
  const transaction = db.transaction(names, "readonly");
  const stores = names.map((name) => {
    const store = transaction.objectStore(name);
    const { keyPath, autoIncrement } = store;
    const indexes = [...store.indexNames].map((index) => {
      const { name: indexName, keyPath: path, unique } = store.index(index);
      return { name: indexName, keyPath: path as string, unique };
    });
    return [name, { keyPath: keyPath as string | null, autoIncrement, indexes }] as const;
  });
  return { version: db.version, stores: Object.fromEntries(stores) };
}

/** Makes the database as that version left it, with nothing of the app's own code. */
export function writeGolden({ version, stores, rows }: Golden): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("shoal", version);
    request.onerror = () => reject(request.error);
    request.onupgradeneeded = () => {
      for (const [name, { keyPath, autoIncrement, indexes }] of Object.entries(stores)) {
        const store = request.result.createObjectStore(name, { keyPath, autoIncrement });
        for (const index of indexes) store.createIndex(index.name, index.keyPath, { unique: index.unique });
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
    const { store } = db.transaction(name);
    const [keys, values] = await Promise.all([store.getAllKeys(), store.getAll()]);
    rows[name] = await Promise.all(
      values.map(async (value, index) => ({
        ...(store.keyPath === null && { key: keys[index] as string | [string, number] }),
        value: await settle(value),
      })),
    );
  }
  return rows;
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== "object") return value;
  if ("bytes" in value && typeof value.bytes === "string") return bytesOf(value.bytes);
  if ("blob" in value && typeof value.blob === "string") return new Blob([bytesOf(value.blob)]);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revive(part)]));
}

async function settle(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return { bytes: hexOf(value) };
  if (value instanceof Blob) return { blob: hexOf(new Uint8Array(await value.arrayBuffer())) };
  if (Array.isArray(value)) return Promise.all(value.map(settle));
  if (value === null || typeof value !== "object") return value;
  const parts = Object.entries(value).map(async ([key, part]) => [key, await settle(part)] as const);
  return Object.fromEntries(await Promise.all(parts));
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A batch is several pieces of one torrent that lie in the database as one Blob. An index says in which batch each
 * piece is, and where in it. A Blob costs a browser about the same whether it holds one piece or many, and a part of
 * it can be read without the rest. Example: pieces 4, 9 and 5 of 256 KiB each are written in this order. Their batch
 * has 768 KiB, and the index says that piece 9 is in this batch, at 256 KiB.
 *
 * worker/piece-store.ts decides which pieces go together, and when.
 */

import type { IDBPTransaction } from "idb";
import { ShoalError } from "../engine/errors.ts";
import type { TorrentId } from "../engine/host.ts";
import { BATCHES_AT_HAND } from "./constants.ts";
import { type PieceEntry, rangeOf, type ShoalDatabase, type ShoalSchema } from "./schema.ts";
import { isGone, storageError } from "./storage-error.ts";

const STORES = ["batches", "pieces"] as const;

type Reading = IDBPTransaction<ShoalSchema, typeof STORES, "readonly">;

/** A piece that is to be written, without its padding. */
export interface PieceData {
  readonly piece: number;
  readonly data: Uint8Array;
}

/**
 * Writes pieces of one torrent as one batch: all are stored, or none. A piece that was there is found in the new
 * batch from now on.
 * @throws DOMException as the database failed
 */
export async function writeBatch(
  db: ShoalDatabase,
  torrent: TorrentId,
  pieces: readonly PieceData[],
): Promise<void> {
  const blob = new Blob(pieces.map(({ data }) => data as Uint8Array<ArrayBuffer>));
  const transaction = db.transaction(STORES, "readwrite", { durability: "relaxed" });
  // The request that failed first knows why; the transaction may only know that it was aborted.
  let reason: unknown = null;
  const note = (error: unknown) => {
    reason ??= error;
  };
  // Drawn, so that nothing has to be looked up; `add` would refuse one that is taken.
  const batch = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
  transaction.objectStore("batches").add(blob, [torrent, batch]).catch(note);
  const index = transaction.objectStore("pieces");
  let offset = 0;
  for (const { piece, data } of pieces) {
    index.put({ batch, offset, length: data.length }, [torrent, piece]).catch(note);
    offset += data.length;
  }
  transaction.commit();
  await transaction.done.catch((error: unknown) => {
    throw reason ?? error;
  });
}

/** Forgets all pieces of a torrent. */
export async function deleteBatches(db: ShoalDatabase, torrent: TorrentId): Promise<void> {
  const transaction = db.transaction(STORES, "readwrite");
  await Promise.all([
    ...STORES.map((name) => transaction.objectStore(name).delete(rangeOf(torrent))),
    transaction.done,
  ]);
}

/**
 * Deletes pieces of one torrent, and the batches of which nothing is left.
 * @throws DOMException as the database failed
 */
export async function deletePieces(
  db: ShoalDatabase,
  torrent: TorrentId,
  pieces: ReadonlySet<number>,
): Promise<void> {
  const transaction = db.transaction(STORES, "readwrite", { durability: "relaxed" });
  const index = transaction.objectStore("pieces");
  const [keys, entries] = await Promise.all([
    index.getAllKeys(rangeOf(torrent)),
    index.getAll(rangeOf(torrent)),
  ]);
  const emptied = new Set<number>();
  const kept = new Set<number>();
  for (const [at, { batch }] of entries.entries()) (pieces.has(keys[at]![1]) ? emptied : kept).add(batch);
  for (const piece of pieces) void index.delete([torrent, piece]);
  for (const batch of emptied)
    if (!kept.has(batch)) void transaction.objectStore("batches").delete([torrent, batch]);
  await transaction.done;
}

/** Finds stored pieces. Keeps the last few batches at hand: their Blobs, which stay in the browser, not the bytes. */
export class StoredPieces {
  readonly #db: ShoalDatabase;
  /** By torrent and batch; the one asked for last comes last. */
  readonly #batches: Map<string, Promise<Blob | undefined>>;

  constructor(db: ShoalDatabase) {
    this.#db = db;
    this.#batches = new Map();
  }

  /** Begins a transaction in which several pieces may be looked for. */
  begin(): Reading {
    return this.#db.transaction(STORES, "readonly");
  }

  /**
   * A piece as a part of its batch's Blob: nothing is loaded until it is read. Undefined when it is not stored.
   * @throws ShoalError storage/lost when a part of it is gone, storage/full or storage/failed for a reason that may pass
   */
  async find(torrent: TorrentId, piece: number, reading?: Reading): Promise<Blob | undefined> {
    const found = await this.#find(torrent, piece, reading);
    return found?.blob;
  }

  /**
   * The bytes of a piece from `from` up to, not including, `to`; all of them unless given. Undefined when it is not
   * stored.
   * @throws ShoalError as `find`
   */
  async read(
    torrent: TorrentId,
    piece: number,
    { from = 0, to = Number.POSITIVE_INFINITY } = {},
    reading?: Reading,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (let attempt = 1; ; attempt++) {
      const found = await this.#find(torrent, piece, attempt === 1 ? reading : undefined);
      if (!found) return undefined;
      const { blob, key } = found;
      try {
        const part = from === 0 && to >= blob.size ? blob : blob.slice(from, to);
        return new Uint8Array(await part.arrayBuffer());
      } catch (cause) {
        // The Blob at hand may be of a batch that is no longer there.
        this.#batches.delete(key);
        if (!isGone(cause)) throw storageError(cause);
        if (attempt === 2) throw new ShoalError("storage/lost", String(piece), { cause });
      }
    }
  }

  async #find(
    torrent: TorrentId,
    piece: number,
    reading?: Reading,
  ): Promise<{ readonly blob: Blob; readonly key: string } | undefined> {
    try {
      const transaction = reading ?? this.begin();
      const entry = await transaction.objectStore("pieces").get([torrent, piece]);
      if (!entry) return undefined;
      const key = `${torrent} ${entry.batch}`;
      const batch = await this.#batch(torrent, entry, key, transaction);
      const blob = batch?.slice(entry.offset, entry.offset + entry.length);
      if (blob?.size !== entry.length) throw new ShoalError("storage/lost", String(piece));
      return { blob, key };
    } catch (cause) {
      throw storageError(cause);
    }
  }

  #batch(
    torrent: TorrentId,
    { batch }: PieceEntry,
    key: string,
    reading: Reading,
  ): Promise<Blob | undefined> {
    const found = this.#batches.get(key) ?? reading.objectStore("batches").get([torrent, batch]);
    this.#batches.delete(key);
    this.#batches.set(key, found);
    found.catch(() => this.#batches.delete(key));
    for (const oldest of this.#batches.keys()) {
      if (this.#batches.size <= BATCHES_AT_HAND) break;
      this.#batches.delete(oldest);
    }
    return found;
  }
}

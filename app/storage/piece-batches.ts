/**
 * A batch is several pieces of one torrent that lie in the database as one Blob. An index says in which batch each
 * piece is, and where in it. A Blob costs a browser about the same whether it holds one piece or many, and a part of
 * it can be read without the rest. Example: pieces 4, 9 and 5 of 256 KiB each are written in this order. Their batch
 * has 768 KiB, and the index says that piece 9 is in this batch, at 256 KiB.
 *
 * worker/piece-store.ts decides which pieces go together, and when.
 */

import type { IDBPTransaction } from "idb";
import type { TorrentId } from "../engine/host.ts";
import { BATCHES_AT_HAND } from "./constants.ts";
import { type PieceEntry, rangeOf, type ShoalDatabase, type ShoalSchema } from "./schema.ts";

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
   * @throws DOMException as the database failed
   */
  async find(torrent: TorrentId, piece: number, reading = this.begin()): Promise<Blob | undefined> {
    const entry = await reading.objectStore("pieces").get([torrent, piece]);
    if (!entry) return undefined;
    const batch = await this.#batch(torrent, entry, reading);
    return batch?.slice(entry.offset, entry.offset + entry.length);
  }

  #batch(torrent: TorrentId, { batch }: PieceEntry, reading: Reading): Promise<Blob | undefined> {
    const key = `${torrent} ${batch}`;
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

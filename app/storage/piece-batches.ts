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

/** A piece that lies beside a damaged one. */
export interface Neighbour {
  readonly piece: number;
  readonly batch: number;
}

/**
 * Deletes pieces of one torrent, and the batches of which nothing is left. Returns the pieces that stay in the batches
 * of those that were deleted: what damaged a part of a batch's file may have damaged more of it.
 * @throws DOMException as the database failed
 */
export async function deletePieces(
  db: ShoalDatabase,
  torrent: TorrentId,
  pieces: ReadonlySet<number>,
): Promise<Neighbour[]> {
  const transaction = db.transaction(STORES, "readwrite", { durability: "relaxed" });
  const index = transaction.objectStore("pieces");
  const [keys, entries] = await Promise.all([
    index.getAllKeys(rangeOf(torrent)),
    index.getAll(rangeOf(torrent)),
  ]);
  const placed = entries.map(({ batch }, at) => ({ piece: keys[at]![1], batch }));
  const touched = new Set(placed.filter(({ piece }) => pieces.has(piece)).map(({ batch }) => batch));
  const neighbours = placed.filter(({ piece, batch }) => touched.has(batch) && !pieces.has(piece));
  for (const piece of pieces) void index.delete([torrent, piece]);
  const batches = transaction.objectStore("batches");
  for (const batch of touched)
    if (!neighbours.some((each) => each.batch === batch)) void batches.delete([torrent, batch]);
  await transaction.done;
  return neighbours;
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
    const reading = this.#db.transaction(STORES, "readonly");
    // The reads of one that is given up fail, each by itself.
    reading.done.catch(() => {});
    return reading;
  }

  /**
   * A piece as a part of its batch's Blob: nothing is loaded until it is read. Undefined when it is not stored.
   * @throws ShoalError storage/lost when a part of it is gone, storage/full or storage/failed for a reason that may pass
   */
  async find(torrent: TorrentId, piece: number): Promise<Blob | undefined> {
    return this.#tryTwice(piece, () => this.#find(torrent, piece, this.begin()));
  }

  /**
   * The bytes of a piece from `from` up to, not including, `to`; all of them unless given. Undefined when it is not
   * stored. Reads that share a transaction fail together in Firefox: each of them is then tried again by itself.
   * @throws ShoalError as `find`
   */
  async read(
    torrent: TorrentId,
    piece: number,
    { from = 0, to = Number.POSITIVE_INFINITY } = {},
    shared: Reading | null = null,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.#tryTwice(piece, async (isFirst) => {
      const reading = isFirst ? (shared ?? this.begin()) : this.begin();
      const whole = await this.#find(torrent, piece, reading);
      const part = whole?.slice(from, to);
      if (!part) return undefined;
      const bytes = await readBlob(part);
      // Firefox reads to the end of a file that was cut, without a word.
      if (bytes.length !== part.size) throw new ShoalError("storage/lost", String(piece));
      return bytes;
    });
  }

  /** The second try has no Blob at hand: one from before may be of a batch that is no longer there. */
  async #tryTwice<Found>(piece: number, attempt: (isFirst: boolean) => Promise<Found>): Promise<Found> {
    try {
      return await attempt(true);
    } catch {
      this.#batches.clear();
    }
    try {
      return await attempt(false);
    } catch (cause) {
      throw isGone(cause) ? new ShoalError("storage/lost", String(piece), { cause }) : storageError(cause);
    }
  }

  async #find(torrent: TorrentId, piece: number, reading: Reading): Promise<Blob | undefined> {
    const entry = await reading.objectStore("pieces").get([torrent, piece]);
    if (!entry) return undefined;
    const batch = await this.#batch(torrent, entry, reading);
    const found = batch?.slice(entry.offset, entry.offset + entry.length);
    if (found?.size !== entry.length) throw new ShoalError("storage/lost", String(piece));
    return found;
  }

  /** Lets a torrent's batches go: a browser keeps the bytes of a deleted Blob for as long as somebody holds it. */
  forget(torrent: TorrentId): void {
    for (const key of this.#batches.keys()) if (key.startsWith(`${torrent} `)) this.#batches.delete(key);
  }

  #batch(torrent: TorrentId, { batch }: PieceEntry, reading: Reading): Promise<Blob | undefined> {
    const key = `${torrent} ${batch}`;
    const found = this.#batches.get(key) ?? getBatch(reading, [torrent, batch]);
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

/**
 * A batch's Blob; undefined when there is none. Firefox gives no Blob whose file is missing, and calls that an
 * UnknownError.
 */
async function getBatch(reading: Reading, key: [TorrentId, number]): Promise<Blob | undefined> {
  try {
    return await reading.objectStore("batches").get(key);
  } catch (cause) {
    if (cause instanceof Error && cause.name === "UnknownError")
      throw new DOMException(cause.message, "NotFoundError");
    throw cause;
  }
}

/**
 * A Blob's bytes. In Chromium (156), `arrayBuffer` of a Blob never settles if it begins behind the end of a file that
 * was cut. A Response reads no bytes there, but does not say why it fails where it does.
 */
async function readBlob(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await new Response(blob).arrayBuffer());
  } catch {
    return new Uint8Array(await blob.arrayBuffer());
  }
}

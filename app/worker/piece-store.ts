/**
 * Verified pieces in the database: several a transaction, reads together, and every failure turned into what the
 * engine knows. How much waits to be written is bounded by the engine, which hears when each piece is stored.
 */

import type { ErrorCode } from "../engine/errors.ts";
import type { StorageFailure, TorrentId } from "../engine/host.ts";
import { rangeOf, type ShoalDatabase } from "../storage/schema.ts";
import { storageError } from "../storage/storage-error.ts";
import { READ_BATCH_PIECES, WRITE_BATCH_LENGTH, WRITE_BATCH_PIECES, WRITES_AT_ONCE } from "./constants.ts";

export interface PieceFailure {
  readonly code: StorageFailure;
  readonly detail: string;
}

/** The engine's inputs for stored pieces. */
export interface PieceInputs {
  handleStored(torrent: TorrentId, piece: number, failure: PieceFailure | null): void;
  handleRead(torrent: TorrentId, piece: number, data: Uint8Array | null, failure: PieceFailure | null): void;
}

interface Write {
  readonly torrent: TorrentId;
  readonly piece: number;
  readonly data: Uint8Array;
}

interface Read {
  readonly torrent: TorrentId;
  readonly piece: number;
  /** What to answer when it is not there. */
  readonly otherwise: PieceFailure;
}

export class PieceStore {
  readonly #db: ShoalDatabase;
  readonly #inputs: () => PieceInputs;
  #writes: Write[];
  #writing: number;
  #reads: Read[];
  #reading: boolean;

  constructor(db: ShoalDatabase, inputs: () => PieceInputs) {
    this.#db = db;
    this.#inputs = inputs;
    this.#writes = [];
    this.#writing = 0;
    this.#reads = [];
    this.#reading = false;
  }

  /** Keeps a piece. Input: `handleStored`. */
  store(torrent: TorrentId, piece: number, data: Uint8Array): void {
    this.#writes.push({ torrent, piece, data });
    queueMicrotask(() => this.#writeBatches());
  }

  /** Reads a piece. Input: `handleRead`, with `otherwise` when it is not there. */
  read(torrent: TorrentId, piece: number, otherwise = missing(piece)): void {
    this.#reads.push({ torrent, piece, otherwise });
    if (this.#reading) return;
    this.#reading = true;
    queueMicrotask(() => this.#readBatches());
  }

  /** Indices of a torrent's pieces, ascending. */
  async stored(torrent: TorrentId): Promise<number[]> {
    const keys = await this.#db.getAllKeys("pieces", rangeOf(torrent));
    return keys.map(([, piece]) => piece);
  }

  /** Forgets a torrent's pieces, those not yet written included. */
  async delete(torrent: TorrentId): Promise<void> {
    this.#writes = this.#writes.filter((write) => write.torrent !== torrent);
    await this.#db.delete("pieces", rangeOf(torrent));
  }

  #writeBatches(): void {
    while (this.#writing < WRITES_AT_ONCE && this.#writes.length > 0) {
      let length = 0;
      let count = 0;
      while (count < Math.min(this.#writes.length, WRITE_BATCH_PIECES) && length < WRITE_BATCH_LENGTH)
        length += this.#writes[count++]!.data.length;
      this.#writing++;
      void this.#write(this.#writes.splice(0, count));
    }
  }

  async #write(batch: readonly Write[]): Promise<void> {
    const failure = await this.#commit(batch).then(() => null, pieceFailure);
    this.#writing--;
    this.#writeBatches();
    for (const { torrent, piece } of batch) this.#inputs().handleStored(torrent, piece, failure);
  }

  async #commit(batch: readonly Write[]): Promise<void> {
    const transaction = this.#db.transaction("pieces", "readwrite", { durability: "relaxed" });
    // The put that failed first knows why; the transaction may only know that it was aborted.
    let reason: unknown = null;
    for (const { torrent, piece, data } of batch) {
      transaction.store.put(wholeBuffer(data), [torrent, piece]).catch((error: unknown) => {
        reason ??= error;
      });
    }
    transaction.commit();
    await transaction.done.catch((error: unknown) => {
      throw reason ?? error;
    });
  }

  #readBatches(): void {
    this.#reading = false;
    while (this.#reads.length > 0) {
      const batch = this.#reads.splice(0, READ_BATCH_PIECES);
      try {
        const { store } = this.#db.transaction("pieces", "readonly");
        for (const read of batch) void this.#answer(read, store.get([read.torrent, read.piece]));
      } catch (error) {
        for (const read of batch) void this.#answer(read, Promise.reject(error));
      }
    }
  }

  async #answer(
    { torrent, piece, otherwise }: Read,
    reading: Promise<Uint8Array | undefined>,
  ): Promise<void> {
    let data: Uint8Array | null = null;
    let failure: PieceFailure | null = null;
    try {
      data = (await reading) ?? null;
      if (!data) failure = otherwise;
    } catch (error) {
      failure = pieceFailure(error);
    }
    this.#inputs().handleRead(torrent, piece, data, failure);
  }
}

function missing(piece: number): PieceFailure {
  return { code: "storage/failed", detail: `piece ${piece} is no longer there` };
}

/** Any failure of a read or a write as the engine knows it. */
export function pieceFailure(error: unknown): PieceFailure {
  const { code, detail } = storageError(error);
  return isPieceCode(code) ? { code, detail } : { code: "storage/failed", detail };
}

function isPieceCode(code: ErrorCode): code is StorageFailure {
  return (
    code === "storage/full" ||
    code === "storage/failed" ||
    code === "source/changed" ||
    code === "source/gone"
  );
}

/** Storing a part of a buffer would store all of it. */
function wholeBuffer(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = data.byteLength === data.buffer.byteLength ? data : data.slice();
  return whole as Uint8Array<ArrayBuffer>;
}

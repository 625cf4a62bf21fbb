/**
 * Verified pieces in the database: several a transaction, reads together, and every failure turned into what the
 * engine knows. How much waits to be written is bounded by the engine, which hears when each piece is stored.
 */

import type { StorageFailure, TorrentId } from "../engine/host.ts";
import { rangeOf, type ShoalDatabase } from "../storage/schema.ts";
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

  /** Reads a piece. Input: `handleRead`. */
  read(torrent: TorrentId, piece: number): void {
    this.#reads.push({ torrent, piece });
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
    const failure = await this.#commit(batch).then(
      () => null,
      (error: unknown) => writeFailure(error),
    );
    this.#writing--;
    for (const { torrent, piece } of batch) this.#inputs().handleStored(torrent, piece, failure);
    this.#writeBatches();
  }

  async #commit(batch: readonly Write[]): Promise<void> {
    const transaction = this.#db.transaction("pieces", "readwrite", { durability: "relaxed" });
    for (const { torrent, piece, data } of batch) {
      // The transaction's own failure says it all; each put would say it again.
      transaction.store.put(wholeBuffer(data), [torrent, piece]).catch(() => {});
    }
    transaction.commit();
    await transaction.done;
  }

  #readBatches(): void {
    this.#reading = false;
    while (this.#reads.length > 0) {
      const batch = this.#reads.splice(0, READ_BATCH_PIECES);
      try {
        const { store } = this.#db.transaction("pieces", "readonly");
        for (const { torrent, piece } of batch)
          void this.#answer(torrent, piece, store.get([torrent, piece]));
      } catch (error) {
        for (const { torrent, piece } of batch) void this.#answer(torrent, piece, Promise.reject(error));
      }
    }
  }

  async #answer(torrent: TorrentId, piece: number, read: Promise<Uint8Array | undefined>): Promise<void> {
    let data: Uint8Array | null = null;
    let failure: PieceFailure | null = null;
    try {
      data = (await read) ?? null;
      if (!data) failure = { code: "storage/failed", detail: `piece ${piece} is no longer there` };
    } catch (error) {
      failure = { code: "storage/failed", detail: String(error) };
    }
    this.#inputs().handleRead(torrent, piece, data, failure);
  }
}

/** Storing a part of a buffer would store all of it. */
function wholeBuffer(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = data.byteLength === data.buffer.byteLength ? data : data.slice();
  return whole as Uint8Array<ArrayBuffer>;
}

function writeFailure(error: unknown): PieceFailure {
  const name = error instanceof Error ? error.name : "";
  return { code: name === "QuotaExceededError" ? "storage/full" : "storage/failed", detail: String(error) };
}

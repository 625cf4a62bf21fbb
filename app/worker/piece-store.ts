/**
 * The piece store writes verified pieces to the database and reads them back, and tells the engine how that went.
 *
 * To be written, the pieces of a torrent are gathered into a batch. A batch is closed when it has WRITE_BATCH_LENGTH,
 * when no piece came for WRITE_PATIENCE, or when it is WRITE_PATIENCE_MAX old. Closed batches wait in a queue, and
 * WRITES_AT_ONCE of them are written at a time. Reads that are asked for in one task share transactions,
 * READ_BATCH_PIECES in each.
 *
 * The engine bounds how much waits to be written: it hears when each piece is stored. Others can hear of it too
 * (`onStored`). storage/piece-batches.ts knows how a batch lies in the database.
 */

import type { ErrorCode } from "../engine/errors.ts";
import type { PieceFailure, StorageFailure, TorrentId } from "../engine/host.ts";
import {
  deleteBatches,
  deletePieces,
  type Neighbour,
  type PieceData,
  StoredPieces,
  writeBatch,
} from "../storage/piece-batches.ts";
import { rangeOf, type ShoalDatabase } from "../storage/schema.ts";
import { storageError } from "../storage/storage-error.ts";
import {
  READ_BATCH_PIECES,
  WRITE_BATCH_LENGTH,
  WRITE_PATIENCE,
  WRITE_PATIENCE_MAX,
  WRITES_AT_ONCE,
} from "./constants.ts";

/** The engine's inputs for stored pieces. */
export interface PieceInputs {
  handleStored(torrent: TorrentId, piece: number, failure: PieceFailure | null): void;
  handleRead(
    request: number,
    data: Uint8Array | null,
    failure: PieceFailure | null,
    isChecked: boolean,
  ): void;
  checkAgain(torrent: TorrentId, pieces: Iterable<number>): void;
}

/** Hears that a piece is in the database. */
export type StoredListener = (torrent: TorrentId, piece: number) => void;

/** Pieces that are written together. */
interface Batch {
  readonly torrent: TorrentId;
  readonly pieces: PieceData[];
  /** Bytes. */
  length: number;
  readonly openedAt: number;
  /** Until no more are waited for. */
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Its torrent's pieces are being deleted. */
  deleted: boolean;
}

interface Read {
  /** The number by which its answer is known. */
  readonly request: number;
  readonly torrent: TorrentId;
  readonly piece: number;
  /** The answer when the piece is not there. */
  readonly otherwise: PieceFailure;
}

export class PieceStore {
  readonly #db: ShoalDatabase;
  readonly #inputs: () => PieceInputs;
  readonly #stored: StoredPieces;
  /** Batches that still take pieces. */
  readonly #gathering: Map<TorrentId, Batch>;
  /** Batches that wait for their turn. */
  #waiting: Batch[];
  /** Batches being written. */
  readonly #writing: Set<Batch>;
  readonly #storedListeners: Set<{ readonly hear: StoredListener }>;
  #reads: Read[];
  #reading: boolean;
  /** Damaged pieces that are to be deleted, by torrent. */
  readonly #damaged: Map<TorrentId, Set<number>>;
  /** Batches in which a piece was damaged, and whose other pieces were checked for that. */
  readonly #suspected: Set<number>;

  constructor(db: ShoalDatabase, inputs: () => PieceInputs) {
    this.#db = db;
    this.#inputs = inputs;
    this.#stored = new StoredPieces(db);
    this.#gathering = new Map();
    this.#waiting = [];
    this.#writing = new Set();
    this.#storedListeners = new Set();
    this.#reads = [];
    this.#reading = false;
    this.#damaged = new Map();
    this.#suspected = new Set();
  }

  /** Keeps a piece. Input: `handleStored`. */
  store(torrent: TorrentId, piece: number, data: Uint8Array): void {
    // The transaction that deletes must come before the one that writes.
    if (this.#damaged.get(torrent)?.has(piece)) this.#deleteDamaged(torrent);
    const batch = this.#gathering.get(torrent) ?? this.#openBatch(torrent);
    batch.pieces.push({ piece, data });
    batch.length += data.length;
    clearTimeout(batch.timer);
    const left = batch.openedAt + WRITE_PATIENCE_MAX - performance.now();
    if (batch.length >= WRITE_BATCH_LENGTH || left <= 0) this.#closeBatch(batch);
    else batch.timer = setTimeout(() => this.#closeBatch(batch), Math.min(WRITE_PATIENCE, left));
  }

  /**
   * Calls `listener` for each piece that is in the database from then on, once the engine has heard of it, until the
   * returned function is called. A torrent that is shared from the person's own files stores nothing: all of it is there
   * from the first, in those files.
   */
  onStored(listener: StoredListener): () => void {
    const entry = { hear: listener };
    this.#storedListeners.add(entry);
    return () => this.#storedListeners.delete(entry);
  }

  /** Reads a piece. Input: `handleRead` with the number `request`, and `otherwise` when the piece is not there. */
  read(request: number, torrent: TorrentId, piece: number, otherwise = missing(piece)): void {
    this.#reads.push({ request, torrent, piece, otherwise });
    if (this.#reading) return;
    this.#reading = true;
    queueMicrotask(() => this.#readBatches());
  }

  /** Indices of a torrent's pieces, ascending. */
  async stored(torrent: TorrentId): Promise<number[]> {
    const keys = await this.#db.getAllKeys("pieces", rangeOf(torrent));
    return keys.map(([, piece]) => piece);
  }

  /** Writes what waits for further pieces, and all that waits for its turn: the worker is about to end. */
  flush(): void {
    for (const batch of [...this.#gathering.values()]) this.#closeBatch(batch);
    for (const batch of this.#waiting.splice(0)) void this.#write(batch);
  }

  /**
   * Deletes a damaged piece soon, together with others. If that fails, the piece is written over when it has come. The
   * other pieces of its batch are checked now, so that all that is lost is fetched at once. Input: `checkAgain`.
   */
  deletePiece(torrent: TorrentId, piece: number): void {
    const damaged = this.#damaged.get(torrent);
    if (damaged) {
      damaged.add(piece);
      return;
    }
    this.#damaged.set(torrent, new Set([piece]));
    queueMicrotask(() => this.#deleteDamaged(torrent));
  }

  #deleteDamaged(torrent: TorrentId): void {
    const pieces = this.#damaged.get(torrent);
    if (!pieces) return;
    this.#damaged.delete(torrent);
    void deletePieces(this.#db, torrent, pieces).then(
      (neighbours) => this.#checkNeighbours(torrent, neighbours),
      () => {},
    );
  }

  #checkNeighbours(torrent: TorrentId, neighbours: readonly Neighbour[]): void {
    const unseen = neighbours.filter(({ batch }) => !this.#suspected.has(batch));
    for (const { batch } of unseen) this.#suspected.add(batch);
    const pieces = unseen.map(({ piece }) => piece);
    if (pieces.length > 0) this.#inputs().checkAgain(torrent, pieces);
  }

  /** Forgets a torrent's pieces, those not yet written included. */
  async delete(torrent: TorrentId): Promise<void> {
    clearTimeout(this.#gathering.get(torrent)?.timer);
    this.#gathering.delete(torrent);
    this.#waiting = this.#waiting.filter((batch) => batch.torrent !== torrent);
    for (const batch of this.#writing) batch.deleted ||= batch.torrent === torrent;
    this.#stored.forget(torrent);
    await deleteBatches(this.#db, torrent);
  }

  #openBatch(torrent: TorrentId): Batch {
    const openedAt = performance.now();
    const batch = { torrent, pieces: [], length: 0, openedAt, timer: undefined, deleted: false };
    this.#gathering.set(torrent, batch);
    return batch;
  }

  #closeBatch(batch: Batch): void {
    clearTimeout(batch.timer);
    this.#gathering.delete(batch.torrent);
    this.#waiting.push(batch);
    this.#writeBatches();
  }

  #writeBatches(): void {
    while (this.#writing.size < WRITES_AT_ONCE && this.#waiting.length > 0)
      void this.#write(this.#waiting.shift()!);
  }

  async #write(batch: Batch): Promise<void> {
    const { torrent, pieces } = batch;
    this.#writing.add(batch);
    const failure = await writeBatch(this.#db, torrent, pieces).then(() => null, pieceFailure);
    this.#writing.delete(batch);
    this.#writeBatches();
    // The torrent may be here anew by now, and wait for other writes of the same pieces.
    if (batch.deleted) return;
    for (const { piece } of pieces) {
      this.#inputs().handleStored(torrent, piece, failure);
      if (failure === null) this.#tellStored(torrent, piece);
    }
  }

  #tellStored(torrent: TorrentId, piece: number): void {
    for (const { hear } of this.#storedListeners) {
      try {
        hear(torrent, piece);
      } catch (error) {
        // By itself, where it counts as nobody's: the others are to hear all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #readBatches(): void {
    this.#reading = false;
    while (this.#reads.length > 0) {
      const batch = this.#reads.splice(0, READ_BATCH_PIECES);
      try {
        const reading = this.#stored.begin();
        for (const read of batch)
          void this.#answer(read, this.#stored.read(read.torrent, read.piece, {}, reading));
      } catch (error) {
        for (const read of batch) void this.#answer(read, Promise.reject(error));
      }
    }
  }

  async #answer({ request, otherwise }: Read, reading: Promise<Uint8Array | undefined>): Promise<void> {
    let data: Uint8Array | null = null;
    let failure: PieceFailure | null = null;
    try {
      data = (await reading) ?? null;
      if (data === null) failure = otherwise;
    } catch (error) {
      failure = pieceFailure(error);
    }
    this.#inputs().handleRead(request, data, failure, false);
  }
}

function missing(piece: number): PieceFailure {
  return { code: "storage/lost", detail: String(piece) };
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
    code === "storage/lost" ||
    code === "source/changed" ||
    code === "source/gone"
  );
}

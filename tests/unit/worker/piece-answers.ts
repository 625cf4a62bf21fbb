/** The other ends of a piece store: an engine that notes what it hears, and a database that counts transactions. */
import type { PieceFailure, TorrentId } from "../../../app/engine/host.ts";
import type { ShoalDatabase } from "../../../app/storage/schema.ts";
import type { PieceInputs } from "../../../app/worker/piece-store.ts";
import { withMethods } from "../../support/memory-database.ts";

/** The answers to the engine, as texts: "t 3 stored", "t 3 read", "t 3 storage/full". */
export class Answers implements PieceInputs {
  readonly all: string[];
  /** Bytes by "torrent piece". */
  readonly data: Map<string, Uint8Array>;
  readonly failures: PieceFailure[];
  /** Reads that are not answered yet, by number. */
  readonly #reads: Map<number, { torrent: TorrentId; piece: number }>;
  #last: number;
  #waiting: { count: number; resolve: () => void }[];

  constructor() {
    this.all = [];
    this.data = new Map();
    this.failures = [];
    this.#reads = new Map();
    this.#last = 0;
    this.#waiting = [];
  }

  handleStored(torrent: TorrentId, piece: number, failure: PieceFailure | null): void {
    this.#note(torrent, piece, failure, "stored");
  }

  /** The number of a read that is about to be asked for. */
  number(torrent: TorrentId, piece: number): number {
    this.#reads.set(++this.#last, { torrent, piece });
    return this.#last;
  }

  handleRead(request: number, data: Uint8Array | null, failure: PieceFailure | null): void {
    const read = this.#reads.get(request);
    if (read === undefined) throw new Error(`nobody waits for ${request}`);
    this.#reads.delete(request);
    const { torrent, piece } = read;
    if (data !== null) this.data.set(`${torrent} ${piece}`, data);
    this.#note(torrent, piece, failure, "read");
  }

  checkAgain(torrent: TorrentId, pieces: Iterable<number>): void {
    this.all.push(`${torrent} ${[...pieces].join(" ")} to be checked`);
  }

  /** Resolves once so many have come. */
  came(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
      this.#wake();
    });
  }

  #note(torrent: TorrentId, piece: number, failure: PieceFailure | null, done: string): void {
    if (failure) this.failures.push(failure);
    this.all.push(`${torrent} ${piece} ${failure?.code ?? done}`);
    this.#wake();
  }

  #wake(): void {
    for (const { count, resolve } of this.#waiting) if (this.all.length >= count) resolve();
  }
}

/** The database, with a look at its transactions: how many there were of a kind, and most at the same time. */
export class WatchedDatabase {
  readonly counts: Record<string, { begun: number; open: number; most: number }>;
  readonly db: ShoalDatabase;

  constructor(db: ShoalDatabase) {
    this.counts = {};
    this.db = withMethods(db, {
      transaction: (...given: Parameters<ShoalDatabase["transaction"]>) =>
        this.#watch(db.transaction(...given)),
    });
  }

  #watch<Transaction extends { readonly mode: string; readonly done: Promise<void> }>(of: Transaction) {
    this.counts[of.mode] ??= { begun: 0, open: 0, most: 0 };
    const count = this.counts[of.mode]!;
    count.begun++;
    count.open++;
    count.most = Math.max(count.most, count.open);
    const end = () => {
      count.open--;
    };
    of.done.then(end, end);
    return of;
  }
}

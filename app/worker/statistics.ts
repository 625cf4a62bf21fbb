/**
 * The statistics are what each share has transferred in all runs of the node. The engine counts the bytes of this run.
 * Those of earlier runs come from the database. Totals are written every STATISTICS_INTERVAL, if they changed, and
 * when the node stops. So a browser that is killed forgets a few seconds' bytes and no more. The statistics of a visit
 * (visits.ts) are not written.
 */

import type { TorrentId } from "../engine/host.ts";
import type { ShoalDatabase, Statistics as Totals } from "../storage/schema.ts";
import { STATISTICS_INTERVAL } from "./constants.ts";

const NOTHING: Totals = { downloaded: 0, uploaded: 0 };

export class Statistics {
  readonly #db: ShoalDatabase;
  readonly #isKept: (torrent: TorrentId) => boolean;
  readonly #tell: (error: unknown) => void;
  /** Of the runs before this one. */
  readonly #before: Map<TorrentId, Totals>;
  /** Of all runs, as they were last asked for. */
  readonly #totals: Map<TorrentId, Totals>;
  /** As they are in the database. */
  readonly #written: Map<TorrentId, Totals>;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `tell`: told the database's error when it refuses to write, and null after each write that it did not refuse. */
  constructor(db: ShoalDatabase, isKept: (torrent: TorrentId) => boolean, tell: (error: unknown) => void) {
    this.#db = db;
    this.#isKept = isKept;
    this.#tell = tell;
    this.#before = new Map();
    this.#totals = new Map();
    this.#written = new Map();
  }

  /** Reads what earlier runs left, and writes from now on. To be called before `total`. */
  async start(): Promise<void> {
    const [ids, rows] = await Promise.all([this.#db.getAllKeys("statistics"), this.#db.getAll("statistics")]);
    for (const [at, id] of ids.entries()) {
      const totals = { downloaded: bytes(rows[at]?.downloaded), uploaded: bytes(rows[at]?.uploaded) };
      this.#before.set(id, totals);
      this.#written.set(id, totals);
    }
    this.#timer = setInterval(() => this.#save(), STATISTICS_INTERVAL);
  }

  /** The bytes that a share has transferred in all runs; `run`: those of this one. */
  total(torrent: TorrentId, run: Totals): Totals {
    const { downloaded, uploaded } = this.#before.get(torrent) ?? NOTHING;
    const total = { downloaded: downloaded + run.downloaded, uploaded: uploaded + run.uploaded };
    this.#totals.set(torrent, total);
    return total;
  }

  /** The engine counts a share's bytes anew from now on. */
  carryOver(torrent: TorrentId): void {
    this.#before.set(torrent, this.#totals.get(torrent) ?? this.#before.get(torrent) ?? NOTHING);
  }

  /** A share was removed. The library deletes its row. A share that comes under the same id begins anew. */
  forget(torrent: TorrentId): void {
    for (const map of [this.#before, this.#totals, this.#written]) map.delete(torrent);
  }

  /** Writes what changed, for the last time. */
  stop(): void {
    clearInterval(this.#timer);
    this.#save();
  }

  #save(): void {
    const changed = [...this.#totals].filter(([torrent, total]) => {
      const { downloaded, uploaded } = this.#written.get(torrent) ?? NOTHING;
      return this.#isKept(torrent) && (total.downloaded !== downloaded || total.uploaded !== uploaded);
    });
    if (changed.length === 0) return;
    const write = async () => {
      const { store, done } = this.#db.transaction("statistics", "readwrite", { durability: "relaxed" });
      await Promise.all([...changed.map(([torrent, total]) => store.put(total, torrent)), done]);
    };
    // Taken for written already: what is written meanwhile need not be written again.
    for (const [torrent, total] of changed) this.#written.set(torrent, total);
    write().then(
      () => this.#tell(null),
      (error: unknown) => {
        for (const [torrent] of changed) this.#written.delete(torrent);
        this.#tell(error);
      },
    );
  }
}

/** A number of bytes, as rows may be damaged. */
function bytes(kept: unknown): number {
  return typeof kept === "number" && kept >= 0 && Number.isFinite(kept) ? kept : 0;
}

/**
 * The limits are the most bytes a second that a person lets a share transfer, or all shares together. They are kept in
 * the database, and given to the engine when they are set and at a start. The engine obeys them.
 */

import type { TorrentId } from "../engine/host.ts";
import { ALL_SHARES, type KeptLimits, type ShoalDatabase } from "../storage/schema.ts";

/** The part of the engine that limits need. */
export interface LimitedEngine {
  torrents(): readonly TorrentId[];
  setLimits(limits: KeptLimits, id: TorrentId | null): void;
}

/** Whether a number is a limit: bytes a second, or null for none. */
export function isLimit(rate: unknown): rate is number | null {
  return rate === null || (typeof rate === "number" && rate > 0 && Number.isFinite(rate));
}

export class Limits {
  readonly #db: ShoalDatabase;
  readonly #engine: LimitedEngine;

  constructor(db: ShoalDatabase, engine: LimitedEngine) {
    this.#db = db;
    this.#engine = engine;
  }

  /** Gives the engine what was kept. To be called once it has its torrents. */
  async load(): Promise<void> {
    const [ids, rows] = await Promise.all([this.#db.getAllKeys("limits"), this.#db.getAll("limits")]);
    const torrents = new Set(this.#engine.torrents());
    for (const [at, id] of ids.entries()) {
      // Rows may be damaged.
      const { up = null, down = null } = rows[at] ?? {};
      if (!isLimit(up) || !isLimit(down)) continue;
      if (id === ALL_SHARES) this.#engine.setLimits({ up, down }, null);
      else if (torrents.has(id)) this.#engine.setLimits({ up, down }, id);
    }
  }

  /**
   * Limits a share, or with null all of them together, from now on and after the next start.
   * @throws DOMException as the database failed; the limits hold until the worker ends all the same
   */
  async set(id: TorrentId | null, { up, down }: KeptLimits): Promise<void> {
    this.#engine.setLimits({ up, down }, id);
    const key = id ?? ALL_SHARES;
    if (up === null && down === null) await this.#db.delete("limits", key);
    else await this.#db.put("limits", { up, down }, key);
  }
}

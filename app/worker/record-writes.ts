/**
 * The record writes are what the engine asks to be kept and forgotten of its torrents. A write that the database refuses
 * is tried again every WRITE_RETRY until it is done, and only the latest of each torrent. The library does the writing.
 */

import type { TorrentId, TorrentRecord } from "../engine/host.ts";
import { WRITE_RETRY } from "./constants.ts";
import type { Library } from "./library.ts";

/** Writes something of one torrent. */
type Write = () => Promise<void>;

export class RecordWrites {
  readonly #library: Pick<Library, "save" | "delete">;
  readonly #tell: (error: unknown) => void;
  /** The latest write of each torrent that is not done. */
  readonly #undone: Map<TorrentId, Write>;
  /** Those of them that were refused. */
  readonly #refused: Set<TorrentId>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `tell`: told the database's error when it refuses something, and null when all of it is written after all. */
  constructor(library: Pick<Library, "save" | "delete">, tell: (error: unknown) => void) {
    this.#library = library;
    this.#tell = tell;
    this.#undone = new Map();
    this.#refused = new Set();
  }

  save(record: TorrentRecord): void {
    void this.#write(record.id, () => this.#library.save(record));
  }

  /** Forgets a torrent; with `data`, its pieces as well. */
  delete(torrent: TorrentId, data: boolean): void {
    void this.#write(torrent, () => this.#library.delete(torrent, data));
  }

  /** Tries nothing again any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#undone.clear();
  }

  async #write(torrent: TorrentId, write: Write): Promise<void> {
    this.#undone.set(torrent, write);
    try {
      await write();
    } catch (error) {
      if (this.#undone.get(torrent) !== write) return;
      this.#refused.add(torrent);
      this.#tell(error);
      this.#timer ??= setTimeout(() => this.#retry(), WRITE_RETRY);
      return;
    }
    if (this.#undone.get(torrent) !== write) return;
    this.#undone.delete(torrent);
    if (this.#refused.delete(torrent) && this.#refused.size === 0) this.#tell(null);
  }

  #retry(): void {
    this.#timer = undefined;
    for (const torrent of [...this.#refused]) {
      const write = this.#undone.get(torrent);
      if (write !== undefined) void this.#write(torrent, write);
    }
  }
}
